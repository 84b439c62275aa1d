"""What is done at the start, and tried again in the background until Discord takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

from bot.domain.runtime.timing import Backoff

_MIN_PAUSE, _MAX_PAUSE = 15.0, 900.0
"""Seconds between tries."""


class StartupTask:
    """Tries one thing until it is done, in a task of its own. `close` must be called at the end.

    `attempt` returns None once it is done; otherwise for how many seconds Discord asks to wait, 0 if it does not. It
    raises nothing. After the first try, none is made unless `is_connected` to Discord: `hurry` must be called when it
    is again.
    """

    def __init__(
        self, attempt: Callable[[], Awaitable[float | None]], is_connected: Callable[[], bool] = lambda: True
    ) -> None:
        self._attempt = attempt
        self._is_connected = is_connected
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._nudge = asyncio.Event()
        self.is_done = False
        """Whether a try has succeeded."""

    def begin(self) -> None:
        """Begin to try; if it is being tried already, do as `hurry`."""
        if self._task is None or self._task.done():
            # In a context of its own: how long the caller may wait for Discord is no limit here.
            self._task = asyncio.create_task(self._run(), context=Context())
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
        backoff = Backoff(asyncio.get_running_loop().time, shortest=_MIN_PAUSE, longest=_MAX_PAUSE)
        while True:
            self._nudge.clear()
            asked = await self._attempt()
            self._tried.set()
            if asked is None:
                self.is_done = True
                return
            pause = backoff.next_pause()
            if asked > 0:
                await asyncio.sleep(max(asked, pause))
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._nudge.wait()
            while not self._is_connected():
                self._nudge.clear()
                await self._nudge.wait()
