"""How many requests a second a process may send to Discord, of the 50 that all processes of a bot may send together."""

from collections.abc import Collection

from bot.domain.cluster.processes import Process
from bot.domain.runtime.timing import Clock
from bot.operations.cluster.handing_over import is_taken_over
from bot.streaming.rate_limiter import RateLimiter

KEPT = 2
"""How many requests a second are left to what each process sends without planning, such as replies to admins."""

LEFT_TO_SUCCESSOR, LEFT_TO_PREDECESSOR = 2, 3
"""How many of a channel's 5 requests in 5 s a process leaves to the one that takes over from it, and that one to it."""

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


def find_left_in_channels(own: Process, others: Collection[Process]) -> int:
    """Return how many slots of a channel's buckets a process leaves to another one that writes in the same channels."""
    if any(is_taken_over(other, [own]) for other in others):
        return LEFT_TO_PREDECESSOR
    return LEFT_TO_SUCCESSOR if is_taken_over(own, others) else 0


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
        self._limiter.leave_in_channels(find_left_in_channels(own, others))
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
