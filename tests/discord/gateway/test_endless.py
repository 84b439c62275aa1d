"""Gateways that break whatever is tried: the client never stops trying, and never tries more than once in a while."""

import asyncio
import logging
from itertools import pairwise

import pytest

from sandbox.discord.gateway import breaks
from sandbox.discord.gateway.breaks import Break
from sandbox.discord.gateway.sessions import payload
from tests.discord.gateway.conftest import GatewayHarness

MAX_DIALS = 80
"""In an hour: seven pauses up to a minute, and then pauses of 46 to 56 s."""

BREAKS: dict[str, Break] = {
    "close 1000": breaks.close(1000),
    "close 1001": breaks.close(1001),
    "close 4000": breaks.close(4000),
    "close 4003": breaks.close(4003),
    "close 4007": breaks.close(4007),
    "close 4008": breaks.close(4008),
    "close 4009": breaks.close(4009),
    "cut": breaks.cut,
    "op 7": breaks.ask_to_reconnect,
    "op 9, resumable": breaks.invalidate(resumable=True),
    "op 9, not resumable": breaks.invalidate(resumable=False),
    "READY without a session": lambda connection: connection.send(payload(0, {"v": 10}, event="READY", sequence=1)),
    "READY without a user": lambda connection: connection.send(
        payload(0, {"session_id": "a", "resume_gateway_url": "ws://127.0.0.1:9/"}, event="READY", sequence=1)
    ),
    "no JSON": lambda connection: connection.send("nonsense"),
    "no object": lambda connection: connection.send("[]"),
}

every_break = pytest.mark.parametrize("name", BREAKS)


def most_in_any_hour(moments: list[float]) -> int:
    """Return how many of the moments, in seconds, fall into the busiest hour."""
    return max(sum(1 for each in moments[first:] if each <= moment + 3600) for first, moment in enumerate(moments))


def shortest_gap(moments: list[float]) -> float:
    """Return the seconds between the two that are closest together."""
    return min(later - sooner for sooner, later in pairwise(moments))


@every_break
async def test_a_gateway_that_breaks_each_identify(harness: GatewayHarness, name: str) -> None:
    harness.discord.gateway.breaks.identify = BREAKS[name]
    async with harness.running():
        await harness.hours(1.5)
        tries = harness.discord.gateway.attempts
        assert tries.resumes == []
        assert 60 <= len(tries.identifies) == len(tries.dials) <= 80
        assert most_in_any_hour(tries.identifies[1:]) == 40
        assert shortest_gap(tries.identifies) >= 5
        harness.discord.gateway.breaks.identify = None
        harness.go_on()
        await harness.ready()


@every_break
async def test_a_gateway_that_breaks_each_resume_gets_a_new_session(harness: GatewayHarness, name: str) -> None:
    async with harness.running():
        await harness.ready()
        harness.discord.gateway.breaks.resume = BREAKS[name]
        await harness.discord.disconnect(4000)
        await harness.ready(readies=2)
        tries = harness.discord.gateway.attempts
        once = name == "op 9, not resumable"
        assert len(tries.resumes) == (1 if once else 3)
        assert (len(tries.identifies), len(tries.dials)) == (2, len(tries.resumes) + 2)
        assert shortest_gap(tries.dials) >= 1


async def test_a_gateway_that_breaks_everything(harness: GatewayHarness) -> None:
    async with harness.running():
        await harness.ready()
        harness.discord.gateway.breaks.identify = harness.discord.gateway.breaks.resume = breaks.close(4000)
        await harness.discord.disconnect(4000)
        await harness.hours(1)
        tries = harness.discord.gateway.attempts
        assert len(tries.resumes) == 3
        assert 30 <= len(tries.dials) <= MAX_DIALS
        assert len(tries.identifies) <= 41


async def test_a_gateway_that_ends_each_session_once_it_is_ready(harness: GatewayHarness) -> None:
    discord = harness.discord
    async with harness.running():
        await harness.ready()
        for _ in range(40):
            resumes = harness.app.resumes
            await discord.disconnect(4000)
            await discord.wait_for(lambda resumes=resumes: harness.app.resumes > resumes)  # type: ignore[misc]
        assert len(discord.gateway.attempts.identifies) == 1
        assert harness.pauses[:5] == sorted(harness.pauses[:5])
        assert all(20 <= pause <= 25 for pause in harness.pauses[7:])


async def test_sessions_that_end_at_once_are_begun_forty_times_an_hour(harness: GatewayHarness) -> None:
    discord = harness.discord
    discord.gateway.breaks.resume = breaks.invalidate(resumable=False)

    async def end_each() -> None:
        while True:
            await discord.wait_for(lambda: discord.gateway.connected(harness.app), 60)
            await discord.disconnect(4000)

    async with harness.running():
        ending = asyncio.create_task(end_each())
        await harness.hours(2)
        ending.cancel()
        tries = discord.gateway.attempts
        assert len(tries.identifies) >= 60
        assert most_in_any_hour(tries.identifies[1:]) <= 40
        assert len(tries.dials) <= 2 * len(tries.identifies)


@pytest.mark.parametrize("address", ["502", "closed port", "no address"])
async def test_a_dead_address_for_resuming_is_tried_three_times(harness: GatewayHarness, address: str) -> None:
    dead = {"502": harness.discord.dead_gateway_url, "closed port": "ws://127.0.0.1:9/", "no address": "nonsense"}
    harness.discord.gateway.resume_url = dead[address]
    async with harness.running():
        await harness.ready()
        await harness.discord.disconnect(4000)
        await harness.ready(readies=2)
        tries = harness.discord.gateway.attempts
        assert (len(tries.dials), len(tries.identifies), len(tries.resumes)) == (2, 2, 0)
        assert len(tries.dead_dials) == (3 if address == "502" else 0)
        assert len(harness.pauses) == 4
        assert harness.pauses[:2] == sorted(harness.pauses[:2])
        assert all(4 <= pause <= 5 for pause in harness.pauses[2:])
        # The next session has an address that is as dead, and gets as many tries.
        await harness.discord.disconnect(4000)
        await harness.ready(readies=3)
        assert len(harness.pauses) == 8


async def test_the_log_says_once_that_no_session_may_be_begun(
    harness: GatewayHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.discord.gateway.breaks.identify = breaks.invalidate(resumable=False)
    async with harness.running():
        with caplog.at_level(logging.INFO):
            await harness.hours(1)
    told = [record for record in caplog.records if "40 sessions" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING"]
