"""What is drawn again while it is used: a press counts, and another channel's messages are not left on the screen."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from sandbox.discord import Channel
from sandbox.discord.errors import Json
from sandbox.page.actions import ACTIONS, history
from sandbox.page.requests import Request
from sandbox.page.server import Page
from sandbox.page.session import Session
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _press_down(visitor: PageUser, button: Locator) -> None:
    """Press the mouse's button, and hold it."""
    await button.hover()
    await visitor.page.mouse.down()


async def test_a_press_on_a_message_that_changes_meanwhile(visitor: PageUser, server: Page, room: Channel) -> None:
    bob = server.context.env.bob
    said = await bob.say(room, "first words")
    await _press_down(visitor, (await visitor.sees("first words")).get_by_role("button", name="Reply"))
    await bob.edit(said, "other words")
    await visitor.sees("other words")
    await visitor.page.mouse.up()
    await visitor.page.get_by_text("Replying to Bob").wait_for()


async def test_a_press_on_a_channel_that_becomes_unread_meanwhile(visitor: PageUser, server: Page) -> None:
    env = server.context.env
    channels = visitor.page.get_by_role("navigation", name="Channels")
    await _press_down(visitor, channels.get_by_role("button", name="games"))
    await env.bob.say(env.games, "is anybody there?")
    await channels.get_by_role("button", name="games, unread").wait_for()
    await visitor.page.mouse.up()
    await visitor.sees("is anybody there?")


async def test_what_is_released_elsewhere_is_not_pressed(visitor: PageUser, server: Page, room: Channel) -> None:
    bob = server.context.env.bob
    said = await bob.say(room, "first words")
    shown = await visitor.sees("first words")
    await _press_down(visitor, shown.get_by_role("button", name="Reply"))
    await bob.edit(said, "other words")
    await visitor.sees("other words")
    await shown.get_by_role("button", name="More").hover()
    await visitor.page.mouse.up()
    await visitor.write("a message of its own")
    await visitor.sees("a message of its own")
    assert [message.replied_to for message in room.messages.values()] == [None, None]
    assert await visitor.page.get_by_role("menu").count() == 0


async def test_no_channel_shows_what_was_said_in_another(
    visitor: PageUser, server: Page, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.context.env.bob.say(room, "in the room")
    await visitor.sees("in the room")
    gate = asyncio.Event()

    async def later(session: Session, request: Request) -> Json:
        await gate.wait()
        return await history(session, request)

    monkeypatch.setattr("sandbox.page.actions.ACTIONS", {**ACTIONS, "history": later})
    await visitor.enter("games")
    await expect(visitor.messages).to_have_count(0)
    await visitor.enter(room.name)
    gate.set()
    await visitor.sees("in the room")
