"""Signals on their way from the connection to those who listen: few at a time, since anybody can send any number."""

import asyncio
from collections import deque
from collections.abc import Callable

from bot.domain.runtime.pace import Pace
from bot.domain.runtime.slices import Slices

MAX_WAITING = 2_000
"""How many signals wait to be handed on. Instead of more, the listeners are told that some are missing."""

MAX_MISSED = 3
"""How often, within a second, they are told that: each of them then reads all that it keeps."""


class Received:
    """Hands each signal to `hand_on`, and calls `tell_missed` if some may be lost. Neither may raise."""

    def __init__(self, hand_on: Callable[[str], None], tell_missed: Callable[[], None]) -> None:
        self._hand_on = hand_on
        self._tell_missed = tell_missed
        self._lines = deque[str]()
        self._is_any_missing = False
        self._has_news = asyncio.Event()

    def add(self, line: str) -> None:
        """Put a signal into the line."""
        if len(self._lines) < MAX_WAITING:
            self._lines.append(line)
            self._has_news.set()
        else:
            self.miss()

    def miss(self) -> None:
        """Note that some may be lost."""
        self._is_any_missing = True
        self._has_news.set()

    async def run(self) -> None:
        """Hand them on until cancelled, and let everything else go on between them."""
        pace, slices = Pace(MAX_MISSED, 1.0), Slices()
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            while self._lines:
                await slices.pause_if_due()
                self._hand_on(self._lines.popleft())
            if self._is_any_missing:
                await pace.wait()
                self._is_any_missing = False
                self._tell_missed()
