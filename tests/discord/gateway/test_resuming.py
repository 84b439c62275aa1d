"""A session goes on wherever it can, soon and without an event lost; a new one begins only if it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as library
import pytest

from bot.discord.gateway import gateway
from sandbox.discord.gateway import breaks
from sandbox.discord.gateway.client import Client
from tests.discord.gateway.conftest import House


@asynccontextmanager
async def mute_server() -> AsyncIterator[str]:
    """Listen where nobody ever answers, and give the address."""

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
async def test_a_drop_after_a_calm_is_resumed_within_about_a_second(house: House, code: int | None) -> None:
    async with house.running():
        await house.ready()
        for number in range(3):
            house.discord.advance(3600)
            resumes = len(house.discord.gateway.attempts.resumes)
            house.hold()
            await house.discord.disconnect(code)
            await house.held()
            await house.alice.say(house.general, house.mention(f"missed {number}"))
            house.go_on()
            await house.hears(f"heard {number}")
            assert house.client.texts[-2] == house.mention(f"missed {number}")
            assert len(house.discord.gateway.attempts.resumes) == resumes + 1
        assert all(1 <= pause <= 1.2 for pause in house.pauses)
        assert len(house.pauses) == 3
        assert len(house.discord.gateway.attempts.identifies) == 1


@pytest.mark.parametrize("how", ["op 7", "op 9"])
async def test_what_discord_asks_for_is_resumed_too(house: House, how: str) -> None:
    async with house.running():
        await house.ready()
        if how == "op 7":
            house.discord.gateway.ask_to_reconnect()
        else:
            house.discord.invalidate_sessions(resumable=True)
        await house.discord.wait_for(lambda: house.app.resumes)
        await house.hears("and now?")
        assert len(house.discord.gateway.attempts.identifies) == 1


@pytest.mark.parametrize("failures", [1, 2])
async def test_fewer_than_three_failed_resumes_do_not_cost_the_session(house: House, failures: int) -> None:
    discord = house.discord
    left = 0

    def close(connection: Client) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            discord.gateway.breaks.resume = None
        connection.close(4000)

    async with house.running():
        await house.ready()
        for number in range(3):  # the count begins anew each time
            left, discord.gateway.breaks.resume = failures, close
            await discord.disconnect(4000)
            await discord.wait_for(lambda number=number: house.app.resumes > number)  # type: ignore[misc]
        await house.hears("still the same session?")
        assert len(discord.gateway.attempts.resumes) == 3 * (failures + 1)
        assert len(discord.gateway.attempts.identifies) == 1


async def test_what_came_before_a_resume_broke_off_does_not_come_again(house: House) -> None:
    discord = house.discord
    async with house.running():
        await house.ready()
        (session,) = discord.gateway.connected(house.app)
        seen = session.sequence

        def break_off_half_way(connection: Client) -> None:
            discord.gateway.breaks.resume = None
            missed = session.missed_since(seen)
            assert missed is not None
            connection.send(missed[0])
            connection.close(4000)

        discord.gateway.breaks.resume = break_off_half_way
        house.hold()
        await discord.disconnect(4000)
        await house.held()
        for text in ("first", "second"):
            await house.alice.say(house.general, house.mention(text))
        house.go_on()
        await house.hears("third")
        assert house.client.texts[1:] == [house.mention(text) for text in ("first", "second", "third")]
        assert len(discord.gateway.attempts.resumes) == 2


async def test_a_session_survives_an_outage_of_all_of_discord(house: House) -> None:
    discord = house.discord
    async with house.running():
        await house.ready()
        session = discord.gateway.connected(house.app)[0]
        house.hold(40)  # three resumes, the main address, and one more resume
        await discord.go_down()
        await house.held()
        assert len(house.pauses) == 5
        await discord.come_back()
        house.go_on()
        await house.hears("back again?")
        assert discord.gateway.connected(house.app) == [session]
        assert len(discord.gateway.attempts.identifies) == 1


async def test_a_first_dial_that_fails_is_made_again(house: House) -> None:
    async with house.running(house.discord.dead_gateway_url):
        await house.hours(1)
        tries = house.discord.gateway.attempts
        assert 60 <= len(tries.dead_dials) <= 80
        assert (tries.dials, tries.identifies) == ([], [])
        assert not house.task.done()


async def test_an_event_that_cannot_be_read_does_not_cost_the_session(house: House) -> None:
    discord = house.discord
    async with house.running():
        await house.ready()
        (session,) = discord.gateway.connected(house.app)
        session.push("MESSAGE_CREATE", {"id": "nonsense"})
        await house.hears("and this?")
        await discord.wait_for(lambda: len(discord.gateway.connections) == 1)
        assert (len(discord.gateway.attempts.identifies), len(discord.gateway.attempts.resumes)) == (1, 1)


@pytest.mark.parametrize("where", ["nothing answers", "no word after RESUME"])
async def test_a_resume_without_an_answer_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with mute_server() as address, house.running():
        if where == "nothing answers":
            house.discord.gateway.resume_url = address
        else:
            house.discord.gateway.breaks.resume = lambda _: None
        await house.ready()
        monkeypatch.setattr(gateway, "_DIAL_SECONDS", 0.1)
        monkeypatch.setattr(gateway, "_BEGIN_SECONDS", 0.1)
        await house.discord.disconnect(4000)
        await house.discord.wait_for(lambda: len(house.discord.gateway.attempts.identifies) == 2)
        assert len(house.pauses) == 4
        # The connections that were given up are closed, not left behind.
        await house.discord.wait_for(lambda: len(house.discord.gateway.connections) == 1)


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
@pytest.mark.parametrize("during", ["IDENTIFY", "RESUME", "a session"])
async def test_what_no_try_can_mend_ends_it(house: House, code: int, during: str) -> None:
    if during == "IDENTIFY":
        house.discord.gateway.breaks.identify = breaks.close(code)
    elif during == "RESUME":
        house.discord.gateway.breaks.resume = breaks.close(code)
    async with house.running():
        if during != "IDENTIFY":
            await house.ready()
            await house.discord.disconnect(code if during == "a session" else 4000)
        await asyncio.wait({house.task}, timeout=10)
        with pytest.raises(library.ConnectionClosed) as ended:
            house.task.result()
        assert ended.value.code == code
        assert len(house.discord.gateway.attempts.identifies) == 1


async def test_a_closed_client_ends_it(house: House) -> None:
    async with house.running():
        await house.ready()
        await house.client.close()
        await asyncio.wait_for(house.task, 10)
        assert house.task.result() is None
        assert house.pauses == []
