"""Measures how long a process takes; how long it had to wait for a processor can be left out."""

import asyncio
import os
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")

_LOOK_SECONDS = 0.02


class Stopwatch:
    """Runs from its construction, for the processes in `watched` and for this one, in which their Discord runs."""

    def __init__(self, *watched: int) -> None:
        self.watched = [os.getpid(), *watched]
        self.seconds = 0.0
        """What it took, once `until` has returned."""
        self._waits: dict[str, int] = {}
        self._look()
        self._waited_before = dict(self._waits)
        self._began = time.monotonic()

    async def until(self, end: Coroutine[Any, Any, _T]) -> _T:
        """Return what `end` returns, and stop."""
        ending = asyncio.create_task(end)
        try:
            while not ending.done():
                await asyncio.wait({ending}, timeout=_LOOK_SECONDS)
                self._look()
        finally:
            ending.cancel()
            self.seconds = time.monotonic() - self._began
        return ending.result()

    @property
    def own_seconds(self) -> float:
        """What it took without the waits for a processor, which on a quiet machine are next to nothing."""
        waited = sum(waits - self._waited_before.get(thread, 0) for thread, waits in self._waits.items())
        return self.seconds - waited / 1e9

    def _look(self) -> None:
        for pid in self.watched:
            with suppress(OSError):  # it has ended, or this is no Linux
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    self._waits[thread.name] = int((thread / "schedstat").read_text().split()[1])
