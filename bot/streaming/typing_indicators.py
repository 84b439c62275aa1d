"""Discord's typing indicators, for answers that have nothing to show yet."""

import asyncio
import logging
from collections.abc import Callable, Hashable

from bot.streaming.canvas import MessageSurface
from bot.streaming.rate_limiter import RateLimiter

_log = logging.getLogger(__name__)

_INTERVAL = 8.0
"""Seconds; Discord shows an indicator for ten."""

TASK_NAME = "typing indicator"
"""What the tasks are called that ask Discord to show one."""


class TypingIndicators:
    """Shows any number of typing indicators, each again and again, but only when that delays no other request.

    `close` ends them all.
    """

    def __init__(self, rate_limiter: RateLimiter, clock: Callable[[], float]) -> None:
        self._rate_limiter = rate_limiter
        self._clock = clock
        self._timers: dict[Hashable, asyncio.TimerHandle] = {}
        self._requests: set[asyncio.Task[None]] = set()

    def start(self, key: Hashable, surface: MessageSurface, is_over: Callable[[], bool]) -> None:
        """Show typing on `surface` until `stop` is called with the same key, or `is_over` returns True."""
        if is_over():
            self._timers.pop(key, None)
            return
        if self._rate_limiter.is_quiet(self._clock()):
            self._rate_limiter.start_other()  # here already, so that the next one finds it counted
            request = asyncio.create_task(self._show(surface), name=TASK_NAME)
            self._requests.add(request)
            request.add_done_callback(self._requests.discard)
        self._timers[key] = asyncio.get_running_loop().call_later(_INTERVAL, self.start, key, surface, is_over)

    def stop(self, key: Hashable) -> None:
        """Show this one no longer."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()  # it would keep the answer in memory for seconds

    async def close(self) -> None:
        """End all indicators, even those whose requests are held back."""
        for key in list(self._timers):
            self.stop(key)
        for request in self._requests:
            request.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)

    async def _show(self, surface: MessageSurface) -> None:
        try:
            await surface.typing()
        except Exception:  # noqa: BLE001 - a fault here must not end an answer
            _log.exception("showing the typing indicator failed")
        finally:
            self._rate_limiter.finish_other(self._clock())
