"""The gateway's protocol: identifying, events, shards, members, and close codes for nonsense."""

from typing import Any

import pytest

from sandbox.discord import Discord, Permission
from sandbox.discord.model.snowflakes import shard_of
from tests.sandbox.discord.clients import DEFAULT_INTENTS, Rest
from tests.sandbox.discord.conftest import Connect, Home

MEMBERS, CONTENT = 1 << 1, 1 << 15


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_identifying(connect: Connect, home: Home, discord: Discord, compress: str) -> None:
    async with connect(compress) as socket:
        assert await socket.op(10) == {"heartbeat_interval": 41250, "_trace": ["sandbox"]}
        data = await socket.ready(home.app.token)
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
        ({"shard": [-1, 2]}, 4010),
        ({"shard": [False, True]}, 4010),
        ({"intents": True}, 4013),
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
        ('{"op": 31, "d": {}}', 4003),
        ("[" * 4000, 4002),
    ],
)
async def test_nonsense(connect: Connect, text: str, code: int) -> None:
    async with connect() as socket:
        assert socket.socket is not None
        await socket.socket.send_str(text)
        assert await socket.close_code() == code


async def test_identifying_twice(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        await socket.identify(home.app.token)
        assert await socket.close_code() == 4005


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
        await socket.ready(home.app.token)
        await socket.send(1, socket.sequence)
        await socket.op(11)


async def test_what_happens_is_told(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
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
        home.guild.break_down()
        assert (await socket.event("GUILD_DELETE")) == {"id": str(home.guild.id), "unavailable": True}
        home.guild.recover()
        recovered = await socket.event("GUILD_CREATE")
        assert (recovered["id"], recovered["unavailable"]) == (str(home.guild.id), False)
        home.guild.remove(home.app.bot)
        assert (await socket.event("GUILD_DELETE")) == {"id": str(home.guild.id)}
        home.guild.add_bot(home.app)
        added = await socket.event("GUILD_CREATE")
        assert added["id"] == str(home.guild.id)
        assert "unavailable" not in added


async def test_direct_messages(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        await home.bob.say(home.bob.dm(home.app), "psst")
        created = await socket.event("MESSAGE_CREATE")
        assert created["channel_type"] == 1
        assert "guild_id" not in created


async def test_without_the_intent_or_the_permission_nothing_is_heard(connect: Connect, home: Home) -> None:
    secret = home.guild.add_text_channel("secret")
    secret.overwrite(home.guild.everyone, deny=Permission.VIEW_CHANNEL)
    async with connect() as socket:
        await socket.ready(home.app.token, intents=(1 << 0) | (1 << 12))
        await home.alice.say(home.general, "unheard")
        await home.alice.say(home.alice.dm(home.app), "heard")
        assert (await socket.event("MESSAGE_CREATE"))["content"] == "heard"
    async with connect() as socket:
        await socket.ready(home.app.token)
        await home.alice.say(secret, "unheard")
        await home.alice.say(home.general, f"{home.app.bot.mention} heard")
        assert (await socket.event("MESSAGE_CREATE"))["channel_id"] == str(home.general.id)


async def test_ephemeral_messages_are_told_to_their_bot_as_direct_messages(
    connect: Connect, home: Home, rest: Rest, discord: Discord
) -> None:
    other = discord.create_application("Listener")
    home.guild.add_bot(other)
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    async with connect() as socket, connect() as elsewhere:
        await socket.ready(home.app.token)
        await elsewhere.ready(other.token)
        asked = await home.alice.slash(home.general, "ask", wait=False)
        assert (await socket.event("INTERACTION_CREATE"))["token"] == asked.token
        await rest.answer(asked, 4, content="hidden", flags=64)
        created = await socket.event("MESSAGE_CREATE")
        assert (created["content"], created["flags"]) == ("hidden", 64)
        assert "guild_id" not in created
        assert "member" not in created
        await rest("DELETE", rest.webhook(asked, "/messages/@original"))
        assert "guild_id" not in await socket.event("MESSAGE_DELETE")
        await rest("POST", f"/channels/{home.general.id}/messages", {"content": "shown"})
        assert (await elsewhere.event("MESSAGE_CREATE"))["author"]["username"] == "Switchboard"
        assert not any(data.get("flags") == 64 for _, data in elsewhere.events)


async def test_presence_and_members(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
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


async def test_what_clients_ask_for_that_the_sandbox_has_none_of(connect: Connect, home: Home) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        await socket.send(4, {"guild_id": str(home.guild.id), "channel_id": None, "self_mute": True, "self_deaf": True})
        await socket.send(43, {"guild_id": str(home.guild.id), "fields": ["status"]})
        await socket.send(31, {"guild_ids": [str(home.guild.id), "5", None]})
        sounds = {"guild_id": str(home.guild.id), "soundboard_sounds": []}
        assert await socket.event("SOUNDBOARD_SOUNDS") == sounds


async def test_guilds_are_spread_over_shards(connect: Connect, home: Home, discord: Discord) -> None:
    guilds = [home.guild]
    while {shard_of(guild.id, 2) for guild in guilds} != {0, 1}:
        discord.clock.advance(0.001)
        guild = discord.create_guild(f"Guild {len(guilds)}", home.alice)
        guild.add_bot(home.app)
        guilds.append(guild)
    for number in (0, 1):
        async with connect() as socket:
            data = await socket.ready(home.app.token, shard=[number, 2])
            expected = [str(guild.id) for guild in guilds if shard_of(guild.id, 2) == number]
            assert sorted(guild["id"] for guild in data["guilds"]) == sorted(expected)
            assert data["shard"] == [number, 2]


async def test_a_guild_can_be_founded_for_a_shard(home: Home, discord: Discord) -> None:
    wanted = [(number, count) for count in (1, 3, 16) for number in range(count)]
    guilds = [discord.create_guild("Elsewhere", home.alice, shard=shard) for shard in wanted]
    assert [(shard_of(guild.id, count), count) for guild, (_, count) in zip(guilds, wanted, strict=True)] == wanted
    later = discord.create_guild("Later", home.alice)
    assert sorted({guild.id for guild in (*guilds, later)}) == [guild.id for guild in (*guilds, later)]
