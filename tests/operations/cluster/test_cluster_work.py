"""Processes divide the work among them, and know whose answers are still written; in virtual time."""

import asyncio

from bot.domain.cluster.shards import ShardShare
from bot.operations.cluster.cluster import LOOK_SECONDS, LOOK_WITHOUT_SIGNALS
from bot.operations.cluster.rest_share import INCREASE_AFTER
from tests.operations.cluster.neighbours import A_MOMENT, BOT, Neighbourhood, seen


async def test_alone_it_writes_nothing_and_looks_seldom(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    await seen(there)
    there.database.calls.clear()
    await asyncio.sleep(60)
    assert set(there.database.calls) == {"list"}
    assert len(there.database.calls) <= 60 / (LOOK_SECONDS if there.signals.is_instant else LOOK_WITHOUT_SIGNALS) + 1


async def test_alone_on_a_file_it_asks_nothing() -> None:
    there = Neighbourhood(is_instant=False)
    there.database.is_file = True
    first = await there.started()
    first.shards.ready(0)
    await seen(there)
    there.database.calls.clear()
    await asyncio.sleep(60)
    assert there.database.calls == []
    second = await there.started()
    second.shards.ready(0)
    await seen(there)
    assert first.shards.held == []
    await there.close()


async def test_the_duty_passes_on_when_the_first_finishes(there: Neighbourhood) -> None:
    first = await there.started()
    first.shards.ready(0)
    second = await there.started()
    second.shards.ready(0)
    await seen(there)
    assert [each.cluster.is_here for each in (first, second)] == [True, False]
    await first.cluster.finish(1.0)
    await seen(there)
    assert [each.cluster.is_here for each in (first, second)] == [False, True]
    assert (first.begun, second.begun) == ([], ["duty"])


async def test_the_duty_of_one_of_several_begins_when_it_has_joined(there: Neighbourhood) -> None:
    there.database.is_away = True
    first = await there.started(ShardShare(0, 2, 2))
    second = await there.started(ShardShare(1, 2, 2))
    assert [each.cluster.is_here for each in (first, second)] == [False, False]
    there.database.is_away = False
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    assert sorted(each.cluster.is_here for each in (first, second)) == [False, True]


async def test_requests_are_shared_while_others_live(there: Neighbourhood) -> None:
    first = await there.started(ShardShare(0, 2, 4))
    first.shards.ready(0, 1)
    await seen(there)
    assert first.limiter.global_limit == 48
    second = await there.started(ShardShare(1, 2, 4))
    await seen(there)
    assert second.limiter.global_limit == 46 // 3
    assert first.limiter.global_limit == 46 * 2 // 3
    second.shards.ready(2, 3)
    await seen(there)
    assert first.limiter.global_limit == 23
    await asyncio.sleep(INCREASE_AFTER + LOOK_WITHOUT_SIGNALS)
    assert second.limiter.global_limit == 23
    await second.stop()
    await seen(there)
    await asyncio.sleep(INCREASE_AFTER + LOOK_WITHOUT_SIGNALS)
    assert first.limiter.global_limit == 48


async def test_whose_answers_are_still_written_where_this_one_hears_all(there: Neighbourhood) -> None:
    first = await there.started(recommended=2)
    first.shards.ready(0, 1)
    second = await there.started(recommended=2)
    await seen(there)
    one = 1 << 22
    assert not second.cluster.finishing(one)
    assert list(second.cluster.older(one)) == list(second.cluster.older(None)) == [first.cluster.own.id]
    assert not first.cluster.older(one)
    second.shards.ready(1)
    await seen(there)
    assert list(second.cluster.finishing(one)) == [first.cluster.own.id]
    assert not second.cluster.finishing(None)
    second.shards.ready(0)
    await first.cluster.finish(1)
    await seen(there)
    assert list(second.cluster.finishing(None)) == [first.cluster.own.id]
    assert not first.cluster.finishing(None)
    await first.stop()
    await seen(there)
    assert not second.cluster.finishing(None)


async def test_the_end_waits_for_no_database_that_is_away(there: Neighbourhood) -> None:
    first = await there.started()
    there.database.is_away = True
    await first.cluster.finish(1)
    await first.stop()
    assert first.cluster.own.bot == BOT
