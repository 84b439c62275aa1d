"""The gateway's protocol: identifying, events, heartbeats, resuming, breaks, and close codes for nonsense."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.discord import Discord, Permission
from sandbox.discord.gateway import sessions
from sandbox.discord.snowflakes import shard_of
from tests.sandbox.discord.clients import DEFAULT_INTENTS, Rest, Socket
from tests.sandbox.discord.conftest import Home

Connect = Callable[..., Socket]
MEMBERS, CONTENT = 1 << 1, 1 << 15


async def ready(socket: Socket, home: Home, **more: Any) -> dict[str, Any]:
    await socket.identify(home.app.token, **more)
    return dict(await socket.event("READY"))


@pytest.mark.parametrize("compressed", [False, True])
async def test_identifying(connect: Connect, home: Home, discord: Discord, compressed: bool) -> None:
    async with connect(compressed=compressed) as socket:
        assert await socket.op(10) == {"heartbeat_interval": 41250, "_trace": ["sandbox"]}
        data = await ready(socket, home)
        assert data["resume_gateway_url"] == discord.gateway_url
        assert data["guilds"] == [{"id": str(home.guild.id), "unavailable": True}]
        guild = await socket.event("GUILD_CREATE")
        assert [channel["name"] for channel in guild["channels"]] == ["general"]
        assert [member["user"]["username"] for member in guild["members"]] == ["Switchboard"]
        assert (await discord.bot_ready(home.app)).readies == 1


async def test_all_members_come_with_the_privileged_intent(discord: Discord, connect: Connect) -> None:
    app = discord.create_application("Listener", members=True, message_content=True, presences=True)
    guild = discord.create_guild("Home", discord.create_user("alice"))
    guild.add_bot(app)
    async with connect() as socket:
        await socket.identify(app.token, DEFAULT_INTENTS | MEMBERS | CONTENT | 1 << 8)
        created = await socket.event("GUILD_CREATE")
        assert [member["user"]["username"] for member in created["members"]] == ["alice", "Listener"]
        guild.add_member(discord.create_user("bob"))
        assert (await socket.event("GUILD_MEMBER_ADD"))["user"]["username"] == "bob"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "nonsense"}, 4004),
        ({"token": None}, 4004),
        ({"intents": 1 << 30}, 4013),
        ({"intents": "all"}, 4013),
        ({"intents": CONTENT}, 4014),
        ({"intents": MEMBERS}, 4014),
        ({"intents": 1 << 8}, 4014),
        ({"shard": [1, 1]}, 4010),
        ({"shard": "0/1"}, 4010),
        ({"properties": None}, 4002),
    ],
)
async def test_bad_identifications(connect: Connect, home: Home, change: dict[str, Any], code: int) -> None:
    async with connect() as socket:
        data = {"token": home.app.token, "intents": 1, "properties": {}} | change
        await socket.send(2, data)
        assert await socket.close_code() == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 4002),
        ("[]", 4002),
        ('{"op": 2, "d": 5}', 4002),
        ('{"op": 99, "d": {}}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 8, "d": {}}', 4003),
    ],
)
async def test_nonsense(connect: Connect, text: str, code: int) -> None:
    async with connect() as socket:
        assert socket.socket is not None
        await socket.socket.send_str(text)
        assert await socket.close_code() == code


async def test_identifying_twice(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await ready(socket, home)
        await socket.identify(home.app.token)
        assert await socket.close_code() == 4005


async def test_more_than_120_payloads_a_minute(connect: Connect) -> None:
    async with connect() as socket:
        for _ in range(121):
            await socket.send(1, None)
        assert await socket.close_code() == 4008


async def test_another_api_version(discord: Discord, connect: Connect) -> None:
    socket = connect()
    opened = await socket.session.ws_connect(discord.gateway_url + "?v=9")
    await opened.receive()
    await opened.receive()
    assert opened.close_code == 4012


async def test_heartbeats_are_acknowledged_before_and_after_identifying(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await socket.send(1, None)
        await socket.op(11)
        await ready(socket, home)
        await socket.send(1, socket.sequence)
        await socket.op(11)


async def test_a_client_that_beats_no_more_is_a_zombie(connect: Connect, home: Home, discord: Discord) -> None:
    discord.gateway.heartbeat_interval = 0.1
    async with connect() as socket:
        data = await ready(socket, home)
        assert await socket.close_code() == 4009
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], socket.sequence)
        assert await socket.op(9) is False


async def test_what_happens_is_told(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await ready(socket, home)
        message = await home.alice.say(home.general, f"{home.app.bot.mention} hello", attachments=[("a.txt", b"a")])
        created = await socket.event("MESSAGE_CREATE")
        assert (created["id"], created["guild_id"]) == (str(message.id), str(home.guild.id))
        assert created["mentions"][0]["member"]["roles"]
        assert created["member"]["nick"] is None
        await home.alice.edit(message, "other")
        assert (await socket.event("MESSAGE_UPDATE"))["edited_timestamp"] is not None
        await home.alice.type(home.general)
        assert (await socket.event("TYPING_START"))["member"]["user"]["username"] == "alice"
        await home.alice.start_thread(home.general, "aside", message=message)
        assert (await socket.event("THREAD_CREATE"))["newly_created"] is True
        await home.alice.delete(message)
        assert (await socket.event("MESSAGE_DELETE"))["id"] == str(message.id)
        channel = home.guild.add_text_channel("more")
        assert (await socket.event("CHANNEL_CREATE"))["name"] == "more"
        channel.delete()
        assert (await socket.event("CHANNEL_DELETE"))["id"] == str(channel.id)
        home.guild.member(home.app.bot).set_nick("Eliza")
        assert (await socket.event("GUILD_MEMBER_UPDATE"))["nick"] == "Eliza"
        home.guild.everyone.set_permissions(Permission.VIEW_CHANNEL)
        assert (await socket.event("GUILD_ROLE_UPDATE"))["role"]["permissions"] == "1024"
        home.guild.remove(home.app.bot)
        assert (await socket.event("GUILD_DELETE")) == {"id": str(home.guild.id)}
        home.guild.add_bot(home.app)
        assert (await socket.event("GUILD_CREATE"))["id"] == str(home.guild.id)


async def test_direct_messages(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await ready(socket, home)
        await home.bob.say(home.bob.dm(home.app), "psst")
        created = await socket.event("MESSAGE_CREATE")
        assert created["channel_type"] == 1
        assert "guild_id" not in created


async def test_without_the_intent_or_the_permission_nothing_is_heard(connect: Connect, home: Home) -> None:
    secret = home.guild.add_text_channel("secret")
    secret.overwrite(home.guild.everyone, deny=Permission.VIEW_CHANNEL)
    async with connect() as socket:
        await ready(socket, home, intents=(1 << 0) | (1 << 12))
        await home.alice.say(home.general, "unheard")
        await home.alice.say(home.alice.dm(home.app), "heard")
        assert (await socket.event("MESSAGE_CREATE"))["content"] == "heard"
    async with connect() as socket:
        await ready(socket, home)
        await home.alice.say(secret, "unheard")
        await home.alice.say(home.general, f"{home.app.bot.mention} heard")
        assert (await socket.event("MESSAGE_CREATE"))["channel_id"] == str(home.general.id)


async def test_ephemeral_messages_reach_no_gateway(connect: Connect, home: Home, rest: Rest) -> None:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    async with connect() as socket:
        await ready(socket, home)
        asked = await home.alice.slash(home.general, "ask", wait=False)
        assert (await socket.event("INTERACTION_CREATE"))["token"] == asked.token
        await rest.answer(asked, 4, content="hidden", flags=64)
        await rest("POST", rest.webhook(asked), {"content": "shown"})
        assert (await socket.event("MESSAGE_CREATE"))["content"] == "shown"


async def test_resuming_replays_what_was_missed(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        data = await ready(socket, home)
        await socket.event("GUILD_CREATE")
        await discord.disconnect(4000)
        assert await socket.close_code() == 4000
    sequence = socket.sequence
    for text in ("one", "two"):
        await home.alice.say(home.general, f"{home.app.bot.mention} {text}")
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], sequence)
        texts = [(await socket.event("MESSAGE_CREATE"))["content"][-3:] for _ in range(2)]
        assert texts == ["one", "two"]
        await socket.event("RESUMED")
        assert home.app.resumes == 1
        await home.alice.say(home.general, "three")
        await socket.event("MESSAGE_CREATE")


async def test_resuming_too_late_or_wrongly(
    connect: Connect, home: Home, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "REPLAYABLE", 2)
    async with connect() as socket:
        data = await ready(socket, home)
        await discord.disconnect(4000)
    for number in range(3):
        await home.alice.say(home.general, f"{number}")
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], 900)
        assert await socket.close_code() == 4007
    async with connect() as socket:
        await socket.resume("nonsense", data["session_id"], 1)
        assert await socket.close_code() == 4004
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], 1)
        assert await socket.op(9) is False
        await ready(socket, home)
    async with connect() as socket:
        await socket.resume(home.app.token, "none", 1)
        assert await socket.op(9) is False


async def test_a_session_ends_when_its_client_says_good_bye(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await ready(socket, home)
        assert socket.socket is not None
        await socket.socket.close(code=1000)
    await discord.wait_for(lambda: not discord.gateway.sessions)


async def test_reconnect_and_invalid_session_are_sent(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        data = await ready(socket, home)
        discord.gateway.ask_to_reconnect()
        await socket.op(7)
        discord.invalidate_sessions(resumable=True)
        assert await socket.op(9) is True
        discord.invalidate_sessions()
        assert await socket.op(9) is False
        await ready(socket, home)
        assert data["session_id"] not in discord.gateway.sessions


async def test_a_cut_comes_without_a_code(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await ready(socket, home)
        await discord.disconnect(None)
        assert await socket.close_code() in (0, 1006)
    assert discord.gateway.connected() == []


async def test_presence_and_members(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await ready(socket, home)
        await socket.send(3, {"since": None, "activities": [], "status": "idle", "afk": False})
        await discord.wait_for(lambda: (discord.gateway.connected()[0].presence or {}).get("status") == "idle")
        request = {"guild_id": str(home.guild.id), "nonce": "n"}
        await socket.send(8, request | {"user_ids": [str(home.bob.id), "5"]})
        chunk = await socket.event("GUILD_MEMBERS_CHUNK")
        assert [member["user"]["username"] for member in chunk["members"]] == ["bob"]
        assert (chunk["not_found"], chunk["nonce"]) == (["5"], "n")
        await socket.send(8, request | {"query": "AL", "limit": 10})
        chunk = await socket.event("GUILD_MEMBERS_CHUNK")
        assert [member["user"]["username"] for member in chunk["members"]] == ["alice"]
        await socket.send(8, request | {"query": "", "limit": 0})
        assert await socket.close_code() == 4014


async def test_guilds_are_spread_over_shards(connect: Connect, home: Home, discord: Discord) -> None:
    guilds = [home.guild]
    while {shard_of(guild.id, 2) for guild in guilds} != {0, 1}:
        discord.clock.advance(0.001)
        guild = discord.create_guild(f"Guild {len(guilds)}", home.alice)
        guild.add_bot(home.app)
        guilds.append(guild)
    for number in (0, 1):
        async with connect() as socket:
            data = await ready(socket, home, shard=[number, 2])
            expected = [str(guild.id) for guild in guilds if shard_of(guild.id, 2) == number]
            assert sorted(guild["id"] for guild in data["guilds"]) == sorted(expected)
            assert data["shard"] == [number, 2]


async def test_heartbeats_can_be_left_unanswered(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await ready(socket, home)
        discord.gateway.acknowledges = False
        await socket.send(1, socket.sequence)
        await home.alice.say(home.general, "still here")
        seen = []
        while not seen or seen[-1] != "MESSAGE_CREATE":
            frame = await socket.receive()
            seen.append(frame["t"])
            assert frame["op"] != 11
