"""Long work in the event loop, done in slices, so that it holds nobody up."""

import asyncio
from collections import deque
from time import perf_counter
from weakref import WeakKeyDictionary

SLICE_SECONDS = 0.005
"""How long work may go on at a stretch. A step in C that nothing can interrupt may come on top."""


class _Rounds:
    """Lets one of those that wait go on in each round of the loop, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting = deque[asyncio.Future[None]]()

    async def wait(self) -> None:
        """Wait for a round of one's own."""
        future = self._loop.create_future()
        self._waiting.append(future)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._next)
        await future

    def _next(self) -> None:
        future = self._waiting.popleft()
        if not future.done():
            future.set_result(None)
        if self._waiting:
            self._loop.call_soon(self._next)


_rounds = WeakKeyDictionary[asyncio.AbstractEventLoop, _Rounds]()


class Slices:
    """One piece of long work. Call `pause_if_due` between steps that take a millisecond or so.

    However much of such work there is at once, each round of the loop does one slice of it, beside all that is short.
    """

    def __init__(self) -> None:
        self._began = perf_counter()

    async def pause_if_due(self) -> None:
        """Let all others go first if this slice has taken its time; costs next to nothing if it has not."""
        if perf_counter() - self._began < SLICE_SECONDS:
            return
        loop = asyncio.get_running_loop()
        rounds = _rounds.get(loop)
        if rounds is None:
            rounds = _rounds[loop] = _Rounds(loop)
        await rounds.wait()
        self._began = perf_counter()
