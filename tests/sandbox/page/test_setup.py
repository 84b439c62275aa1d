"""A new server's own chatbot, set up on the page with the values that it tells: refused, tried again, and asked."""

import pytest
from playwright.async_api import Locator

from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_new_server_brings_its_own_chatbot(visitor: PageUser, server: Page) -> None:
    page = visitor.page
    panel = await visitor.open_panel()
    values = dict(
        zip(
            await panel.locator(".values dt").all_inner_texts(),
            await panel.locator(".values code").all_inner_texts(),
            strict=True,
        )
    )
    await visitor.press(panel.get_by_role("button", name="Invite the bot to a new server"))
    await visitor.sees("I bring a chatbot into this server")
    await visitor.command("setup")
    card = await visitor.sees("This server has no chatbot of its own yet.")
    await visitor.mark_seen()
    await card.get_by_role("combobox").select_option(label=await _labelled(card, "Chatbase –"))
    card = await visitor.sees("In Chatbase, on your chatbot's settings page")
    await card.get_by_role("button", name="Enter values").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("API key").fill("not-one-of-theirs")
    await form.get_by_label("Chatbot ID").fill(values["Chatbot ID"])
    await visitor.press(form.get_by_role("button", name="Submit"))
    card = await visitor.sees("Chatbase rejected this server's API key.")
    await card.get_by_role("button", name="Try again").click()
    assert await form.get_by_label("API key").input_value() == ""
    assert await form.get_by_label("Chatbot ID").input_value() == values["Chatbot ID"]
    await form.get_by_label("API key").fill(values["API key"])
    await visitor.press(form.get_by_role("button", name="Submit"))
    card = await visitor.sees("Chatbase is set up for this server.")
    await card.get_by_role("button", name="Ask a test question").click()
    await form.get_by_label("question").fill("what is your name?")
    await visitor.press(form.get_by_role("button", name="Submit"))
    await visitor.sees("Thyme")
    await visitor.write("@Switchboard what is your name?")
    await visitor.sees("Thyme")
    await visitor.press(page.get_by_role("navigation", name="Servers").get_by_role("button", name="Home"))
    await page.get_by_role("heading", level=1, name="general").wait_for()
    await visitor.write("@Switchboard what is your name?")
    await visitor.sees("Basil")


async def _labelled(card: Locator, start: str) -> str:
    """Return the whole label of the option that begins so."""
    labels = await card.get_by_role("option").all_inner_texts()
    return next(label for label in labels if label.startswith(start))
