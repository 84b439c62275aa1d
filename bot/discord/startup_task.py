"""What is done at the start, and tried again in the background until Discord takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

_FIRST_PAUSE, _MAX_PAUSE = 15.0, 900.0
"""Seconds between tries; each pause is twice the one before."""


class StartupTask:
    """Tries one thing until it is done, in a task of its own. `close` must be called at the end.

    `attempt` returns None once it is done; otherwise for how many seconds Discord asks to wait, 0 if it does not. It
    raises nothing.
    """

    def __init__(self, attempt: Callable[[], Awaitable[float | None]]) -> None:
        self._attempt = attempt
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._nudge = asyncio.Event()

    def begin(self) -> None:
        """Begin to try; if it is being tried already, do as `hurry`."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        else:
            self.hurry()

    def hurry(self) -> None:
        """End the present pause, unless Discord asked for it."""
        self._nudge.set()

    async def tried(self, seconds: float) -> None:
        """Wait until the first try is over, but for no longer than `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._tried.wait()

    async def close(self) -> None:
        """Stop trying."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            self._nudge.clear()
            asked = await self._attempt()
            self._tried.set()
            if asked is None:
                return
            if asked > 0:
                await asyncio.sleep(max(asked, pause))
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._nudge.wait()
            pause = min(2 * pause, _MAX_PAUSE)
