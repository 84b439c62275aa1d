"""How many requests a second a process may send to Discord, of the 50 that all processes of a bot may send together."""

from collections.abc import Collection

from bot.domain.cluster.processes import Process
from bot.domain.runtime.timing import Clock
from bot.streaming.rate_limiter import RateLimiter

KEPT = 2
"""How many requests a second are left to what each process sends without planning, such as replies to admins."""

INCREASE_AFTER = 2.0
"""Seconds until a larger share is used: by then the others have seen that theirs is smaller."""


def find_share(alone: int, own: Process, others: Collection[Process]) -> int:
    """Return how many requests a second a process may plan that could plan so many if it were `alone`; at least one.

    They are shared by shards. A process that has none yet counts as if it had one; one that is finishing counts with
    those that it had.
    """
    shares = [max(1, len(each.shards)) for each in (own, *others)]
    room = alone - KEPT * len(others)
    return max(1, room * shares[0] // sum(shares))


class RestShare:
    """Tells the rate limiter this process's share. `clock` returns seconds."""

    def __init__(self, limiter: RateLimiter, clock: Clock) -> None:
        self._limiter = limiter
        self._alone = limiter.global_limit
        self._clock = clock
        self._waiting_since: float | None = None
        self._waiting_for = 0

    @property
    def is_waiting(self) -> bool:
        """Whether a larger share is to be used soon: `update` has to be called again."""
        return self._waiting_since is not None

    def update(self, own: Process, others: Collection[Process]) -> None:
        """Use a smaller share at once, and a larger one if it has been due for a while."""
        share = find_share(self._alone, own, others)
        if share <= self._limiter.global_limit:
            self._limiter.set_global_limit(share)
            self._waiting_since = None
            return
        now = self._clock()
        if self._waiting_since is None:
            self._waiting_since, self._waiting_for = now, share
        self._waiting_for = min(self._waiting_for, share)
        if now >= self._waiting_since + INCREASE_AFTER:
            self._limiter.set_global_limit(self._waiting_for)
            self._waiting_since = None
