"""How late the event loop is: for how long what it runs keeps everything else waiting."""

import asyncio
from collections.abc import Callable

from bot.domain.runtime.timing import Clock, Pause

INTERVAL = 0.5
"""Seconds between two measurements; each costs some microseconds."""

WINDOW = 60.0
"""Seconds; the longest lag is that of the last one or two of these, so that each scrape sees it, however many come."""


class LoopLag:
    """Measures while `measure` runs; `observe` is called with each lag in seconds."""

    def __init__(self, observe: Callable[[float], None], clock: Clock, pause: Pause = asyncio.sleep) -> None:
        self._observe = observe
        self._clock = clock
        self._pause = pause
        self._window_began = clock()
        self._this_window = self._window_before = 0.0

    @property
    def longest(self) -> float:
        """The longest lag of the last one to two minutes, in seconds."""
        return max(self._this_window, self._window_before)

    async def measure(self) -> None:
        """Measure until cancelled."""
        while True:
            due = self._clock() + INTERVAL
            await self._pause(INTERVAL)
            now = self._clock()
            self._note(max(0.0, now - due), now)

    def _note(self, lag: float, now: float) -> None:
        if now - self._window_began >= WINDOW:
            self._window_before, self._this_window, self._window_began = self._this_window, 0.0, now
        self._this_window = max(self._this_window, lag)
        self._observe(lag)
