"""A conversation by the keyboard alone: Tab reaches one message at a time, arrows move on, Escape leads out."""

import pytest

from sandbox.discord import Channel, Message
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOCUS = """() => {
  const it = document.activeElement;
  const name = it.getAttribute("aria-label") ?? it.id;
  return [name, it.matches(":focus-visible") && getComputedStyle(it).outlineStyle !== "none"];
}"""


async def _focus(visitor: PageUser, *, visible: bool = True) -> str:
    """Return what has the focus, by its label or id; its focus has to be seen."""
    name, shown = await visitor.page.evaluate(FOCUS)
    assert shown or not visible, name
    return str(name)


async def _talk(visitor: PageUser, room: Channel, server: Page) -> list[Message]:
    said = [await server.context.env.bob.say(room, f"no. {number} [link](https://example.org)") for number in range(4)]
    await visitor.sees("no. 3")
    return said


async def test_arrows_move_from_message_to_message(visitor: PageUser, room: Channel, server: Page) -> None:
    said = await _talk(visitor, room, server)
    keys = visitor.page.keyboard
    await visitor.page.locator("#timeline").focus()
    await keys.press("Tab")
    assert await _focus(visitor) == f"message-{said[3].id}"
    for key, place in (("ArrowUp", 2), ("ArrowUp", 1), ("ArrowDown", 2), ("Home", 0), ("ArrowUp", 0), ("End", 3)):
        await keys.press(key)
        await visitor.page.wait_for_function(
            "(id) => document.activeElement.id === id", arg=f"message-{said[place].id}"
        )
    await keys.press("Home")
    await visitor.page.wait_for_function("(id) => document.activeElement.id === id", arg=f"message-{said[0].id}")
    reached = []
    for _ in range(4):
        await keys.press("Tab")
        reached.append(await _focus(visitor))
    assert reached[1:] == ["Reply to message from Bob", "More for message from Bob", "Attach files"]
    await keys.press("Shift+Tab")
    assert await _focus(visitor) == "More for message from Bob"


async def test_escape_leads_out_step_by_step(visitor: PageUser, room: Channel, server: Page) -> None:
    said = await _talk(visitor, room, server)
    keys = visitor.page.keyboard
    more = visitor.message("no. 3").get_by_role("button", name="More")
    await more.press("Enter")
    await visitor.page.get_by_role("menu").wait_for()
    await keys.press("Escape")
    assert await _focus(visitor) == "More for message from Bob"
    await keys.press("Escape")
    assert await _focus(visitor) == f"message-{said[3].id}"
    await keys.press("Escape")
    assert await _focus(visitor, visible=False) == f"Message #{room.name}"


async def test_the_focus_stays_while_messages_change(visitor: PageUser, room: Channel, server: Page) -> None:
    bob = server.context.env.bob
    said = await _talk(visitor, room, server)
    await visitor.page.locator(f"#message-{said[2].id}").focus()
    await bob.edit(said[2], "no. 2 in other words")
    await bob.say(room, "no. 4")
    await visitor.sees("no. 2 in other words")
    await visitor.sees("no. 4")
    assert await _focus(visitor, visible=False) == f"message-{said[2].id}"
    await bob.delete(said[2])
    await visitor.message("no. 2").wait_for(state="detached")
    assert await _focus(visitor, visible=False) == f"message-{said[3].id}"


async def test_the_menu_key_opens_a_messages_menu(visitor: PageUser, room: Channel, server: Page) -> None:
    said = await _talk(visitor, room, server)
    message = visitor.page.locator(f"#message-{said[1].id}")
    await message.focus()
    await message.dispatch_event("contextmenu", {"pointerType": "touch"})
    await visitor.page.get_by_role("menuitem", name="Reply").click()
    await visitor.page.get_by_text("Replying to Bob").wait_for()
