"""The collector: off during the start, rare afterwards, and put to work while little goes on."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from bot import garbage


@pytest.fixture(autouse=True)
def _own_collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.enable()


class Cycle:
    """What only the collector can free."""

    def __init__(self) -> None:
        self.me = self


def test_a_start_collects_nothing_and_what_follows_collects_but_seldom_in_full() -> None:
    garbage.put_off_collecting()
    assert not gc.isenabled()
    before = gc.get_freeze_count()
    cycle = Cycle()
    garbage.begin_collecting()
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    assert all(each is not cycle for each in gc.get_objects())
    assert gc.get_threshold()[2] >= 100


@pytest.mark.parametrize(("answers", "freed"), [(0, True), (garbage.FEW, True), (garbage.FEW + 1, False)])
async def test_everything_is_collected_while_few_answers_are_under_way(answers: int, freed: bool) -> None:
    gc.disable()
    left, looked = weakref.ref(Cycle()), asyncio.Event()

    async def pause(seconds: float) -> None:
        if seconds != pauses.pop():
            looked.set()
            await asyncio.Event().wait()

    pauses = [-1.0, garbage._EVERY]
    task = asyncio.create_task(garbage.collect_in_quiet(lambda: answers, pause))
    await looked.wait()
    task.cancel()
    await asyncio.wait({task})
    assert (left() is None) is freed
