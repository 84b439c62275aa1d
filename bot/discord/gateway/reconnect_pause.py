"""The pause before Discord is tried again, and the log lines about it, which do not fill the log."""

import logging
from collections.abc import Awaitable, Callable

from bot.domain.backoff import Backoff, Clock

_log = logging.getLogger(__name__)

LOG_PERIOD = 60.0
"""Seconds between two log lines about the same trouble with Discord."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


class LogThrottle:
    """Lets a line into the log at once, and then at most one in `period` seconds."""

    def __init__(self, clock: Clock, period: float = LOG_PERIOD) -> None:
        self._clock = clock
        self._period = period
        self._next = clock()

    def due(self) -> bool:
        """Whether a line may be written now, which then counts as written."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._period
        return True


class ReconnectPause:
    """Waits after each failure, and says so at once and then at most once a minute."""

    def __init__(self, pause: Pause, clock: Clock) -> None:
        self._pause = pause
        self._backoff = Backoff(clock)
        self._log_throttle = LogThrottle(clock)

    async def wait(self, reason: str, *, was_connected: bool = False, at_least: float = 0.0) -> None:
        """Wait before the next try, for `at_least` the seconds that Discord asked for (429).

        The first end of a connection (`was_connected`) after a calm is nothing to worry about: Discord closes each of
        them now and then.
        """
        seconds = max(self._backoff.next_pause(), at_least)
        if was_connected and self._backoff.failures == 1:
            _log.info("the connection to Discord ended (%s); reconnecting in %.1f s", reason, seconds)
        elif self._log_throttle.due():
            _log.warning("Discord cannot be reached (%s); trying again in %.1f s", reason, seconds)
        await self._pause(seconds)
