"""Chatbase v2's rate limit: so many requests of a key within the last seconds."""

from collections import deque
from collections.abc import Callable
from math import ceil

from sandbox.apis.agents.errors import refuse


class RateLimit:
    """100 requests per 10 s for each key; both numbers may be changed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` tells the time in seconds since 1970."""
        self.count = 100
        self.window = 10.0
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def take(self, key: str, *, reset_in_ms: bool = False) -> None:
        """Count a request; raises Refusal, and counts nothing, if it is one too many.

        `reset_in_ms`: X-RateLimit-Reset is in milliseconds, not in seconds.
        """
        now = self._clock()
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.count:
            free_at = times[0] + self.window
            reset = free_at * 1000 if reset_in_ms else free_at
            headers = {"Retry-After": str(ceil(free_at - now)), "X-RateLimit-Reset": str(ceil(reset))}
            raise refuse("RATE_LIMIT_TOO_MANY_REQUESTS", headers=headers)
        times.append(now)
