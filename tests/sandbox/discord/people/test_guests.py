"""An application that somebody installed for themselves: where they meet it, and how little it may do there."""

from typing import Any

import pytest

from sandbox.discord import Channel, Discord, NotVisible, Permission, Person
from tests.sandbox.discord.clients import Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home

YES = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"}]}
ANYWHERE: dict[str, Any] = {"contexts": [0, 1, 2], "integration_types": [0, 1]}
COMMANDS: list[dict[str, Any]] = [
    {"name": "ask", "description": "a"} | ANYWHERE,
    {"name": "settings", "description": "a", "contexts": [0], "integration_types": [0]},
    {"name": "mine", "description": "a", "contexts": [0, 2], "integration_types": [1]},
    {"name": "Ask about this", "type": 3} | ANYWHERE,
]


@pytest.fixture(autouse=True)
async def _registered(rest: Rest, home: Home, discord: Discord) -> None:
    discord.limits.enabled = False
    await rest("PUT", f"/applications/{home.app.id}/commands", COMMANDS)
    home.app.install_for(home.alice)


@pytest.fixture
def abroad(discord: Discord, home: Home) -> Channel:
    """Give a channel of a server that the bot is no member of."""
    return discord.create_guild("Abroad", home.bob, home.alice).add_text_channel("lobby")


async def offers(person: Person, command: str, *places: Channel) -> list[bool]:
    """Tell of each place whether a person is offered a command there."""
    found = []
    for place in places:
        try:
            await person.slash(place, command, wait=False)
        except NotVisible:
            found.append(False)
        else:
            found.append(True)
    return found


async def test_commands_are_offered_to_the_person_who_installed_it(
    home: Home, discord: Discord, abroad: Channel
) -> None:
    places = (home.general, home.alice.dm(home.app), abroad, discord.create_group(home.bob, home.alice))
    assert await offers(home.alice, "ask", *places, home.alice.dm(home.bob)) == [True] * 5
    assert await offers(home.alice, "settings", *places) == [True, False, False, False]
    assert await offers(home.alice, "mine", *places) == [True, False, True, True]
    assert await offers(home.bob, "ask", home.general, home.bob.dm(home.app), *places[2:]) == [True, True, False, False]
    assert await offers(home.bob, "mine", home.general) == [False]


async def test_an_interaction_says_where_it_is_and_by_whose_installation(
    home: Home, discord: Discord, abroad: Channel, connect: Connect
) -> None:
    group = discord.create_group(home.bob, home.alice, name="friends")
    alice, own = str(home.alice.id), {"1": str(home.alice.id)}
    async with connect() as socket:
        await socket.ready(home.app.token)
        seen = [
            await next_one(socket, home, place)
            for place in (home.general, home.alice.dm(home.app), abroad, group, home.alice.dm(home.bob))
        ]
    assert [data["context"] for data in seen] == [0, 1, 0, 2, 2]
    assert [data["authorizing_integration_owners"] for data in seen] == [
        {"0": str(home.guild.id), "1": alice},
        {"0": "0", "1": alice},
        own,
        own,
        own,
    ]
    assert seen[2]["guild_id"] == str(abroad.guild.id if abroad.guild else 0)
    assert [data["channel"]["type"] for data in seen] == [0, 1, 0, 3, 1]
    assert seen[3]["channel"]["name"] == "friends"
    assert seen[3]["app_permissions"] == str((1 << 14) | (1 << 15) | (1 << 17))
    assert seen[1]["app_permissions"] == str((1 << 14) | (1 << 15) | (1 << 17) | (1 << 18))


async def next_one(socket: Socket, home: Home, place: Channel) -> dict[str, Any]:
    """Use `ask` in a place, and return what the bot is told of it."""
    await home.alice.slash(place, "ask", wait=False)
    return await socket.event("INTERACTION_CREATE")


async def test_a_guest_hears_no_messages_and_writes_none_of_its_own(
    home: Home, rest: Rest, abroad: Channel, connect: Connect
) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        await home.alice.say(abroad, f"{home.app.bot.mention} hello?")
        await home.alice.slash(abroad, "ask", wait=False)
        await socket.event("INTERACTION_CREATE")
        assert "MESSAGE_CREATE" not in dict(socket.events)
    refused = await rest("POST", f"/channels/{abroad.id}/messages", {"content": "hello"})
    assert (refused.status, refused.code) == (403, 50001)


@pytest.mark.parametrize("deferred", [False, True])
async def test_a_guest_has_five_follow_ups(home: Home, rest: Rest, abroad: Channel, deferred: bool) -> None:
    asked = await home.alice.slash(abroad, "ask", wait=False)
    await (rest.answer(asked, 5) if deferred else rest.answer(asked, 4, content="0"))
    if deferred:
        await rest("PATCH", rest.webhook(asked, "/messages/@original"), {"content": "0"})
    for number in range(1, 6):
        assert (await rest("POST", rest.webhook(asked), {"content": str(number)})).status == 200
    refused = await rest("POST", rest.webhook(asked), {"content": "6"})
    assert (refused.status, refused.code) == (400, 40094)
    edited = await rest("PATCH", rest.webhook(asked, f"/messages/{asked.followups[-1].id}"), {"content": "five"})
    assert edited.status == 200
    assert [message.content for message in abroad.visible_to(home.bob)] == ["0", "1", "2", "3", "4", "five"]


async def test_a_member_has_any_number_of_follow_ups(home: Home, rest: Rest) -> None:
    asked = await home.alice.slash(home.general, "ask", wait=False)
    await rest.answer(asked, 4, content="0")
    assert {(await rest("POST", rest.webhook(asked), {"content": "more"})).status for _ in range(7)} == {200}


async def test_a_server_may_keep_guests_quiet(home: Home, rest: Rest, abroad: Channel) -> None:
    abroad.overwrite(home.alice, deny=Permission.USE_EXTERNAL_APPS)
    asked = await home.alice.slash(abroad, "ask", wait=False)
    await rest.answer(asked, 5)
    await rest("PATCH", rest.webhook(asked, "/messages/@original"), {"content": "for you"})
    await rest("POST", rest.webhook(asked), {"content": "and more"})
    assert [message.content for message in abroad.visible_to(home.alice)] == ["for you", "and more"]
    assert abroad.visible_to(home.bob) == []


async def test_a_button_is_pressed_by_the_installation_it_came_from(home: Home, rest: Rest, abroad: Channel) -> None:
    asked = await home.alice.slash(abroad, "ask", wait=False)
    await rest.answer(asked, 4, content="sure?", components=[YES])
    assert asked.message is not None
    pressed = await home.bob.press(asked.message, "Yes", wait=False)
    assert pressed.owners == {1: home.alice.id}


async def test_what_the_application_does_not_offer_cannot_be_registered(discord: Discord, rest: Rest) -> None:
    rest.application.user_install = False
    refused = await rest("PUT", f"/applications/{rest.application.id}/commands", COMMANDS[:1])
    assert refused.faults() == {"0.integration_types.1": ["BASE_TYPE_CHOICES"]}
    refused = await rest("POST", f"/applications/{rest.application.id}/commands", COMMANDS[2])
    assert refused.faults() == {"integration_types.0": ["BASE_TYPE_CHOICES"]}
    assert (await rest("GET", "/applications/@me")).body["integration_types_config"] == {"0": {}}
    with pytest.raises(ValueError, match="Switchboard"):
        rest.application.install_for(discord.create_user("carol"))
