"""Suggestions on a slow connection: keys act on what is typed, never on what was suggested for less of it."""

import asyncio
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from sandbox.discord import Channel
from sandbox.discord.errors import Json
from sandbox.page.actions import ACTIONS, Action
from sandbox.page.requests import Request
from sandbox.page.session import Session
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _behind(gate: asyncio.Event, action: Action) -> Action:
    """Return the action with its answers held while the gate is closed."""

    async def act(session: Session, request: Request) -> Json | None:
        result = await action(session, request)
        await gate.wait()
        return result

    return act


@pytest.fixture
def gate(visitor: PageUser, monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Give a gate, closed at first, that all suggestions have to pass on their way to the page."""
    gate = asyncio.Event()
    held = {name: _behind(gate, ACTIONS[name]) for name in ("commands", "autocomplete")}
    monkeypatch.setattr("sandbox.page.actions.ACTIONS", {**ACTIONS, **held})
    yield gate
    gate.set()


async def test_enter_takes_what_is_typed_not_what_was_suggested_for_less(
    visitor: PageUser, gate: asyncio.Event, room: Channel
) -> None:
    gate.set()
    await visitor.text.press_sequentially("/h")
    await visitor.page.get_by_role("option", name="/help").wait_for()
    first = visitor.page.get_by_role("option", selected=True, name="/")
    assert "/help" not in await first.inner_text()  # what is suggested first for less is another one
    gate.clear()
    await visitor.text.press_sequentially("elp")
    await visitor.text.press("Enter")
    gate.set()
    await visitor.page.get_by_role("form", name="Command /help").wait_for()
    assert not room.messages


@pytest.mark.parametrize("key", ["Enter", " "])
async def test_a_command_is_known_however_fast_it_is_typed(
    visitor: PageUser, gate: asyncio.Event, room: Channel, key: str
) -> None:
    await visitor.text.press_sequentially("/settings show")
    await visitor.text.press(key)
    gate.set()
    await visitor.page.get_by_role("form", name="Command /settings show").wait_for()
    assert await visitor.text.input_value() == ""
    assert not room.messages


async def test_enter_sends_what_no_command_is_called(visitor: PageUser, gate: asyncio.Event, room: Channel) -> None:
    await visitor.text.press_sequentially("/shrug")
    await visitor.text.press("Enter")
    gate.set()
    await visitor.sees("/shrug")
    assert [message.content for message in room.messages.values()] == ["/shrug"]


async def test_escape_closes_what_has_not_come_yet(visitor: PageUser, gate: asyncio.Event, room: Channel) -> None:
    await visitor.text.press_sequentially("/help")
    await visitor.text.press("Escape")
    await visitor.text.press("Enter")
    gate.set()
    await visitor.sees("/help")
    assert [message.content for message in room.messages.values()] == ["/help"]


async def test_what_is_written_after_enter_is_no_part_of_it(visitor: PageUser, gate: asyncio.Event) -> None:
    await visitor.text.press_sequentially("/help")
    await visitor.text.press("Enter")
    await visitor.text.press("Backspace")
    gate.set()
    await visitor.page.get_by_role("option", name="/help").wait_for()
    assert await visitor.text.input_value() == "/hel"


async def test_an_arrow_leads_to_the_same_one_in_a_newer_list(visitor: PageUser, gate: asyncio.Event) -> None:
    gate.set()
    await visitor.text.press_sequentially("/settings")
    options = visitor.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(options.first).to_contain_text("/settings")
    gate.clear()
    await visitor.text.press("ArrowUp")
    last = await options.last.locator("span").first.inner_text()
    await visitor.text.press_sequentially(" ")
    await visitor.text.press("Enter")
    gate.set()
    await visitor.page.get_by_role("form", name=f"Command {last}").wait_for()


async def test_a_choice_of_the_bot_is_the_one_for_all_that_is_typed(visitor: PageUser, gate: asyncio.Event) -> None:
    gate.set()
    await visitor.text.press_sequentially("/settings provider")
    await visitor.text.press("Enter")
    provider = visitor.page.locator("#option-provider")
    await visitor.page.get_by_role("option", name="Stammer.ai").wait_for()
    suggested = visitor.page.get_by_role("listbox", name="Suggestions for provider")
    assert "Stammer" not in await suggested.get_by_role("option").first.inner_text()
    gate.clear()
    await provider.press_sequentially("stam")
    await provider.press("Enter")
    gate.set()
    await expect(provider).to_have_value("Stammer.ai")
