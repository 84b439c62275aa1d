"""For everybody: no violation of accessibility rules, all by the keyboard, light and dark, from 360 pixels on."""

import re

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe

from sandbox.discord import Channel
from sandbox.page.access import AccessControl
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAMPLE = """# A heading
Some **bold**, *italic*, ~~gone~~, `code`, ||hidden||, [a link](https://example.org) and <#1>
> quoted
1. one
2. two
-# small print
```python
def f(x: int) -> str:  # why
    return "text" * 2
```"""


TELL_FOCUS = """() => {
  const it = document.activeElement;
  const name = it.getAttribute("aria-label") || it.id || it.textContent;
  return it === document.body ? "" : `${name}|${getComputedStyle(it).outlineStyle}`;
}"""


async def _check(visitor: PageUser, what: str) -> None:
    results = await Axe().run(visitor.page)
    assert results.violations_count == 0, f"{what}:\n{results.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_violates_the_rules(tab: PageUser, server: Page, room: Channel, scheme: str) -> None:
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await tab.arrive(greeted=False)
    await _check(tab, "a first visit")
    await tab.page.get_by_role("button", name="Close the greeting").click()
    await tab.enter(room.name)
    await server.context.env.bob.say(room, SAMPLE)
    await tab.command("chatbot ask", question="Show me the menu")
    await tab.sees("Quattro Stagioni")
    await tab.message("quoted").get_by_role("button", name="More").press("Enter")
    await tab.page.get_by_role("menu").wait_for()
    await _check(tab, "messages with a menu open")
    await tab.page.keyboard.press("Escape")
    await tab.text.press_sequentially("/settings pro")
    await tab.page.get_by_role("option", name="/settings provider").wait_for()
    await _check(tab, "suggestions")
    await tab.text.press("Enter")
    panel = await tab.open_panel()
    await panel.locator("details summary").first.click()
    await _check(tab, "a command's form, and behind the scenes")


async def test_a_narrow_window(tab: PageUser, room: Channel, server: Page) -> None:
    await tab.page.set_viewport_size({"width": 360, "height": 640})
    await tab.arrive(greeted=False)
    await tab.page.get_by_role("heading", name=re.compile("Welcome")).wait_for()
    await tab.page.get_by_role("button", name="Servers and channels").click()
    await _check(tab, "the channels of a narrow window")
    await tab.enter(room.name)
    await server.context.env.bob.say(room, SAMPLE + "\n" + "long" * 60)
    await tab.sees("small print")
    wide = await tab.page.evaluate(
        "[...document.querySelectorAll('#room *')].filter((each) => each.getBoundingClientRect().right > 360.5"
        " && !each.closest('pre') && !each.closest('.unseen')).map((each) => each.outerHTML.slice(0, 80))"
    )
    assert wide == []
    await tab.page.get_by_role("navigation", name="Channels").wait_for(state="hidden")
    await tab.open_panel()
    await _check(tab, "behind the scenes in a narrow window")
    await tab.page.keyboard.press("Escape")
    await tab.page.get_by_role("complementary").wait_for(state="hidden")


async def test_every_control_is_reached_by_the_keyboard(visitor: PageUser, room: Channel, server: Page) -> None:
    await server.context.env.bob.say(room, "||secret|| words")
    await visitor.sees("words")
    await visitor.page.locator(".skip").focus()
    reached: list[str] = []
    for _ in range(60):
        name = await visitor.page.evaluate(TELL_FOCUS)
        if not name or name in reached:
            break
        reached.append(name)
        await visitor.page.keyboard.press("Tab")
    names = [each.split("|")[0] for each in reached]
    wanted = ["Skip to the message box", "Direct messages", "Home", "Next Door", "general", room.name, "person"]
    wanted += ["Behind the scenes", "Spoiler: reveal", "Reply to message from Bob", "More for message from Bob"]
    wanted += ["Attach files", f"Message #{room.name}", "Send"]
    assert [name for name in names if name in wanted] == wanted
    # The text box shows its focus by the frame around it.
    unseen = [each for each in reached[1:] if each.endswith("|none") and not each.startswith("Message #")]
    assert unseen == []
    await visitor.page.get_by_role("button", name="Spoiler: reveal").press("Enter")
    assert await visitor.page.locator(".spoiler.revealed").inner_text() == "secret"


async def test_a_first_visit_is_greeted_with_three_things_to_try(tab: PageUser, server: Page) -> None:
    await tab.arrive(greeted=False)
    suggestions = tab.page.locator(".suggestions-to-try button")
    assert await suggestions.count() == 3
    await suggestions.nth(0).click()
    await tab.sees("sorts for us")
    await suggestions.nth(1).click()
    await tab.sees("Quattro Stagioni")
    await suggestions.nth(2).click()
    await tab.sees("The connection to Chatbase dropped")
    await tab.page.get_by_role("complementary", name="Behind the scenes").get_by_text("fault: cut").first.wait_for()
    await tab.page.get_by_role("button", name="Close the greeting").click()
    await tab.page.reload()
    await tab.sees("sorts for us")
    assert await suggestions.count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_refusals_and_links_violate_no_rules(
    tab: PageUser, server: Page, room: Channel, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = server.context.env
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await tab.arrive()
    await tab.enter(room.name)
    said = await env.alice.say(room, f"come to {env.games.mention}")
    link = f"https://discord.com/channels/{env.guild.id}/{room.id}/{said.id}"
    await env.alice.say(room, f"see {link}, [there]({link})", reply_to=said)
    await tab.sees("there")
    await tab.text.press("ArrowUp")
    box = tab.page.get_by_label("Edit your message")
    await box.fill("b" * 2001)
    await box.press("Enter")
    await tab.text.fill("a" * 2001)
    await tab.text.press("Enter")
    await tab.page.get_by_role("alert").get_by_text("This is 1 character too long").first.wait_for()
    await _check(tab, "texts that are too long")
    await box.press("Escape")
    await (await tab.sees("there")).get_by_role("link", name="there").press("Enter")
    await tab.page.locator(".found").wait_for()
    await _check(tab, "a message that was jumped to")
    monkeypatch.setattr(AccessControl, "_check", _refuse)
    for socket in list(server.sockets):
        await socket.close()
    await tab.page.get_by_role("alert").get_by_text("The sandbox is offline").wait_for()
    await _check(tab, "the sandbox is offline")
    tab.problems.clear()  # the console tells of each attempt to connect


def _refuse(_access: AccessControl, _request: web.Request) -> None:
    raise web.HTTPServiceUnavailable
