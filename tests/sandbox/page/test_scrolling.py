"""Sending leads down to the new message; what others write leaves a reader above where they are."""

import re

import pytest

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

IS_ABOVE = """() => {
  const it = document.getElementById("timeline");
  return it.scrollHeight - it.scrollTop - it.clientHeight > 400;
}"""
IS_AT_THE_END = """() => {
  const it = document.getElementById("timeline");
  return it.scrollHeight - it.scrollTop - it.clientHeight < 5;
}"""
SEEN = """() => {
  const top = document.getElementById("timeline").getBoundingClientRect().top;
  const seen = [...document.querySelectorAll("#messages > li")].find((each) => each.getBoundingClientRect().top > top);
  return [seen.id, Math.round(seen.getBoundingClientRect().top)];
}"""
"""The first message that is wholly in the window, and where it is."""


async def _fill(visitor: PageUser, server: Page, room: Channel) -> None:
    for number in range(120):
        await server.context.env.bob.say(room, f"line {number}.")
    await visitor.sees("line 119.")


async def _scroll_up(visitor: PageUser) -> None:
    await visitor.page.locator("#timeline").hover()
    await visitor.page.mouse.wheel(0, -900)
    await visitor.page.wait_for_function(IS_ABOVE)


async def _settled(visitor: PageUser) -> object:
    """Wait until nothing moves, and return what is seen."""
    seen, before = await visitor.page.evaluate(SEEN), None
    while seen != before:
        before = seen
        await visitor.page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
        seen = await visitor.page.evaluate(SEEN)
    return seen


async def _is_at_the_end(visitor: PageUser) -> None:
    await visitor.page.wait_for_function(IS_AT_THE_END)


async def test_sending_scrolls_down(visitor: PageUser, server: Page, room: Channel) -> None:
    await _fill(visitor, server, room)
    await _scroll_up(visitor)
    await visitor.write("my own words")
    await visitor.sees("my own words")
    await _is_at_the_end(visitor)
    await _scroll_up(visitor)
    await visitor.command("chatbot ask", question="Show me the menu")
    await visitor.sees("Quattro Stagioni")
    await _is_at_the_end(visitor)


async def test_sending_from_far_above(visitor: PageUser, server: Page, room: Channel) -> None:
    await _fill(visitor, server, room)
    first = next(iter(room.messages.values()))
    await visitor.write(f"https://discord.com/channels/{server.context.env.guild.id}/{room.id}/{first.id}")
    await visitor.page.get_by_role("link", name=f"#{room.name} › message").last.click()
    await visitor.page.locator(f"#message-{first.id}").wait_for()
    await visitor.page.wait_for_function(IS_ABOVE)
    await visitor.write("from far above")
    await visitor.sees("from far above")
    await _is_at_the_end(visitor)


async def test_others_pull_nobody_down(visitor: PageUser, server: Page, room: Channel) -> None:
    await _fill(visitor, server, room)
    await _scroll_up(visitor)
    before = await _settled(visitor)
    said = await server.context.env.bob.say(room, "news from Bob")
    jump = visitor.page.get_by_role("button", name=re.compile("New messages|Jump to present"))
    await jump.wait_for()
    assert await visitor.page.evaluate(SEEN) == before
    await jump.press("Enter")
    await visitor.sees("news from Bob")
    await _is_at_the_end(visitor)
    await jump.wait_for(state="hidden")
    await server.context.env.bob.edit(said, "news from Bob\n" * 5)
    await _is_at_the_end(visitor)
