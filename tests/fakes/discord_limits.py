"""Discord's rate limits as Discord counts them, in both of the ways in which it may open its windows."""

from collections import deque
from dataclasses import dataclass, field

from bot.streaming.canvas import BucketKey

LANE = (5, 5.0)
EVERYTHING = (50, 1.0)
"""Requests and seconds: docs.discord.com, "Rate Limits", and what was measured for messages."""


@dataclass
class Window:
    """At most `most` requests in `seconds`: a fixed window, which the first request opens, or a sliding one."""

    most: int
    seconds: float
    sliding: bool
    _counted: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> bool:
        """Count a request, and tell whether Discord would have taken it."""
        self._forget(now)
        self._counted.append(now)
        return len(self._counted) <= self.most

    def remaining(self, now: float) -> int:
        """Return how many more requests Discord would take now."""
        self._forget(now)
        return max(0, self.most - len(self._counted))

    def reset_after(self, now: float) -> float:
        """Return the seconds until all of the requests counted so far are forgotten."""
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
    """All of Discord's windows; `violations` holds the time and the lane of every request that would be a 429."""

    def __init__(self, *, sliding: bool) -> None:
        self.violations: list[tuple[float, BucketKey]] = []
        self._sliding = sliding
        self._buckets: dict[BucketKey, Window] = {}
        self._everything = Window(*EVERYTHING, sliding)

    def window(self, bucket: BucketKey) -> Window:
        """Return the window of a lane."""
        return self._buckets.setdefault(bucket, Window(*LANE, self._sliding))

    def count(self, bucket: BucketKey, now: float) -> None:
        """Count a request as it reaches Discord."""
        within = self.window(bucket).count(now)
        if bucket.counted:
            within &= self._everything.count(now)
        if not within:
            self.violations.append((now, bucket))

    def count_other(self, now: float) -> None:
        """Count a request that has no lane here, such as a typing indicator."""
        if not self._everything.count(now):
            self.violations.append((now, BucketKey("create", "none")))
