"""Totals of days: added up, also by several processes at once; read by server; erased with it, and when old."""

import asyncio
import random

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.usage import StoredUsage, Usage, UsageKey
from bot.limits.histogram import MAX_BUCKET
from bot.store.open import open_store
from bot.store.ports.base import Stores
from bot.store.queries import daily_totals
from tests.databases import execute

SERVER, OTHER = 2**63 - 1, 11
ONE = Usage(1, 1, 0, 0, 120, 2.5, {40: 1}, {52: 1})


def rows(url: str) -> list[int]:
    return [execute(url, f"SELECT count(*) FROM {table}")[0][0] for table in ("daily_usage", "daily_times")]


async def test_what_is_added_adds_up(store: Stores) -> None:
    key = UsageKey(SERVER, "tamako", 20_000)
    await store.usage.add({key: ONE})
    await store.usage.add({key: Usage(2, 0, 1, 1, 2**40, 0, {40: 1, 44: 1})})
    total = Usage(3, 1, 1, 1, 2**40 + 120, 2.5, {40: 2, 44: 1}, {52: 1})
    assert await store.usage.totals(SERVER, 20_000) == StoredUsage([(key, total)], 20_000)


async def test_each_server_sees_its_own_totals_only(store: Stores) -> None:
    mine, others = UsageKey(SERVER, "tamako", 20_000), UsageKey(OTHER, "tamako", 20_000)
    await store.usage.add({mine: ONE, others: ONE + ONE})
    assert (await store.usage.totals(SERVER, 0)).totals == [(mine, ONE)]
    assert (await store.usage.totals(OTHER, 0)).totals == [(others, ONE + ONE)]
    assert await store.usage.totals(12, 0) == StoredUsage()


async def test_days_come_oldest_first_and_from_the_wanted_one_on(store: Stores) -> None:
    keys = [UsageKey(OTHER, provider, day) for day in (20_000, 20_001, 20_002) for provider in ("chatbot", "tamako")]
    for key in reversed(keys):
        await store.usage.add({key: ONE})
    assert await store.usage.totals(OTHER, 20_001) == StoredUsage([(key, ONE) for key in keys[2:]], 20_000)
    assert await store.usage.totals(OTHER, 20_003) == StoredUsage([], 20_000)


async def test_processes_that_add_to_the_same_rows_lose_none(url: str) -> None:
    """Each adds to all rows at once, in an order of its own."""
    keys = [UsageKey(server, provider, 20_000) for server in (1, 2) for provider in ("chatbase", "chatbot", "tamako")]
    rounds = 8
    async with open_store(url) as one, open_store(url) as other:

        async def work(store: Stores, seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(rounds):
                await store.usage.add(dict(chance.sample([(key, ONE) for key in keys], len(keys))))

        await asyncio.gather(*(work(store, seed) for seed, store in enumerate((one, other, one, other))))
        for server in (1, 2):
            for _, usage in (await one.usage.totals(server, 0)).totals:
                assert usage == Usage(32, 32, 0, 0, 32 * 120, 80.0, {40: 32}, {52: 32})


async def test_nothing_is_added_if_a_part_of_it_fails(store: Stores, url: str) -> None:
    execute(url, "DROP TABLE daily_times")
    with pytest.raises(DatabaseUnavailable):
        await store.usage.add({UsageKey(SERVER, "tamako", 20_000): ONE})
    assert execute(url, "SELECT count(*) FROM daily_usage") == [(0,)]


async def test_a_crowd_of_servers_is_added_at_once(store: Stores, url: str) -> None:
    full = Usage(first_text=dict.fromkeys(range(3), 1), end={MAX_BUCKET: 1})
    await store.usage.add({UsageKey(server, "tamako", 20_000): full for server in range(3_000)})
    assert rows(url) == [3_000, 12_000]


async def test_old_days_are_erased_however_many_there_are(
    store: Stores, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_totals, "AT_ONCE", 3)
    keys = [UsageKey(server, "tamako", day) for server in (1, 2) for day in range(20_000, 20_010)]
    await store.usage.add(dict.fromkeys(keys, ONE))
    await store.usage.forget_before(20_008)
    for server in (1, 2):
        assert [key.day for key, _ in (await store.usage.totals(server, 0)).totals] == [20_008, 20_009]
    assert rows(url) == [4, 8]


async def test_totals_go_with_their_server(store: Stores, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_totals, "AT_ONCE", 3)
    keys = [UsageKey(server, "tamako", day) for server in (SERVER, OTHER) for day in range(20_000, 20_010)]
    await store.usage.add(dict.fromkeys(keys, ONE))
    await store.personal_data.erase_server(SERVER)
    assert await store.usage.totals(SERVER, 0) == StoredUsage()
    assert len((await store.usage.totals(OTHER, 0)).totals) == 10
    assert rows(url) == [10, 20]
