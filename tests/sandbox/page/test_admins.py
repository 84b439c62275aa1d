"""What a server's admins set and read on the page: who answers after a failure, limits, and usage as a picture."""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def admin(visitor: PageUser) -> PageUser:
    """Give a visitor in a new server of theirs, of which no other test knows, behind the scenes of it."""
    panel = await visitor.open_panel()
    await visitor.press(panel.get_by_role("button", name="Invite the bot to a new server"))
    await visitor.sees("I bring a chatbot into this server")
    return visitor


async def test_another_chatbot_answers_while_one_is_made_to_fail(admin: PageUser, server: Page) -> None:
    await admin.command("settings fallback", value="Tamako")
    await admin.sees("Tamako")
    panel = admin.page.get_by_role("complementary", name="Behind the scenes")
    await panel.get_by_label("Chatbase", exact=True).select_option("server-error")
    await admin.write("@Switchboard what is your name?")
    shown = await admin.sees("Tamako answered")
    assert "Chatbase" in await shown.inner_text()
    await panel.get_by_label("Chatbase", exact=True).select_option("")
    await expect(panel.get_by_label("Chatbase", exact=True)).to_have_value("")


async def test_a_limit_is_reached_and_usage_shown(admin: PageUser) -> None:
    await admin.command("settings limit", who="member", questions="1", per="day")
    await admin.sees("1 question a day")
    await admin.write("@Switchboard what is your name?")
    await admin.sees("a chatbot made by")
    await admin.write("@Switchboard what is the weather like?")
    await admin.sees("You've reached your limit of 1 question a day")
    await admin.command("usage")
    shown = await admin.sees("Usage in the last 7 days")
    picture = shown.get_by_role("img", name="1 question in all: 1 answered, 0 failed, 0 stopped.")
    await expect(picture).to_have_js_property("naturalWidth", 960)
