"""Keeps a problem that lasts from filling the log."""

from bot.domain.runtime.timing import Clock

LOG_PERIOD = 60.0
"""Seconds between two log lines about the same problem with Discord."""


class LogThrottle:
    """Allows one log line at once, and then at most one in `period` seconds."""

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
