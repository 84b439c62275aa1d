"""Two processes that write in the same channels: together they send no more than Discord takes."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations.cluster.rest_share import LEFT_TO_PREDECESSOR, LEFT_TO_SUCCESSOR
from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limit_bucket import BucketState
from bot.streaming.rate_limiter import Priority, RateLimiter

EDIT = BucketKey("edit", "channels/1")
WEBHOOK = BucketKey("edit", "webhooks/token", counted=False)
LIMIT, WINDOW = 5, 5.0


@dataclass
class Channel:
    """One channel's bucket at Discord: a window begins with its first request."""

    reset: float = 0.0
    used: int = 0
    most: int = 0

    def take(self, now: float) -> BucketState:
        """Count a request, and return what its response says."""
        if now >= self.reset:
            self.reset, self.used = now + WINDOW, 0
        self.used += 1
        self.most = max(self.most, self.used)
        return BucketState(LIMIT, max(0, LIMIT - self.used), self.reset - now)


def limiter(left: int) -> RateLimiter:
    rate_limiter = RateLimiter()
    rate_limiter.leave_in_channels(left)
    return rate_limiter


@dataclass
class Pair:
    """A process and its successor; `sent` is when each of them sent its requests."""

    channel: Channel = field(default_factory=Channel)
    limiters: tuple[RateLimiter, RateLimiter] = field(
        default_factory=lambda: (limiter(LEFT_TO_SUCCESSOR), limiter(LEFT_TO_PREDECESSOR))
    )
    sent: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    def wish(self, which: int, now: float, priority: Priority, at_once: int = 1) -> None:
        """Have one of them send so many requests if it may, before the first has its response."""
        rate_limiter, states = self.limiters[which], []
        for _ in range(at_once):
            at = rate_limiter.next_slot(EDIT, now, priority)
            if at is not None and at <= now:
                rate_limiter.start(EDIT, now, priority)
                states.append(self.channel.take(now))
                self.sent[which].append(now)
        for state in states:
            rate_limiter.finish(EDIT, now + 0.01, state)


PRIORITIES = st.sampled_from([Priority.FINAL, Priority.FIRST, Priority.PROGRESS, Priority.NOTICE])


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0.02, 2.0), PRIORITIES, st.integers(1, 4)), max_size=60))
def test_no_more_than_discord_takes(wishes: list[tuple[int, float, Priority, int]]) -> None:
    pair, now = Pair(), 0.0
    for which, gap, priority, at_once in wishes:
        now += gap
        pair.wish(which, now, priority, at_once)
    assert pair.channel.most <= LIMIT


def test_neither_is_starved_by_the_other() -> None:
    pair = Pair()
    for step in range(1200):
        for which in (0, 1):
            pair.wish(which, step * 0.05, Priority.FINAL, 3)
    assert pair.channel.most <= LIMIT
    for sent in pair.sent:
        assert max(later - earlier for earlier, later in pairwise(sent)) < WINDOW + 0.2


@pytest.mark.parametrize("left", [0, LEFT_TO_SUCCESSOR, LEFT_TO_PREDECESSOR])
def test_an_interaction_belongs_to_one_alone(left: int) -> None:
    rate_limiter = limiter(left)
    for _ in range(LIMIT - 1):
        rate_limiter.start(WEBHOOK, 0.0)
    assert rate_limiter.next_slot(WEBHOOK, 0.0, Priority.FINAL) == 0.0


@pytest.mark.parametrize(("left", "at_once"), [(0, 5), (LEFT_TO_SUCCESSOR, 3), (LEFT_TO_PREDECESSOR, 2)])
def test_the_times_of_later_requests_leave_as_many(left: int, at_once: int) -> None:
    rate_limiter = limiter(left)
    times = rate_limiter.slots(EDIT, 1.0, at_once + 1)
    assert times == [1.0] * at_once + [1.0 + WINDOW]
