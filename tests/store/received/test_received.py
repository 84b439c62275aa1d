"""Signals that arrive in any number: they are handed on in slices, and what is too much is told of instead."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.signals.received import MAX_MISSED, MAX_WAITING, Received


class Taken:
    """What was handed on, and how often something was said to be missing."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.lines: list[str] = []
        self.missed = 0
        self.received = Received(self._take, self._miss)
        self._seconds = seconds

    def _take(self, line: str) -> None:
        time.sleep(self._seconds)
        self.lines.append(line)

    def _miss(self) -> None:
        self.missed += 1


@asynccontextmanager
async def running(taken: Taken) -> AsyncIterator[None]:
    task = asyncio.create_task(taken.received.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_each_is_handed_on_in_order() -> None:
    taken = Taken()
    async with running(taken):
        for line in "abc":
            taken.received.add(line)
        await asyncio.sleep(0.01)
    assert (taken.lines, taken.missed) == (["a", "b", "c"], 0)


async def test_others_go_on_while_many_are_handed_on() -> None:
    taken, turns = Taken(seconds=0.001), 0
    async with running(taken):
        for number in range(60):
            taken.received.add(str(number))
        while len(taken.lines) < 60:
            await asyncio.sleep(0)
            turns += 1
    assert turns >= 10  # 60 ms in slices of 5


async def test_more_than_the_line_takes_is_dropped_and_told_of_once() -> None:
    taken = Taken()
    async with running(taken):
        for number in range(3 * MAX_WAITING):
            taken.received.add(str(number))
        await asyncio.sleep(0.1)
        assert taken.lines == [str(number) for number in range(MAX_WAITING)]
        assert taken.missed == 1
        taken.received.add("later")
        await asyncio.sleep(0.1)
        assert taken.lines[-1] == "later"


async def test_listeners_read_all_that_they_keep_only_so_often() -> None:
    taken = Taken()
    async with running(taken):
        for _ in range(1_000):
            taken.received.miss()
            await asyncio.sleep(0.01)
    assert taken.missed in (10 * MAX_MISSED, 11 * MAX_MISSED)  # in 10 s
