"""A few slots for work that takes much memory or processor time, so that no crowd of requests takes all of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class AlreadyWorking(Exception):
    """The person has a slot, or waits for one."""


class AllBusy(Exception):
    """No slot became free in time."""


class Slots:
    """`at_once` slots; one person has at most one, and waits for it for at most `max_wait` seconds."""

    def __init__(self, at_once: int, max_wait: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._max_wait = max_wait
        self._people: set[int] = set()

    @asynccontextmanager
    async def take(self, person: int) -> AsyncIterator[None]:
        """Hold a slot during this block; raises `AlreadyWorking` and `AllBusy`."""
        if person in self._people:
            raise AlreadyWorking
        self._people.add(person)
        try:
            try:
                async with asyncio.timeout(self._max_wait):
                    await self._free.acquire()
            except TimeoutError:
                raise AllBusy from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._people.discard(person)
