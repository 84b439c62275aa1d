"""Bounds how often something is done, however often others ask for it."""

import asyncio
from collections import deque

from bot.domain.runtime.timing import Clock


class Pace:
    """Lets a thing be done at once as a rule, and at most `max_times` within any so many `seconds`.

    `clock` returns seconds: the event loop's if it is None.
    """

    def __init__(self, max_times: int, seconds: float, clock: Clock | None = None) -> None:
        self._done = deque[float](maxlen=max_times)
        self._seconds = seconds
        self._clock = clock or asyncio.get_running_loop().time

    async def wait(self) -> None:
        """Wait until it may be done; it counts from then on. One task at a time may wait."""
        if len(self._done) == self._done.maxlen and (left := self._done[0] + self._seconds - self._clock()) > 0:
            await asyncio.sleep(left)
        self._done.append(self._clock())
