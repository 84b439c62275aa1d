"""Discord's rate limits as Discord counts them, with windows that are fixed or sliding."""

from collections import deque
from dataclasses import dataclass, field

from bot.streaming.canvas import BucketKey

BUCKET = (5, 5.0)
GLOBAL = (50, 1.0)
"""Requests and seconds: docs.discord.com, "Rate Limits", and what was measured for messages."""


@dataclass
class Window:
    """At most `limit` requests in `seconds`: a fixed window, which the first request opens, or a sliding one."""

    limit: int
    seconds: float
    sliding: bool
    _counted: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> bool:
        """Count a request, and return whether Discord would take it."""
        self._forget(now)
        self._counted.append(now)
        return len(self._counted) <= self.limit

    def remaining(self, now: float) -> int:
        """Return how many more requests Discord would take now."""
        self._forget(now)
        return max(0, self.limit - len(self._counted))

    def reset_after(self, now: float) -> float:
        """Return the seconds until none of the requests so far counts."""
        self._forget(now)
        if not self._counted:
            return 0.0
        return self._counted[-1 if self.sliding else 0] + self.seconds - now

    def _forget(self, now: float) -> None:
        if self.sliding:
            while self._counted and self._counted[0] + self.seconds <= now:
                self._counted.popleft()
        elif self._counted and self._counted[0] + self.seconds <= now:
            self._counted.clear()


class Limits:
    """All of Discord's windows; `violations` holds the time and bucket of every request that would get a 429."""

    def __init__(self, *, sliding: bool) -> None:
        self.violations: list[tuple[float, BucketKey]] = []
        self._sliding = sliding
        self._buckets: dict[BucketKey, Window] = {}
        self._global = Window(*GLOBAL, sliding)

    def window(self, bucket: BucketKey) -> Window:
        """Return the window of a bucket."""
        return self._buckets.setdefault(bucket, Window(*BUCKET, self._sliding))

    def count(self, bucket: BucketKey, now: float) -> None:
        """Count a request when it reaches Discord."""
        within = self.window(bucket).count(now)
        if bucket.counted:
            within &= self._global.count(now)
        if not within:
            self.violations.append((now, bucket))

    def count_other(self, now: float) -> None:
        """Count a request that has no bucket here, such as a typing indicator."""
        if not self._global.count(now):
            self.violations.append((now, BucketKey("create", "none")))
