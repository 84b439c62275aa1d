"""The sandbox's events and answers, held against Discord's own schema files.

Besides the cases here, every answer that `Rest` gets and every event that `Socket` gets in the other tests is checked.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from sandbox.discord import Discord, Interaction, Message
from sandbox.discord.rest.pipeline import ROUTES
from tests.sandbox.discord import documents
from tests.sandbox.discord.clients import Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home
from tests.sandbox.discord.people.test_people import BUTTONS, COMMANDS, MENU

pytestmark = pytest.mark.skipif(not documents.present, reason="Discord's schema files are not beside the checkout")

PEOPLE = {"type": 1, "components": [{"type": 7, "custom_id": "what", "max_values": 3}]}
EMBED = {
    "title": "Card",
    "description": "d",
    "url": "https://example.org",
    "color": 255,
    "fields": [{"name": "n", "value": "v", "inline": True}],
    "footer": {"text": "f"},
    "author": {"name": "a"},
}
FORM: dict[str, Any] = {
    "title": "Ask",
    "custom_id": "form",
    "components": [{"type": 1, "components": [{"type": 4, "custom_id": "q", "label": "Question", "style": 1}]}],
}


@pytest.fixture
async def socket(rest: Rest, home: Home, discord: Discord, connect: Connect) -> AsyncIterator[Socket]:
    discord.limits.enabled = False
    await rest("PUT", f"/applications/{home.app.id}/commands", [*COMMANDS, FIND])
    async with connect() as opened:
        await opened.identify(home.app.token)
        yield opened


FIND = {
    "name": "find",
    "description": "a",
    "options": [{"type": 3, "name": "q", "description": "a", "autocomplete": True}],
}


async def rich_message(rest: Rest, home: Home) -> Message:
    body = {"content": "all", "embeds": [EMBED], "components": [BUTTONS, MENU, PEOPLE], "attachments": [{"id": "0"}]}
    answer = await rest.form("POST", f"/channels/{home.general.id}/messages", body, ("a.png", b"png"))
    return home.general.messages[int(answer.body["id"])]


async def test_every_event_that_the_files_describe(socket: Socket, rest: Rest, home: Home) -> None:
    message = await rich_message(rest, home)
    path = f"/channels/{home.general.id}/messages/{message.id}"
    await rest("PATCH", path, {"content": "other"})
    await home.alice.say(home.general, f"{home.app.bot.mention} reply", reply_to=message)
    await home.alice.type(home.general)
    await home.alice.start_thread(home.general, "aside", message=message)
    await home.alice.post(home.guild.add_forum("help"), "how?", "like this")
    await home.alice.slash(home.general, "ask", question="why?", wait=False)
    await rest("DELETE", path)
    await socket.event("MESSAGE_DELETE")
    described = {name for name, _ in socket.events if documents.has_event(name)}
    assert described == {
        "READY",
        "GUILD_CREATE",
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "TYPING_START",
        "THREAD_CREATE",
        "INTERACTION_CREATE",
    }


async def test_every_kind_of_interaction(socket: Socket, rest: Rest, home: Home, discord: Discord) -> None:
    message = await rich_message(rest, home)
    role = home.guild.add_role("helpers")
    thread = await home.alice.start_thread(home.general, "aside")
    values: dict[str, Any] = {"colour": "r", "count": 2, "on": True, "who": home.bob, "role": role, "heat": 0.5}
    values |= {"auto_channel": home.general, "file": ("a.txt", b"a")}

    async def next_one() -> Interaction:
        data = await socket.event("INTERACTION_CREATE")
        return discord.state.interactions[int(data["id"])]

    for place in (home.general, thread):
        await home.alice.slash(place, "set", wait=False, **values)
        assert (await next_one()).channel is place
    await home.alice.slash(home.alice.dm(home.app), "ask", question="a", wait=False)
    asked = await next_one()
    await rest.answer(asked, 9, **FORM)
    doings: list[Callable[[], Coroutine[Any, Any, object]]] = [
        lambda: home.alice.autocomplete(home.general, "find", "q", "be"),
        lambda: home.alice.press(message, "Yes"),
        lambda: home.alice.choose(message, "How big?", "Small"),
        lambda: home.alice.choose(message, "what", home.general),
        lambda: home.alice.use_menu(message, "Ask about this"),
        lambda: home.alice.use_menu(home.bob, "Greet", place=home.general),
        lambda: home.alice.submit(asked, {"Question": "why?"}),
    ]
    for do in doings:
        doing = asyncio.create_task(do())
        interaction = await next_one()
        if interaction.data.get("name") == "find":
            await rest.answer(interaction, 8, choices=[])
        else:
            await rest.answer(interaction, 4, with_response=True, content="done")
            await rest("POST", rest.webhook(interaction), {"content": "more"})
        await doing


def test_the_checks_can_fail() -> None:
    user = {"id": "1", "username": "a", "avatar": None, "discriminator": "0", "global_name": None}
    documents.check_event("TYPING_START", {"channel_id": "1", "user_id": "1", "timestamp": 1})
    with pytest.raises(AssertionError):
        documents.check_event("TYPING_START", {"channel_id": "1", "user_id": "1"})
    with pytest.raises(AssertionError):
        documents.check_event("INTERACTION_CREATE", {"id": "1", "type": 2})
    with pytest.raises(AssertionError):
        documents.check_response("GET", "/users/@me", 200, user)
    with pytest.raises(AssertionError):
        documents.check_response("GET", "/users/@me", 201, user)
    with pytest.raises(AssertionError):
        documents.check_response("GET", "/users/@us", 200, user)
    documents.check_request("POST", "/users/@me/channels", {"recipient_id": "1"})
    with pytest.raises(AssertionError):
        documents.check_request("POST", "/users/@me/channels", {"recipient_id": 1})


def test_every_route_is_one_of_discords() -> None:
    unknown = [route.path for route in ROUTES if documents.template_of(route.method, route.path) is None]
    assert unknown == []


def test_forms_are_taken_by_those_routes_that_discord_says() -> None:
    wrong = [
        f"{route.method} {route.path}"
        for route in ROUTES
        if route.takes_forms is not ("multipart/form-data" in documents.body_types(route.method, route.path))
    ]
    assert wrong == []
