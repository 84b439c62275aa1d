"""Shards that are left one by one, and what is told of each: as a handover needs it."""

import asyncio

import pytest

from bot.domain.cluster.shard_states import ShardStatus
from sandbox.discord import Channel
from sandbox.discord.gateway import breaks
from tests.discord.gateway.conftest import SHARDS, GatewayHarness
from tests.e2e.waiting import until


def states(harness: GatewayHarness) -> list[str]:
    return [status.state for status in harness.gateway.statuses]


async def all_ready(harness: GatewayHarness) -> None:
    await harness.discord.bot_ready(harness.app, readies=SHARDS)
    await harness.client.wait_until_ready()


async def test_a_shard_that_is_left_hears_nothing_more_and_the_others_go_on(
    harness: GatewayHarness, channels: list[Channel]
) -> None:
    async with harness.running(shards=SHARDS):
        await all_ready(harness)
        await harness.gateway.leave(1)
        await harness.gateway.leave(1)
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.connected()) == SHARDS - 1)
        assert len(harness.discord.gateway.sessions) == SHARDS - 1, "Discord keeps nothing for it"
        assert states(harness) == ["ready", "left", "ready"]
        await harness.alice.say(channels[1], harness.mention("is anybody there?"))
        for number in (0, 2):
            harness.general = channels[number]
            await harness.hears(f"still there, {number}?")
        assert harness.mention("is anybody there?") not in harness.client.texts
        assert not harness.task.done()
        assert len(harness.discord.gateway.attempts.identifies) == SHARDS, "it is not connected again"


async def test_a_process_that_has_left_all_is_no_longer_connected(
    harness: GatewayHarness, channels: list[Channel]
) -> None:
    async with harness.running(shards=SHARDS):
        await all_ready(harness)
        await asyncio.gather(*(harness.gateway.leave(number) for number in range(SHARDS)))
        await asyncio.wait_for(asyncio.shield(harness.task), 10)
        assert not harness.client.is_closed(), "answers are still finished over REST"
        assert (await harness.client.fetch_channel(channels[1].id)).id == channels[1].id


@pytest.mark.parametrize("when", ["lost", "waiting for its turn"])
async def test_a_shard_without_a_session_can_be_left(
    harness: GatewayHarness, channels: list[Channel], when: str
) -> None:
    discord = harness.discord
    async with harness.running(shards=SHARDS):
        if when == "lost":
            await all_ready(harness)
            harness.hold()
            await discord.disconnect(4000)
            await until(lambda: states(harness) == ["lost"] * SHARDS)
        else:
            await discord.bot_ready(harness.app, readies=1)
            harness.hold()
        await harness.gateway.leave(2)
        harness.go_on()
        await until(lambda: states(harness) == ["ready", "ready", "left"])
        assert {session.shard[0] for session in discord.gateway.connected()} == {0, 1}


async def test_it_tells_of_each_change(harness: GatewayHarness, channels: list[Channel]) -> None:
    told: list[list[str]] = []
    async with harness.running(shards=SHARDS, own=range(1, 3)):
        assert harness.gateway.shard_count in (0, SHARDS)
        harness.gateway.on_change(lambda: told.append(states(harness)))
        await harness.discord.bot_ready(harness.app, readies=2)
        await until(lambda: states(harness) == ["ready", "ready"])
        harness.discord.gateway.request_heartbeats()
        await until(lambda: all(each.latency is not None for each in harness.gateway.statuses))
        assert [
            (each.shard, each.latency is not None and 0 <= each.latency < 10) for each in harness.gateway.statuses
        ] == [
            (1, True),
            (2, True),
        ]
        await harness.discord.disconnect(4000)
        await until(lambda: ["lost", "lost"] in told and states(harness) == ["ready", "ready"])
        await harness.gateway.leave(2)
    assert told[:2] == [["ready", "waiting"], ["ready", "ready"]]
    assert told[-1] == ["ready", "left"]
    assert harness.gateway.statuses[1] == ShardStatus(2, "left")


async def test_a_process_runs_its_own_shards_and_hears_of_no_other(
    harness: GatewayHarness, channels: list[Channel]
) -> None:
    async with harness.running(shards=SHARDS, own=range(1, 2)):
        await harness.discord.bot_ready(harness.app)
        await harness.client.wait_until_ready()
        assert [session.shard for session in harness.discord.gateway.connected()] == [(1, SHARDS)]
        await harness.alice.say(channels[0], harness.mention("whose is this?"))
        harness.general = channels[1]
        await harness.hears("and this?")
        assert harness.client.texts == [harness.mention("and this?")]
        assert [guild.shard_id for guild in harness.client.guilds] == [1]


async def test_what_discord_recommends_is_asked_once_for_the_first_sessions(
    harness: GatewayHarness, channels: list[Channel]
) -> None:
    harness.app.shards, harness.app.session_starts.max_concurrency = SHARDS, 16
    async with harness.running(shards=SHARDS):
        await all_ready(harness)
        assert len(harness.discord.requests.to("GET", "/gateway/bot")) == 1
        assert sorted(harness.turns.taken) == [0, 1, 2]
        assert not harness.pauses, "shards of different buckets do not wait for each other"
        assert await harness.gateway.recommended_shards() == SHARDS
        left = harness.gateway.identifies_left
        assert left == harness.app.session_starts.remaining


async def test_a_discord_that_is_away_is_asked_again_for_its_recommendation(harness: GatewayHarness) -> None:
    harness.app.shards = 7
    async with harness.running():
        await harness.ready()
        harness.discord.fail_next("GET", "/gateway/bot", 403)
        assert await harness.gateway.recommended_shards() == 7
        assert len(harness.pauses) == 1


async def test_a_discord_that_refuses_sessions_is_left_all_the_same(
    harness: GatewayHarness, channels: list[Channel]
) -> None:
    harness.discord.gateway.breaks.identify = breaks.invalidate(resumable=False)
    async with harness.running(shards=SHARDS):
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.attempts.identifies) >= 2)
        for number in range(SHARDS):
            await harness.gateway.leave(number)
        await asyncio.wait_for(asyncio.shield(harness.task), 10)
    assert states(harness) == ["left"] * SHARDS
