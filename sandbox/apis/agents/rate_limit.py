"""Chatbase v2's rate limit: so many requests of a key within the last seconds."""

from collections import deque
from collections.abc import Callable


class RateLimit:
    """100 requests per 10 s for each key; both numbers may be changed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` tells seconds."""
        self.count = 100
        self.window = 10.0
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def take(self, key: str) -> float | None:
        """Count a request; if there are too many, count nothing and return in how many seconds one is free."""
        now = self._clock()
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.count:
            return times[0] + self.window - now
        times.append(now)
        return None
