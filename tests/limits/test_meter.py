"""The meter: adds up in memory, writes every ten seconds, on demand and at the end, and loses nothing but to a kill."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.usage import Ending, FinishedRun, Usage, UsageKey
from bot.limits import meter
from bot.limits.histogram import bucket_of
from bot.limits.meter import FLUSH_SECONDS, Meter
from tests.examples import share_of_examples
from tests.fakes.usage_store import FakeUsageStore
from tests.virtual_time import virtual_loop

DAY = 24 * 60 * 60
TODAY = 20_000
RUN = FinishedRun(7, "tamako", "answered", 120, 2.5, 1_000, 4_000)
ONE = Usage(1, 1, 0, 0, 120, 2.5, {40: 1}, {48: 1})
KEY = UsageKey(7, "tamako", TODAY)


@asynccontextmanager
async def open_meter(store: FakeUsageStore) -> AsyncIterator[Meter]:
    """Open a meter whose first day is `TODAY`, from its first second on."""
    begun = virtual_loop().time()
    async with Meter(store, clock=lambda: TODAY * DAY + virtual_loop().time() - begun) as opened:
        yield opened


async def test_it_writes_every_ten_seconds_and_only_if_there_is_anything() -> None:
    store = FakeUsageStore()
    async with open_meter(store) as opened:
        opened.count(RUN)
        opened.count(RUN)
        await asyncio.sleep(FLUSH_SECONDS - 0.1)
        assert store.kept == {}
        await asyncio.sleep(0.2)
        assert store.kept == {KEY: ONE + ONE}
        await asyncio.sleep(10 * FLUSH_SECONDS)
    assert store.writes == 1


async def test_the_end_writes_what_is_left() -> None:
    store = FakeUsageStore()
    async with open_meter(store) as opened:
        opened.count(RUN)
    assert store.kept == {KEY: ONE}


async def test_a_run_belongs_to_the_day_on_which_it_ended() -> None:
    store = FakeUsageStore()
    async with open_meter(store) as opened:
        opened.count(RUN)
        await asyncio.sleep(DAY - 0.5)
        opened.count(RUN)
        await asyncio.sleep(1)
        opened.count(RUN)
    assert store.kept == {KEY: ONE + ONE, KEY._replace(day=TODAY + 1): ONE}


@pytest.mark.parametrize("fault", [None, RuntimeError()])
async def test_what_could_not_be_written_is_written_later_with_what_came_since(fault: Exception | None) -> None:
    store = FakeUsageStore()
    store.down, store.fault = fault is None, fault
    async with open_meter(store) as opened:
        for _ in range(3):
            opened.count(RUN)
            await asyncio.sleep(FLUSH_SECONDS)
        with pytest.raises((DatabaseUnavailable, RuntimeError)):
            await opened.flush()
        store.down, store.fault = False, None
        await opened.flush()
        assert store.kept == {KEY: ONE + ONE + ONE}
    assert store.writes == 1


async def test_what_is_counted_during_a_write_is_not_lost() -> None:
    store = FakeUsageStore()
    store.seconds = 3.0
    async with open_meter(store) as opened:
        opened.count(RUN)
        writing = asyncio.create_task(opened.flush())
        await asyncio.sleep(1)
        opened.count(RUN)
        await writing
        assert store.kept == {KEY: ONE}
        await opened.flush()
    assert store.kept == {KEY: ONE + ONE}


async def test_two_who_ask_at_once_write_it_once() -> None:
    store = FakeUsageStore()
    store.seconds = 1.0
    async with open_meter(store) as opened:
        opened.count(RUN)
        await asyncio.gather(*(opened.flush() for _ in range(5)))
    assert (store.kept, store.writes) == ({KEY: ONE}, 1)


async def test_the_end_waits_for_a_write_that_is_under_way_and_counts_nothing_twice() -> None:
    store = FakeUsageStore()
    store.seconds = 0.05
    async with open_meter(store) as opened:
        opened.count(RUN)
        await asyncio.sleep(FLUSH_SECONDS + 0.02)
    assert store.kept == {KEY: ONE}


@pytest.mark.parametrize("seconds", [0.0, 600.0])
async def test_the_end_does_not_wait_for_a_database_that_is_away(
    seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    store = FakeUsageStore()
    store.down, store.seconds = True, seconds
    began = virtual_loop().time()
    async with open_meter(store) as opened:
        opened.count(RUN)
    assert virtual_loop().time() - began <= meter.CLOSE_SECONDS + 0.01
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_the_memory_that_it_takes_is_bounded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(meter, "MAX_KEYS", 3)
    store = FakeUsageStore()
    store.down = True
    async with open_meter(store) as opened:
        for server in (1, 2, 3, 4, 5, 1):
            opened.count(FinishedRun(server, "tamako", "failed"))
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        store.down = False
        await opened.flush()
        assert {key.server: usage.failed for key, usage in store.kept.items()} == {1: 2, 2: 1, 3: 1}
        opened.count(FinishedRun(4, "tamako", "failed"))
    assert sum(usage.failed for usage in store.kept.values()) == 5


async def test_much_is_written_in_parts_and_a_part_that_fails_is_kept_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(meter, "MAX_ROWS", 6)
    store = FakeUsageStore()
    store.fails_after = 2
    async with open_meter(store) as opened:
        for server in range(10):
            opened.count(replace(RUN, server=server))
        with pytest.raises(DatabaseUnavailable):
            await opened.flush()
        assert len(store.kept) == 4, "two servers' totals have three rows each"
        opened.count(replace(RUN, server=9))
        store.fails_after = None
        await opened.flush()
        assert {key.server: usage.questions for key, usage in store.kept.items()} == {
            **dict.fromkeys(range(9), 1),
            9: 2,
        }
        assert store.writes == 5


async def test_each_ending_is_counted_as_what_it_is() -> None:
    store = FakeUsageStore()
    runs = [
        FinishedRun(7, "tamako", "failed", total=4_000),
        FinishedRun(7, "tamako", "stopped", 50, None, 1_000, 2_000),
        FinishedRun(7, "chatbase", "answered", 80, None, 1_000, 2_000, is_fallback=True),
    ]
    async with open_meter(store) as opened:
        for run in runs:
            opened.count(run)
    assert store.kept == {
        KEY: Usage(2, 0, 1, 1, 50, 0, {40: 1}, {}),
        KEY._replace(provider="chatbase"): Usage(0, 1, 0, 0, 80, 0, {40: 1}, {44: 1}),
    }


@pytest.mark.parametrize("cost", [nan, inf, -inf, -5.0, 1e300])
async def test_nonsense_of_a_provider_spoils_no_sum(cost: float) -> None:
    store = FakeUsageStore()
    async with open_meter(store) as opened:
        opened.count(FinishedRun(7, "tamako", "answered", credits=cost))
        opened.count(RUN)
    assert 2.5 <= store.kept[KEY].credits <= 2.5 + 1e9


endings = st.sampled_from(["answered", "failed", "stopped"])


@share_of_examples(0.3)
@given(st.lists(st.tuples(st.integers(1, 3), endings, st.integers(0, 10**6), st.integers(0, 10**6)), max_size=40))
def test_the_totals_are_those_of_the_runs(runs: list[tuple[int, Ending, int, int]]) -> None:
    store = FakeUsageStore()
    opened = Meter(store, clock=lambda: TODAY * DAY)
    for server, ending, characters, total in runs:
        opened.count(FinishedRun(server, "tamako", ending, characters, total=total))
    asyncio.run(opened.flush())
    for key, usage in store.kept.items():
        mine = [run for run in runs if run[0] == key.server]
        assert usage.questions == len(mine) == usage.answered + usage.failed + usage.stopped
        assert usage.characters == sum(run[2] for run in mine)
        assert sum(usage.end.values()) == usage.answered
        assert usage.end.keys() == {bucket_of(run[3]) for run in mine if run[1] == "answered"}
    assert {key.server for key in store.kept} == {run[0] for run in runs}
