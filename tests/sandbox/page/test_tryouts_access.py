"""Threads, forums and what there is to try, for everybody: no violation of accessibility rules, from 360 pixels on."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ViewportSize

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDE = "[...document.querySelectorAll('#app *')].some((each) => each.getBoundingClientRect().right > innerWidth + 0.5)"


async def _check(visitor: PageUser, what: str) -> None:
    results = await Axe().run(visitor.page)
    assert results.violations_count == 0, f"{what}:\n{results.generate_report()}"


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
async def test_nothing_violates_the_rules(tab: PageUser, server: Page, room: Channel, scheme: str, width: int) -> None:
    env = server.context.env
    await tab.page.set_viewport_size(ViewportSize(width=width, height=640))
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await tab.arrive()
    said = await env.bob.say(room, "Shall we talk about cheese?")
    thread = await env.bob.start_thread(
        room, "A name that is as long as names may be, " + "and longer still " * 3, message=said
    )
    forum = next(each for each in env.guild.channels.values() if each.name == "help")
    await env.bob.post(forum, "Birds " * 16, "How do they find home? " * 9)
    await _enter(tab, room.name, narrow=width < 760)
    link = tab.page.get_by_role("button", name="Open the thread A name")
    await link.wait_for()
    await _check(tab, "a thread in the list and at its message")
    await link.click()
    await tab.page.get_by_role("group", name="This thread").wait_for()
    await env.bob.close_thread(thread)
    await tab.page.get_by_role("button", name="Reopen thread").wait_for()
    await _check(tab, "a closed thread")
    assert not await tab.page.evaluate(WIDE)
    await _enter(tab, "help", narrow=width < 760)
    await tab.page.get_by_role("button", name="New post").click()
    await tab.page.get_by_role("dialog").wait_for()
    await _check(tab, "a new post")
    await tab.page.keyboard.press("Escape")
    assert await tab.page.locator(":focus").inner_text() == "New post"
    panel = await tab.open_panel()
    await panel.get_by_role("button", name="Three others ask").click()
    await tab.page.get_by_text("cannot ask here").wait_for()
    await _check(tab, "behind the scenes, beside a forum")


async def _enter(visitor: PageUser, name: str, *, narrow: bool) -> None:
    if narrow:
        await visitor.page.get_by_role("button", name="Servers and channels").click()
    await visitor.page.get_by_role("navigation", name="Channels").get_by_role("button", name=name).click()
    await visitor.page.get_by_role("heading", level=1, name=name, exact=True).wait_for()
