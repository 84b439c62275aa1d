"""A session goes on wherever it can, soon and without an event lost; a new one begins only if it cannot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord as library
import pytest

from bot.discord.gateway import shard
from sandbox.discord.gateway import breaks
from sandbox.discord.gateway.client import Client
from tests.discord.gateway.conftest import GatewayHarness


@asynccontextmanager
async def mute_server(dialled: Callable[[], None] = lambda: None) -> AsyncIterator[str]:
    """Listen where nobody ever answers, and give the address; `dialled` is called for each connection."""

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dialled()
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for writer in writers:
            writer.close()


@pytest.mark.parametrize("code", [None, 1000, 1001, 4000, 4003, 4009])
async def test_a_drop_after_a_calm_is_resumed_within_about_a_second(harness: GatewayHarness, code: int | None) -> None:
    async with harness.running():
        await harness.ready()
        for number in range(3):
            harness.discord.advance(3600)
            resumes = len(harness.discord.gateway.attempts.resumes)
            harness.hold()
            await harness.discord.disconnect(code)
            await harness.held()
            await harness.alice.say(harness.general, harness.mention(f"missed {number}"))
            harness.go_on()
            await harness.hears(f"heard {number}")
            assert harness.client.texts[-2] == harness.mention(f"missed {number}")
            assert len(harness.discord.gateway.attempts.resumes) == resumes + 1
        assert all(1 <= pause <= 1.2 for pause in harness.pauses)
        assert len(harness.pauses) == 3
        assert len(harness.discord.gateway.attempts.identifies) == 1


@pytest.mark.parametrize("how", ["op 7", "op 9"])
async def test_what_discord_asks_for_is_resumed_too(harness: GatewayHarness, how: str) -> None:
    async with harness.running():
        await harness.ready()
        if how == "op 7":
            harness.discord.gateway.ask_to_reconnect()
        else:
            harness.discord.invalidate_sessions(resumable=True)
        await harness.discord.wait_for(lambda: harness.app.resumes)
        await harness.hears("and now?")
        assert len(harness.discord.gateway.attempts.identifies) == 1


@pytest.mark.parametrize("failures", [1, 2])
async def test_fewer_than_three_failed_resumes_do_not_cost_the_session(harness: GatewayHarness, failures: int) -> None:
    discord = harness.discord
    left = 0

    def close(connection: Client) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            discord.gateway.breaks.resume = None
        connection.close(4000)

    async with harness.running():
        await harness.ready()
        for number in range(3):  # the count starts over each time
            left, discord.gateway.breaks.resume = failures, close
            await discord.disconnect(4000)
            await discord.wait_for(lambda number=number: harness.app.resumes > number)  # type: ignore[misc]
        await harness.hears("still the same session?")
        assert len(discord.gateway.attempts.resumes) == 3 * (failures + 1)
        assert len(discord.gateway.attempts.identifies) == 1


async def test_what_came_before_a_resume_broke_off_does_not_come_again(harness: GatewayHarness) -> None:
    discord = harness.discord
    async with harness.running():
        await harness.ready()
        (session,) = discord.gateway.connected(harness.app)
        seen = session.sequence

        def break_off_half_way(connection: Client) -> None:
            discord.gateway.breaks.resume = None
            missed = session.missed_since(seen)
            assert missed is not None
            connection.send(missed[0])
            connection.close(4000)

        discord.gateway.breaks.resume = break_off_half_way
        harness.hold()
        await discord.disconnect(4000)
        await harness.held()
        for text in ("first", "second"):
            await harness.alice.say(harness.general, harness.mention(text))
        harness.go_on()
        await harness.hears("third")
        assert harness.client.texts[1:] == [harness.mention(text) for text in ("first", "second", "third")]
        assert len(discord.gateway.attempts.resumes) == 2


async def test_a_session_survives_an_outage_of_all_of_discord(harness: GatewayHarness) -> None:
    discord = harness.discord
    async with harness.running():
        await harness.ready()
        session = discord.gateway.connected(harness.app)[0]
        harness.hold(50)  # three resumes, the main address, one more resume, and the main address
        await discord.go_down()
        await harness.held()
        assert len(harness.pauses) == 6
        await discord.come_back()
        harness.go_on()
        await harness.hears("back again?")
        assert discord.gateway.connected(harness.app) == [session]
        assert len(discord.gateway.attempts.identifies) == 1


async def test_a_first_dial_that_fails_is_made_again(harness: GatewayHarness) -> None:
    async with harness.running(harness.discord.dead_gateway_url):
        await harness.hours(1)
        tries = harness.discord.gateway.attempts
        assert 60 <= len(tries.dead_dials) <= 80
        assert (tries.dials, tries.identifies) == ([], [])
        assert not harness.task.done()


@pytest.mark.parametrize("where", ["nothing answers", "no word after RESUME"])
async def test_a_resume_without_an_answer_is_given_up(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with mute_server() as address, harness.running():
        if where == "nothing answers":
            harness.discord.gateway.resume_url = address
        else:
            harness.discord.gateway.breaks.resume = lambda _: None
        await harness.ready()
        monkeypatch.setattr(shard, "RESUME_SECONDS", 0.1)
        await harness.discord.disconnect(4000)
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.attempts.identifies) == 2)
        assert len(harness.pauses) == 4
        # The connections that were given up are closed, not left behind.
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.connections) == 1)


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
@pytest.mark.parametrize("during", ["IDENTIFY", "RESUME", "a session"])
async def test_what_no_try_can_mend_ends_it(harness: GatewayHarness, code: int, during: str) -> None:
    if during == "IDENTIFY":
        harness.discord.gateway.breaks.identify = breaks.close(code)
    elif during == "RESUME":
        harness.discord.gateway.breaks.resume = breaks.close(code)
    async with harness.running():
        if during != "IDENTIFY":
            await harness.ready()
            await harness.discord.disconnect(code if during == "a session" else 4000)
        await asyncio.wait({harness.task}, timeout=10)
        with pytest.raises(library.ConnectionClosed) as ended:
            harness.task.result()
        assert ended.value.code == code
        assert len(harness.discord.gateway.attempts.identifies) == 1


async def test_a_closed_client_ends_it(harness: GatewayHarness) -> None:
    async with harness.running():
        await harness.ready()
        await harness.client.close()
        await asyncio.wait_for(harness.task, 10)
        assert harness.task.result() is None
        assert harness.pauses == []
