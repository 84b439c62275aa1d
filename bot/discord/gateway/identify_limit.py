"""How often the bot may begin a session with Discord's gateway.

Discord allows 1,000 IDENTIFYs in 24 h and one in 5 s; at the 1,001st it ends every session and resets the token
(documentation, "Session Start Limit Object"). RESUMEs are free.
"""

from collections import deque

from bot.domain.backoff import Clock

MAX_IDENTIFIES = 40
"""In any hour: 960 in a day, so that restarts of the process have something left."""

HOUR = 3610.0
"""Seconds; ten more than an hour, since an IDENTIFY may take a while to reach Discord."""

SPACING = 5.5
"""Seconds between two IDENTIFYs, likewise."""


class IdentifyLimit:
    """Counts the IDENTIFYs of the last hour; `clock` returns seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=MAX_IDENTIFIES)

    def count(self) -> None:
        """Count an IDENTIFY that has just been sent."""
        self._sent.append(self._clock())

    def used_up(self) -> bool:
        """Whether the last hour had as many as it may have."""
        return len(self._sent) == MAX_IDENTIFIES and self._clock() < self._sent[0] + HOUR

    def wait(self) -> float:
        """Return in how many seconds the next may be sent; 0 for now."""
        if not self._sent:
            return 0.0
        free = self._sent[-1] + SPACING
        if len(self._sent) == MAX_IDENTIFIES:
            free = max(free, self._sent[0] + HOUR)
        return max(0.0, free - self._clock())
