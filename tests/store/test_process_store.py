"""The rows of processes: joined one after another, listed oldest first, on both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.cluster.processes import Process
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.databases import execute

BOT = 2**62
NOW = 1_800_000_000


def process(name: str, bot: int = BOT, cluster: int = 0) -> Process:
    return Process(name, bot, cluster, 2, 12)


def admit(own: Process, _: Sequence[Process]) -> Process:
    return own


def admit_two(own: Process, others: Sequence[Process]) -> Process | None:
    return replace(own, shard_count=4) if len(others) < 2 else None


async def join(store: Stores, name: str) -> Process:
    joined, _ = await store.processes.join(process(name), (), admit)
    assert joined is not None
    return joined


async def test_who_joins_later_is_younger_even_in_the_same_second(store: Stores) -> None:
    for place, name in enumerate("cab"):
        joined, others = await store.processes.join(process(name), (), admit)
        assert joined == replace(process(name), joined_at=NOW + place)
        assert [other.id for other in others] == list("cab")[:place]
    assert [each.id for each in await store.processes.list(BOT)] == ["c", "a", "b"]


async def test_a_row_changes_and_goes(store: Stores) -> None:
    joined = await join(store, "a")
    await store.processes.join(process("b"), (), admit)
    changed = replace(joined, shards=frozenset({0, 11, 5}), state="finishing")
    await store.processes.write(changed, {"b"})
    assert await store.processes.list(BOT) == [changed]
    await store.processes.leave("a")
    await store.processes.leave("a")
    assert await store.processes.list(BOT) == []


async def test_a_row_that_somebody_removed_is_written_again(store: Stores) -> None:
    joined = await join(store, "a")
    await store.processes.leave("a")
    await store.processes.write(joined)
    assert await store.processes.list(BOT) == [joined]


_ROW = "INSERT INTO processes VALUES ('x', {bot}, {cluster}, {clusters}, {count}, '{shards}', '{state}', {at})"
_WRITTEN = {"bot": BOT, "cluster": 0, "clusters": 1, "count": 4, "shards": "0,3", "state": "running", "at": 7}


@pytest.mark.parametrize(
    "changes",
    [
        {"shards": "0,x"},
        {"shards": ","},
        {"shards": "-1"},
        {"shards": "9" * 5_000},
        {"shards": ",".join(["1"] * 5)},
        {"count": 0},
        {"count": 2**31 - 1},
        {"clusters": 0},
        {"cluster": 1},
        {"cluster": -1},
    ],
)
async def test_a_row_that_makes_no_sense_keeps_nobody_from_running(url: str, changes: dict[str, object]) -> None:
    async with open_store(url) as store:
        execute(url, _ROW.format(**_WRITTEN | changes))
        joined, others = await store.processes.join(process("a"), (), admit)
        assert joined is not None
        assert others == []
        assert await store.processes.list(BOT) == [joined]


async def test_a_state_of_a_newer_version_counts_as_running(url: str) -> None:
    async with open_store(url) as store:
        execute(url, _ROW.format(**_WRITTEN | {"state": "paused", "shards": "0,3,9"}))
        assert await store.processes.list(BOT) == [Process("x", BOT, 0, 1, 4, frozenset({0, 3}), "running", 7)]


async def test_who_is_refused_leaves_nothing(store: Stores) -> None:
    for name in "ab":
        joined, _ = await store.processes.join(process(name), (), admit_two)
        assert joined is not None
        assert joined.shard_count == 4
    refused, others = await store.processes.join(process("c"), (), admit_two)
    assert refused is None
    assert [each.id for each in others] == ["a", "b"]
    assert [each.id for each in await store.processes.list(BOT)] == ["a", "b"]
    await store.processes.join(process("c"), {"a"}, admit_two)
    assert [each.id for each in await store.processes.list(BOT)] == ["b", "c"]


async def test_another_bot_on_the_database_has_rows_of_its_own(store: Stores) -> None:
    await store.processes.join(process("a", bot=1), (), admit)
    _, others = await store.processes.join(process("b"), (), admit)
    assert others == []
    assert [each.id for each in await store.processes.list(BOT)] == ["b"]


async def test_of_many_that_join_at_once_two_may(url: str) -> None:
    async with open_store(url) as one, open_store(url) as other:
        stores = [(one, other)[place % 2].processes for place in range(8)]
        joins = (each.join(process(f"p{place}"), (), admit_two) for place, each in enumerate(stores))
        joined = [own for own, _ in await asyncio.gather(*joins) if own is not None]
        assert len(joined) == len({own.joined_at for own in joined}) == 2
        assert len(await one.processes.list(BOT)) == 2
