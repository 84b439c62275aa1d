"""When the sandbox is gone for a while: one notice, nothing lost; and several tabs at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web

from sandbox.discord import Channel
from sandbox.page.access import AccessControl
from sandbox.page.actions import ACTIONS
from sandbox.page.requests import Request
from sandbox.page.server import Page
from sandbox.page.session import Session
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

GoOffline = Callable[[], Awaitable[None]]


@pytest.fixture
def offline(server: Page, visitor: PageUser, monkeypatch: pytest.MonkeyPatch) -> GoOffline:
    """Give a way to take the page's server away, until `monkeypatch.undo`."""

    def refuse(_access: AccessControl, _request: web.Request) -> None:
        raise web.HTTPServiceUnavailable

    async def go() -> None:
        monkeypatch.setattr(AccessControl, "_check", refuse)
        for socket in list(server.sockets):
            await socket.close()
        await visitor.page.get_by_text("The sandbox is offline").first.wait_for(state="attached")

    return go


@pytest_asyncio.fixture(loop_scope="session")
async def second_tab(visitor: PageUser, server: Page, room: Channel) -> AsyncIterator[PageUser]:
    """Give another tab of the same browser, in the same channel."""
    context = visitor.page.context
    other = PageUser(await context.new_page(), context, server.address)
    await other.arrive()
    await other.enter(room.name)
    yield other
    other.check()


async def test_one_notice_while_the_sandbox_is_offline(
    visitor: PageUser, room: Channel, offline: GoOffline, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = visitor.page.locator("#notices .notice")
    state = visitor.page.locator("#header .bot-state")
    assert (await state.inner_text()).split() == ["The", "bot", "is", "online"]
    await offline()
    assert (await state.inner_text()).split() == ["The", "sandbox", "is", "offline"]
    assert await notices.count() == 1
    await visitor.text.fill("@Bob are you there?")
    await visitor.text.press("Enter")
    await visitor.page.get_by_role("alert").get_by_text("That was not sent.").wait_for()
    await visitor.text.press("Enter")
    await visitor.page.get_by_role("button", name="Behind the scenes", exact=True).click()
    await visitor.page.get_by_role("complementary", name="Behind the scenes").wait_for()
    assert await notices.count() == 1
    assert await visitor.text.input_value() == "@Bob are you there?"
    monkeypatch.undo()
    await notices.wait_for(state="detached")
    await state.get_by_text("online").wait_for()
    assert not room.messages
    await visitor.text.press("Enter")
    await visitor.sees("are you there?")
    visitor.problems.clear()  # the console tells of each attempt to connect


async def test_forms_and_edits_stay_while_the_sandbox_is_offline(
    visitor: PageUser, room: Channel, server: Page, offline: GoOffline, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await server.context.env.alice.say(room, "first words")
    await visitor.sees("first words")
    await visitor.text.press("ArrowUp")
    box = visitor.page.get_by_label("Edit your message")
    await box.fill("other words")
    form = await visitor.type_command("chatbot ask")
    question = form.get_by_label("question")
    await question.fill("Show me the menu")
    await offline()
    await box.press("Enter")
    await visitor.page.locator("#notices").get_by_text("That was not sent.").wait_for()
    await question.press("Enter")
    await form.get_by_role("alert").get_by_text("That was not sent.").wait_for()
    assert await visitor.page.locator("#notices .notice").count() == 1
    assert await question.input_value() == "Show me the menu"
    assert await box.input_value() == "other words"
    monkeypatch.undo()
    await visitor.page.locator("#notices .notice").wait_for(state="detached")
    await question.press("Enter")
    await visitor.sees("Tomato, mozzarella, basil")
    await box.press("Enter")
    await box.wait_for(state="detached")
    assert said.content == "other words"
    visitor.problems.clear()


async def test_what_was_under_way_may_not_have_arrived(
    visitor: PageUser,
    room: Channel,
    server: Page,
    offline: GoOffline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrived, released = asyncio.Event(), asyncio.Event()

    async def never(_session: Session, _request: Request) -> None:
        arrived.set()
        await released.wait()

    monkeypatch.setattr("sandbox.page.actions.ACTIONS", {**ACTIONS, "say": never})
    await visitor.write("is it there?")
    await arrived.wait()
    assert await visitor.text.input_value() == ""
    await offline()
    notice = visitor.page.locator("#notices .notice")
    await notice.get_by_text("The connection broke, so that may not have been sent.").wait_for()
    assert await notice.count() == 1
    assert await visitor.text.input_value() == "is it there?"
    monkeypatch.undo()
    await notice.wait_for(state="detached")
    await visitor.text.press("Enter")
    await visitor.sees("is it there?")
    released.set()
    visitor.problems.clear()


async def test_a_channel_that_is_opened_while_the_sandbox_is_offline(
    visitor: PageUser, room: Channel, server: Page, offline: GoOffline, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = server.context.env
    await env.bob.say(env.games, "in games")
    await env.bob.say(room, "in the room")
    await visitor.sees("in the room")
    await offline()
    await visitor.enter("games")
    assert await visitor.message("in the room").count() == 0
    monkeypatch.undo()
    await visitor.sees("in games")
    assert await visitor.page.title() == "#games | Home – Switchboard sandbox"
    visitor.problems.clear()


async def test_coming_back_leaves_the_reader_where_they_were(
    visitor: PageUser, room: Channel, server: Page, offline: GoOffline, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        await server.context.env.bob.say(room, f"line {number}.")
    await visitor.sees("line 59.")
    timeline = visitor.page.locator("#timeline")
    await timeline.hover()
    await visitor.page.mouse.wheel(0, -1200)
    await visitor.page.wait_for_function(
        "() => { const it = document.getElementById('timeline');"
        " return it.scrollHeight - it.scrollTop - it.clientHeight > 600; }"
    )
    await visitor.text.fill("a draft")
    await offline()
    monkeypatch.undo()
    await visitor.page.locator("#notices .notice").wait_for(state="detached")
    await visitor.sees("line 50.")
    assert await timeline.evaluate("it => it.scrollHeight - it.scrollTop - it.clientHeight > 600")
    assert await visitor.text.input_value() == "a draft"
    visitor.problems.clear()


async def test_two_tabs_of_the_same_person(visitor: PageUser, second_tab: PageUser, room: Channel) -> None:
    await visitor.text.fill("a draft of one tab")
    assert await second_tab.text.input_value() == ""
    await second_tab.write("from the other tab")
    await visitor.sees("from the other tab")
    assert await visitor.text.input_value() == "a draft of one tab"
    await visitor.text.press("Enter")
    await second_tab.sees("a draft of one tab")
    assert len(room.messages) == 2


async def test_two_tabs_of_different_people(visitor: PageUser, second_tab: PageUser, room: Channel) -> None:
    await second_tab.become("Bob")
    await second_tab.write("@Alice hello from Bob")
    shown = await visitor.sees("hello from Bob")
    assert "mentions-me" in (await shown.get_attribute("class") or "")
    await visitor.write("@Bob hello from Alice")
    await second_tab.sees("hello from Alice")
    for tab, name in ((visitor, "Alice"), (second_tab, "Bob")):
        await tab.page.reload()
        await tab.sees("hello from Alice")
        chosen = tab.page.get_by_label("You are", exact=True).locator("option:checked")
        assert (await chosen.inner_text()).startswith(name)
