"""A welcome is posted once, whenever the process ends meanwhile: in virtual time, with a Discord that knows nonces."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.discord.welcome import posting as module
from bot.streaming.canvas import BlockedByRule, MessageNotFound, Refused, Unavailable, Unconfirmed, WriteForbidden
from tests.discord.welcome.processes import Process, World, all_stored, welcomed


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each server offer a channel."""

    async def channel_of(guild: Any) -> Any:  # noqa: ANN401 - fakes
        return guild.channel

    monkeypatch.setattr(module, "welcome_channel", channel_of)


@pytest.mark.parametrize("away", [1.0, 10_000.0])
async def test_whatever_request_a_process_ends_at_each_server_is_welcomed_once(away: float) -> None:
    world = World([1, 2])
    await Process(world).run(60)
    requests = world.requests
    assert requests >= 11
    for at in range(1, requests + 1):
        for after in (False, True):
            world = World([1, 2], ends_at=at, after=after)
            await Process(world).run(60)
            await asyncio.sleep(away)
            await Process(world).run(60)
            assert (welcomed(world), all_stored(world)) == ([1, 2], True), (at, after)


async def test_hundreds_of_servers_are_welcomed_over_many_restarts() -> None:
    world = World(list(range(1, 401)))
    for seconds in (0.005, 3, 20, 0.5, 51, 7.3, 400):
        await Process(world).run(seconds)
        assert len(set(welcomed(world))) == len(world.posted)
    assert welcomed(world) == world.servers
    assert all_stored(world)


async def test_a_second_process_helps_and_welcomes_nobody_twice() -> None:
    world = World(list(range(1, 101)))
    first, second = Process(world), Process(world)
    await asyncio.gather(first.run(200), second.run(200))
    assert welcomed(world) == world.servers
    assert all_stored(world)


async def test_a_welcome_that_was_posted_is_found_though_another_channel_would_be_chosen_now() -> None:
    world = World([1])
    await Process(world).run(5)
    (row,) = world.rows.values()
    world.rows[1] = replace(row, message=0)
    world.channel = 5
    await asyncio.sleep(10_000)
    await Process(world).run(5)
    assert welcomed(world) == [1]
    assert all_stored(world)


async def test_a_discord_that_fails_is_asked_again_within_the_hour_and_one_that_refuses_is_not() -> None:
    for failures, expected in (
        ([Unavailable()] * 3, [1]),
        ([Unavailable()] * 6, [1]),
        ([Unconfirmed()], [1]),
        ([MessageNotFound()], [1]),
        ([Refused()], [1]),
        ([BlockedByRule()], []),
        ([WriteForbidden()], []),
    ):
        world = World([1], failures=list(failures))
        await Process(world).run(3 * 3700)
        assert welcomed(world) == expected
        assert all_stored(world)
