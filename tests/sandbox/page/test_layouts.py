"""Each window: a phone, a small one, a desktop, 200 % zoom; light and dark. Nothing is cut, covered or unreadable."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from sandbox.discord import Channel
from sandbox.discord.people.components import button_names
from sandbox.page.server import Page
from tests.sandbox.discord.clients import Rest
from tests.sandbox.page.geometry import find_problems
from tests.sandbox.page.long_channel import PICTURE, TABLE
from tests.sandbox.page.page_user import PageUser
from tests.sandbox.page.scripted_bot import run_scripted_bot
from tests.sandbox.page.test_interactions import COMMANDS, STRINGS

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYTHING = """# A heading with **bold** words
Some *italic*, __under__, ~~gone~~, `code`, ||hidden||, [a link](https://example.org), @everyone, <t:1700000000:R>
> quoted
1. one
   - inner
2. two
-# small print
```python
def f(x: int) -> str:  # why
    return "text" * 2
```"""
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 5 + " https://example.org/" + "path/" * 30
EMBED = {
    "author": {"name": "The author"},
    "title": "A title",
    "description": "Some **bold** words",
    "fields": [{"name": "Left", "value": "1", "inline": True}, {"name": "Right", "value": "2", "inline": True}],
    "footer": {"text": "The end"},
}
LAYOUT = [{"type": 17, "components": [{"type": 10, "content": "## Inside\nand words"}, {"type": 14}]}]


@dataclass(frozen=True)
class Window:
    """A kind of window, in CSS pixels: 200 % zoom halves what a screen has of them."""

    width: int
    height: int
    touch: bool = False


WINDOWS = {
    "phone": Window(360, 740, touch=True),
    "small phone": Window(320, 640, touch=True),
    "desktop": Window(1280, 800),
    "desktop at 200 %": Window(640, 400),
    "phone, no touch": Window(360, 740),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def conversation(sandbox_page: Page) -> AsyncIterator[Channel]:
    """Give a channel with every kind of content."""
    env = sandbox_page.context.env
    room = env.guild.add_text_channel("everything")
    app = env.discord.create_application("Puppet")
    env.guild.add_bot(app)
    async with run_scripted_bot(env.discord, app, list(COMMANDS), STRINGS) as rest:
        await _talk(sandbox_page, room, rest)
        yield room
    env.guild.remove(app.bot)
    room.delete()


async def _talk(page: Page, room: Channel, rest: Rest) -> None:
    env = page.context.env
    said = await env.bob.say(room, EVERYTHING)
    await env.alice.say(room, f"{env.bob.mention} {LONG_WORD}", reply_to=said)
    await env.alice.say(room, f"{TABLE}\n😀", attachments=[("dot.png", PICTURE), ("a-long-name-" * 5 + ".txt", b"1")])
    await env.alice.say(room, "😀 👍🏽")
    await rest("POST", f"/channels/{room.id}/messages", {"embeds": [EMBED]})
    await rest("POST", f"/channels/{room.id}/messages", {"components": LAYOUT, "flags": 1 << 15})
    question = await env.alice.say(room, f"{env.app.bot.mention} write me some Python code")
    answer = await room.next_message(by=env.app.bot, after=question)
    await env.discord.wait_for(lambda: "Retry" in button_names(answer))
    await env.alice.press(answer, "Retry", wait=False)
    await env.discord.wait_for(lambda: any(name.startswith("2/2") for name in button_names(answer)))


@pytest_asyncio.fixture(
    loop_scope="session",
    params=[(name, scheme) for name in WINDOWS for scheme in ("light", "dark")],
    ids=lambda each: " ".join(each),
)
async def window(request: pytest.FixtureRequest, browser: Browser, server: Page) -> AsyncIterator[PageUser]:
    """Give a tab in each kind of window, light and dark, without motion."""
    name, scheme = request.param
    kind = WINDOWS[name]
    context = await browser.new_context(
        viewport={"width": kind.width, "height": kind.height},
        has_touch=kind.touch,
        is_mobile=kind.touch,
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    visitor = PageUser(await context.new_page(), context, server.address)
    yield visitor
    visitor.check()
    await context.close()


async def _open(visitor: PageUser, channel: Channel) -> None:
    toggle = visitor.page.get_by_role("button", name="Servers and channels")
    if await toggle.is_visible():
        await toggle.click()
        await _check(visitor, "the drawer")
    await visitor.enter(channel.name)


async def _check(visitor: PageUser, what: str) -> None:
    assert await find_problems(visitor.page) == [], what
    results = await Axe().run(visitor.page)
    assert results.violations_count == 0, f"{what}:\n{results.generate_report()}"


async def test_every_part_of_the_page_in_every_window(window: PageUser, conversation: Channel) -> None:
    page = window.page
    await window.arrive(greeted=False)
    await page.get_by_role("heading", name="Welcome").wait_for()
    await _check(window, "the greeting")
    await page.get_by_role("button", name="Close the greeting").click()
    await _open(window, conversation)
    await window.sees("sorts for us")
    height = await page.evaluate("document.getElementById('timeline').scrollHeight")
    for top in range(0, height, 300):
        await page.evaluate("(top) => (document.getElementById('timeline').scrollTop = top)", top)
        assert await find_problems(page) == [], f"the conversation from {top} on"
    await _check(window, "the conversation")
    await window.messages.last.get_by_role("button", name="More").click()
    await page.get_by_role("menu").wait_for()
    await _check(window, "a message's menu")
    await page.keyboard.press("Escape")
    await window.text.press_sequentially("/settings pro")
    await page.get_by_role("option", name="/settings provider").wait_for()
    await _check(window, "suggestions")
    await window.text.fill("")
    await window.command("form")
    await page.get_by_role("dialog", name="Ask about this").wait_for()
    await _check(window, "a form")
    await page.keyboard.press("Escape")
    panel = await window.open_panel()
    await panel.locator(".traffic").first.wait_for(state="attached")
    await _check(window, "behind the scenes")
