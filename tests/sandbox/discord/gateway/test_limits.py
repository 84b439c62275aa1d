"""What the gateway lets a bot do how often: sessions in a day, IDENTIFYs in 5 s, payloads in a minute, their size."""

import json
from typing import Any

import pytest

from sandbox.discord import Discord
from tests.sandbox.discord.clients import Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home

DAY_MS = 86_400_000


async def told(rest: Rest) -> dict[str, Any]:
    """Return the session start limit as Discord tells it."""
    return dict((await rest("GET", "/gateway/bot")).body["session_start_limit"])


async def test_sessions_are_counted_down_and_come_back_after_a_day(
    connect: Connect, home: Home, discord: Discord, rest: Rest
) -> None:
    assert await told(rest) == {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    async with connect() as first, connect() as second:
        await first.ready(home.app.token)
        discord.advance(3600)
        await second.ready(home.app.token)
    starts = await told(rest)
    assert starts["remaining"] == 998
    assert DAY_MS - 3_660_000 < starts["reset_after"] <= DAY_MS - 3_600_000
    discord.advance(23 * 3600)
    assert await told(rest) == {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}


async def test_a_test_sets_what_is_left_and_for_how_long(
    connect: Connect, home: Home, discord: Discord, rest: Rest
) -> None:
    starts = home.app.session_starts
    starts.total, starts.remaining, starts.reset_after, starts.max_concurrency = 2000, 49, 60_000, 16
    home.app.shards = 32
    discord.advance(20)  # what is set counts down from when it is first told
    assert (await told(rest))["reset_after"] == 60_000
    discord.advance(20)
    answer = (await rest("GET", "/gateway/bot")).body
    limit = answer["session_start_limit"]
    assert (answer["shards"], limit["total"], limit["remaining"], limit["max_concurrency"]) == (32, 2000, 49, 16)
    assert 0 < limit["reset_after"] <= 40_000
    discord.advance(40)
    assert (await told(rest))["remaining"] == 2000


async def test_a_resume_costs_no_session(connect: Connect, home: Home, rest: Rest) -> None:
    async with connect() as socket:
        data = await socket.ready(home.app.token)
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], 1)
        await socket.event("RESUMED")
    assert (await told(rest))["remaining"] == 999


async def test_one_session_too_many_in_a_day_costs_the_token(connect: Connect, home: Home, discord: Discord) -> None:
    home.app.session_starts.remaining = 2
    token = home.app.token
    async with connect() as first, connect() as second:
        await first.ready(token)
        await second.ready(token)
        async with connect() as third:
            await third.identify(token)
            assert await third.close_code() == 4004
        assert {await first.close_code(), await second.close_code()} == {4004}
    assert not discord.gateway.sessions
    assert home.app.token != token


async def test_one_identify_in_a_while(connect: Connect, home: Home, discord: Discord) -> None:
    assert discord.create_application().session_starts.interval == 5
    home.app.session_starts.interval = 100
    async with connect() as first, connect() as second:
        await first.ready(home.app.token)
        discord.advance(50)
        await second.identify(home.app.token)
        assert await second.op(9) is False
        discord.advance(50)
        await second.ready(home.app.token)
    assert home.app.readies == 2


@pytest.mark.parametrize(("max_concurrency", "ready"), [(1, [0]), (2, [0, 1]), (3, [0, 1, 2])])
async def test_shards_identify_at_once_if_their_rate_limit_keys_differ(
    connect: Connect, home: Home, max_concurrency: int, ready: list[int]
) -> None:
    starts = home.app.session_starts
    starts.interval, starts.max_concurrency = 100, max_concurrency
    begun = []
    for number in range(4):
        async with connect() as socket:
            await socket.identify(home.app.token, shard=[number, 4])
            await socket.op(10)
            if (await socket.receive())["op"] == 0:
                begun.append(number)
    assert begun == ready


async def test_a_bot_of_too_many_servers_must_be_sharded(connect: Connect, home: Home, discord: Discord) -> None:
    discord.create_guild("Elsewhere", home.alice).add_bot(home.app)
    discord.gateway.max_guilds_per_shard = 1
    async with connect() as socket:
        await socket.identify(home.app.token)
        assert await socket.close_code() == 4011


async def test_two_sessions_of_one_shard_each_hear_everything(connect: Connect, home: Home) -> None:
    async with connect() as old, connect() as new:
        first, second = await old.ready(home.app.token), await new.ready(home.app.token)
        assert first["session_id"] != second["session_id"]
        await home.alice.say(home.general, f"{home.app.bot.mention} hello")
        asked = await home.alice.say(home.alice.dm(home.app), "hello")
        for socket in (old, new):
            await socket.event("MESSAGE_CREATE")
            assert (await socket.event("MESSAGE_CREATE"))["id"] == str(asked.id)


async def test_each_session_is_resumed_by_itself(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as old, connect() as new:
        sessions = [await socket.ready(home.app.token) for socket in (old, new)]
        await new.event("GUILD_CREATE")
    await discord.wait_for(lambda: not discord.gateway.connected())
    await home.alice.say(home.general, "missed")
    for data, sequence, events in ((sessions[0], 1, 3), (sessions[1], 2, 2)):
        async with connect() as socket:
            await socket.resume(home.app.token, data["session_id"], sequence)
            await socket.event("RESUMED")
            assert len(socket.events) == events


async def test_direct_messages_go_to_shard_0(connect: Connect, home: Home) -> None:
    async with connect() as first, connect() as second:
        await first.ready(home.app.token, shard=[0, 2])
        await second.ready(home.app.token, shard=[1, 2])
        await home.alice.say(home.alice.dm(home.app), "psst")
        await first.event("MESSAGE_CREATE")
        await second.send(1, None)
        await second.op(11)
        assert "MESSAGE_CREATE" not in dict(second.events)


async def beat(socket: Socket, count: int) -> None:
    """Send heartbeats, and wait until the last is acknowledged."""
    for _ in range(count):
        await socket.send(1, None)
    for _ in range(count):
        await socket.op(11)


async def test_120_payloads_a_minute(connect: Connect, discord: Discord) -> None:
    async with connect() as socket:
        await beat(socket, 120)
        discord.advance(60)
        await beat(socket, 120)
        await socket.send(1, None)
        assert await socket.close_code() == 4008


@pytest.mark.parametrize(("size", "accepted"), [(4096, True), (4097, False)])
async def test_a_payload_of_more_than_4096_bytes(connect: Connect, size: int, accepted: bool) -> None:
    async with connect() as socket:
        assert socket.socket is not None
        text = json.dumps({"op": 1, "d": None, "pad": ""})
        pad = "é" * ((size - len(text)) // 2) + "a" * ((size - len(text)) % 2)
        await socket.socket.send_str(json.dumps({"op": 1, "d": None, "pad": pad}, ensure_ascii=False))
        if accepted:
            await socket.op(11)
        else:
            assert await socket.close_code() == 4002
