"""Breaks of a gateway connection: heartbeats that stay out, resuming, invalid sessions, orders to reconnect."""

import asyncio

import aiohttp
import pytest

from sandbox.discord import Discord
from sandbox.discord.gateway import breaks, sessions
from tests.sandbox.discord.clients import Socket
from tests.sandbox.discord.conftest import Connect, Home


async def dismissed(socket: Socket, discord: Discord, code: int) -> int:
    """Let the server close the connection, and return the code that the client saw."""
    seen, _ = await asyncio.gather(socket.close_code(), discord.disconnect(code))
    return seen


async def test_a_client_that_beats_no_more_is_a_zombie(connect: Connect, home: Home, discord: Discord) -> None:
    discord.gateway.heartbeat_interval = 0.1
    async with connect() as socket:
        data = await socket.ready(home.app.token)
        assert await socket.close_code() == 4009
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], socket.sequence)
        assert await socket.op(9) is False


async def test_resuming_replays_what_was_missed(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        data = await socket.ready(home.app.token)
        await socket.event("GUILD_CREATE")
        assert await dismissed(socket, discord, 4000) == 4000
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
        data = await socket.ready(home.app.token)
        await dismissed(socket, discord, 4000)
    for number in range(3):
        await home.alice.say(home.general, f"{number}")
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], 900)
        assert await socket.close_code() == 4007
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], None)
        assert await socket.close_code() == 4007
    async with connect() as socket:
        await socket.resume("nonsense", data["session_id"], 1)
        assert await socket.close_code() == 4004
    async with connect() as socket:
        await socket.resume(home.app.token, data["session_id"], 1)
        assert await socket.op(9) is False
        await socket.ready(home.app.token)
    async with connect() as socket:
        await socket.resume(home.app.token, "none", 1)
        assert await socket.op(9) is False


async def test_a_session_can_be_resumed_for_five_minutes(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        data = await socket.ready(home.app.token)
    for seconds, resumed in ((200, True), (300, False)):
        await discord.wait_for(lambda: not discord.gateway.connected())
        discord.advance(seconds)
        async with connect() as socket:
            await socket.resume(home.app.token, data["session_id"], 1)
            if resumed:
                await socket.event("RESUMED")
            else:
                assert await socket.op(9) is False


async def test_a_session_ends_when_its_client_says_good_bye(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        assert socket.socket is not None
        await socket.socket.close(code=1000)
    await discord.wait_for(lambda: not discord.gateway.sessions)


async def test_reconnect_and_invalid_session_are_sent(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        data = await socket.ready(home.app.token)
        discord.gateway.ask_to_reconnect()
        await socket.op(7)
        discord.invalidate_sessions(resumable=True)
        assert await socket.op(9) is True
        discord.invalidate_sessions()
        assert await socket.op(9) is False
        await socket.ready(home.app.token)
        assert data["session_id"] not in discord.gateway.sessions


async def test_a_heartbeat_can_be_asked_for(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        discord.gateway.request_heartbeats()
        await socket.op(1)
        await socket.send(1, socket.sequence)
        await socket.op(11)


async def test_a_cut_comes_without_a_code(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        await discord.disconnect(None)
        assert await socket.close_code() in (0, 1006)
    assert discord.gateway.connected() == []


async def test_heartbeats_can_be_left_unanswered(connect: Connect, home: Home, discord: Discord) -> None:
    async with connect() as socket:
        await socket.ready(home.app.token)
        discord.gateway.acknowledges = False
        await socket.send(1, socket.sequence)
        await home.alice.say(home.general, "still here")
        seen: list[str | None] = []
        while not seen or seen[-1] != "MESSAGE_CREATE":
            frame = await socket.receive()
            seen.append(frame["t"])
            assert frame["op"] != 11


@pytest.mark.parametrize("code", [1000, 4000, 4009])
async def test_each_resume_can_be_closed(connect: Connect, home: Home, discord: Discord, code: int) -> None:
    discord.gateway.breaks.resume = breaks.close(code)
    for _ in range(2):
        async with connect() as socket:
            await socket.resume(home.app.token, "none", 1)
            assert await socket.close_code() == code
    tries = discord.gateway.attempts
    assert (len(tries.dials), len(tries.resumes), len(tries.identifies)) == (2, 2, 0)


@pytest.mark.parametrize("resumable", [True, False])
async def test_each_session_can_be_refused(connect: Connect, home: Home, discord: Discord, resumable: bool) -> None:
    discord.gateway.breaks.identify = discord.gateway.breaks.resume = breaks.invalidate(resumable=resumable)
    async with connect() as socket:
        await socket.identify(home.app.token)
        assert await socket.op(9) is resumable
        await socket.resume(home.app.token, "none", 1)
        assert await socket.op(9) is resumable
        discord.gateway.breaks.identify = breaks.ask_to_reconnect
        await socket.identify(home.app.token)
        await socket.op(7)
        discord.gateway.breaks.identify = breaks.cut
        await socket.identify(home.app.token)
        assert await socket.close_code() in (0, 1006)
    assert len(discord.gateway.attempts.identifies) == 3
    assert home.app.readies == 0


async def test_the_address_for_resuming_can_be_dead(connect: Connect, home: Home, discord: Discord) -> None:
    discord.gateway.resume_url = discord.dead_gateway_url
    async with connect() as socket:
        assert (await socket.ready(home.app.token))["resume_gateway_url"] == discord.dead_gateway_url
        with pytest.raises(aiohttp.ClientError):
            await socket.session.ws_connect(discord.dead_gateway_url)
    assert (len(discord.gateway.attempts.dials), len(discord.gateway.attempts.dead_dials)) == (1, 1)
