"""Waiting without polling: pauses that a test can hold, and changes that can be waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

MAX_WAIT = 30.0
"""Seconds after which every wait of this package gives up with a TimeoutError unless told otherwise."""

Pause = float | Callable[[], Awaitable[object]]
"""Seconds, or something to await instead, such as `asyncio.Event().wait`."""

Seen = TypeVar("Seen")


async def pause(length: Pause) -> None:
    """Let `length` pass; 0 still lets every other task run once."""
    if callable(length):
        await length()
    else:
        await asyncio.sleep(length)


class Changes:
    """Tells everyone who waits that something is different now."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Wake everyone who waits, so that they look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, look: Callable[[], Seen | None], max_wait: float = MAX_WAIT) -> Seen:
        """Wait until `look()` is truthy and return it; TimeoutError after `max_wait` seconds."""
        async with asyncio.timeout(max_wait):
            while not (seen := look()):
                await self._changed.wait()
        return seen
