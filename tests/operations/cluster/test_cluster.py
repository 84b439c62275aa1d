"""Processes find each other, hand their shards over, and take them back; in virtual time."""

import asyncio

import pytest

from bot.domain.cluster.processes import JoinRefused
from bot.domain.cluster.shards import ShardShare
from bot.operations.cluster.cluster import LOOK_SECONDS, SIGNAL
from tests.operations.cluster.neighbours import A_MOMENT, Neighbourhood, seen


async def test_shard_by_shard_the_first_leaves_what_its_successor_has(there: Neighbourhood) -> None:
    first = await there.started(recommended=3)
    first.shards.ready(0, 1, 2)
    await seen(there)
    assert first.cluster.own.state == "running"
    second = await there.started(recommended=3)
    await seen(there)
    assert first.cluster.is_taken_over
    assert first.shards.held == [0, 1, 2]
    second.shards.ready(1)
    await seen(there)
    assert first.shards.held == [0, 2]
    second.shards.lost(1)
    await seen(there)
    assert first.shards.held == [0, 2], "its session is resumed"
    second.shards.ready(0, 1, 2)
    await seen(there)
    assert first.shards.held == []
    assert first.shards.log == ["left 1", "left 0", "left 2"]
    assert second.shards.log == []


async def test_the_third_is_refused_and_disturbs_nobody(there: Neighbourhood) -> None:
    first, second = await there.started(), await there.started()
    first.shards.ready(0)
    await seen(there)
    third = there.process()
    with pytest.raises(JoinRefused, match=r"^DATABASE_URL: two processes of this bot already run"):
        await third.start()
    assert sorted(there.database.rows) == [first.cluster.own.id, second.cluster.own.id]
    await third.stop()
    await first.stop()
    await third.start()
    assert sorted(there.database.rows) == [second.cluster.own.id, third.cluster.own.id]


async def test_the_third_of_a_cluster_is_told_its_number(there: Neighbourhood) -> None:
    share = ShardShare(1, 2)
    for _ in range(2):
        await there.started(share)
    with pytest.raises(JoinRefused, match=r"^CLUSTER_ID: two processes of this bot with CLUSTER_ID=1 already run"):
        await there.started(share)
    await there.started(ShardShare(0, 2))


async def test_several_processes_behind_a_proxy_are_refused() -> None:
    there = Neighbourhood()
    there.database.is_proxied = True
    await (await there.started()).stop()
    with pytest.raises(JoinRefused, match="DATABASE_DIRECT_URL"):
        await there.started(ShardShare(0, 2))
    await there.close()


async def test_shards_of_a_successor_that_died_are_taken_back(there: Neighbourhood) -> None:
    first = await there.started(recommended=2)
    first.shards.ready(0, 1)
    second = await there.started(recommended=2)
    second.shards.ready(0)
    await seen(there)
    assert first.shards.held == [1]
    await there.kill(second)
    await asyncio.sleep(LOOK_SECONDS)
    assert first.shards.log == ["left 0", "back 0"]
    assert second.cluster.own.id not in there.database.rows
    assert not first.cluster.is_taken_over


async def test_shards_of_a_successor_that_ends_are_taken_back_at_once(there: Neighbourhood) -> None:
    first = await there.started(recommended=2)
    first.shards.ready(0, 1)
    second = await there.started(recommended=2)
    second.shards.ready(0)
    await seen(there)
    await second.cluster.finish(1)
    await seen(there)
    assert first.shards.log == ["left 0", "back 0"]


async def test_a_successor_of_one_that_died_goes_on(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    second = await there.started()
    await there.kill(first)
    second.shards.ready(0)
    await asyncio.sleep(LOOK_SECONDS)
    assert second.cluster.own.state == "running"
    assert list(there.database.rows) == [second.cluster.own.id]
    assert second.shards.log == []


async def test_one_that_finishes_takes_nothing_back(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    second = await there.started()
    second.shards.ready(0)
    await seen(there)
    await first.cluster.finish(1)
    await there.kill(second)
    await asyncio.sleep(LOOK_SECONDS)
    assert first.shards.log == ["left 0"]


async def test_that_it_finishes_is_stored_last_whatever_was_being_stored(there: Neighbourhood) -> None:
    first, gate = await there.started(), asyncio.Event()
    there.database.gates.append(gate)
    first.shards.ready(0)
    await seen(there)
    finishing = asyncio.create_task(first.cluster.finish(1))
    await asyncio.sleep(A_MOMENT)
    gate.set()
    await finishing
    await asyncio.sleep(A_MOMENT)
    row = there.database.rows[first.cluster.own.id]
    assert row.state == "finishing"
    assert row.shards == {0}


async def test_one_that_finishes_while_it_joins_still_does_then(there: Neighbourhood) -> None:
    there.database.is_away = True
    first, gate = await there.started(), asyncio.Event()
    there.database.is_away = False
    there.database.gates.append(gate)
    await asyncio.sleep(LOOK_SECONDS)
    await first.cluster.finish(1)
    gate.set()
    await asyncio.sleep(A_MOMENT)
    assert there.database.rows[first.cluster.own.id].state == "finishing"


async def test_a_signal_that_was_lost_is_made_up_for() -> None:
    there = Neighbourhood()
    first = await there.started()
    first.shards.ready(0)
    second = await there.started()
    there.signals.ends.clear()
    second.shards.ready(0)
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    assert first.shards.held == []
    await there.close()


async def test_a_storm_of_signals_is_no_storm_of_statements(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    await seen(there)
    there.database.calls.clear()
    for _ in range(2_000):
        for end in there.signals.ends:
            end.receive(SIGNAL, {})
        await asyncio.sleep(0.005)
    assert 10 <= len(there.database.calls) <= 220  # in 10 s, of which each second takes 20


async def test_clusters_agree_on_the_shard_count(there: Neighbourhood) -> None:
    first = await there.started(ShardShare(0, 2), recommended=4)
    second = await there.started(ShardShare(1, 2), recommended=6)
    assert [list(each.shards.states) for each in (first, second)] == [[0, 1], [2, 3]]
    assert second.cluster.own.shard_count == 4


async def test_each_cluster_gets_a_shard_whatever_discord_recommends(there: Neighbourhood) -> None:
    clusters = [await there.started(ShardShare(cluster, 3), recommended=1) for cluster in range(3)]
    assert [list(each.shards.states) for each in clusters] == [[0], [1], [2]]


async def test_other_counts_are_told_in_the_log(there: Neighbourhood, caplog: pytest.LogCaptureFixture) -> None:
    await there.started(ShardShare(0, 2, 4))
    await there.started(ShardShare(1, 2, 8))
    assert "give all processes the same SHARD_COUNT" in caplog.text


async def test_a_database_that_is_away_keeps_nobody_from_starting(there: Neighbourhood) -> None:
    there.database.is_away = True
    first = await there.started(recommended=2)
    assert list(first.shards.states) == [0, 1]
    assert first.cluster.is_here
    assert first.limiter.global_limit == 48
    first.shards.ready(0, 1)
    there.database.is_away = False
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    assert there.database.rows[first.cluster.own.id].shards == {0, 1}


async def test_who_could_not_join_and_is_the_third_ends(there: Neighbourhood) -> None:
    there.database.is_away = True
    late = await there.started()
    there.database.is_away = False
    for _ in range(2):
        await there.started()
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    assert late.task is not None
    with pytest.raises(JoinRefused):
        await late.task
    late.task = None


async def test_a_row_that_others_removed_is_written_again(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    await seen(there)
    row = there.database.rows.pop(first.cluster.own.id)
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    assert there.database.rows[row.id] == row
