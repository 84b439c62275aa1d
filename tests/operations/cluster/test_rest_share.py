"""All processes together plan no more requests than Discord allows, and each may plan at least one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cluster.processes import Process
from bot.operations.cluster.rest_share import (
    INCREASE_AFTER,
    LEFT_TO_PREDECESSOR,
    LEFT_TO_SUCCESSOR,
    RestShare,
    find_left_in_channels,
    find_share,
)
from bot.streaming.rate_limiter import GLOBAL_LIMIT, Priority, RateLimiter
from tests.operations.cluster.processes import process, ready


def test_alone_it_is_all() -> None:
    for shards in ((), range(7)):
        assert find_share(GLOBAL_LIMIT, process(shards=shards), []) == 48


@pytest.mark.parametrize(
    ("own", "others", "share"),
    [(1, [1], 23), (12, [0], 42), (0, [12], 3), (4, [4, 4], 14), (12, [12], 23), (1, [15], 2), (1, [200], 1)],
)
def test_it_is_shared_by_shards(own: int, others: list[int], share: int) -> None:
    beside = [process(shards=range(each)) for each in others]
    assert find_share(GLOBAL_LIMIT, process(shards=range(own)), beside) == share


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20))
def test_together_they_stay_within_the_limit(counts: list[int]) -> None:
    processes = [process(shards=range(count)) for count in counts]
    shares = [find_share(GLOBAL_LIMIT, each, [other for other in processes if other is not each]) for each in processes]
    assert sum(shares) <= 50
    assert all(1 <= share <= 48 for share in shares)


class Shares:
    """A rate limiter whose share is updated at times that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.limiter = RateLimiter()
        self._share = RestShare(self.limiter, lambda: self.now)
        self.own = process(shards=range(4))

    @property
    def is_waiting(self) -> bool:
        return self._share.is_waiting

    def at(self, now: float, *others: Process) -> int:
        """Update the share, and return it."""
        self.now = now
        self._share.update(self.own, others)
        return self.limiter.global_limit


def test_less_is_used_at_once_and_more_a_little_later() -> None:
    shares, other = Shares(), process(shards=range(4))
    assert shares.at(0) == 48
    assert (shares.at(1, other), shares.is_waiting) == (23, False)
    assert (shares.at(2), shares.is_waiting) == (23, True)
    assert shares.at(2 + INCREASE_AFTER - 0.1) == 23
    assert (shares.at(2 + INCREASE_AFTER), shares.is_waiting) == (48, False)


def test_what_grew_and_shrank_meanwhile_is_used_as_far_as_it_was_due_all_the_time() -> None:
    shares, other = Shares(), process(shards=range(4))
    shares.at(0, other)
    shares.at(1)
    shares.at(2, replace(other, shards=frozenset()))
    assert shares.at(1 + INCREASE_AFTER) == 46 * 4 // 5
    assert (shares.at(4, other), shares.is_waiting) == (23, False)


def test_the_limiter_sends_as_its_share_says() -> None:
    shares = Shares()
    shares.own = process()
    assert shares.at(0, process(shards=range(500))) == 1
    limiter = shares.limiter
    assert limiter.is_quiet(0)
    limiter.start_other()
    assert not limiter.is_quiet(0)
    limiter.finish_other(0)
    assert limiter.next_global_slot(0, Priority.FINAL) == 1
    assert limiter.next_global_slot(0, Priority.PROGRESS) == 1


def test_both_of_a_handover_leave_room_in_their_channels_and_neighbours_do_not() -> None:
    old, new = ready(process()), process(state="starting")
    assert find_left_in_channels(old, [new]) == LEFT_TO_SUCCESSOR
    assert find_left_in_channels(new, [replace(old, state="finishing")]) == LEFT_TO_PREDECESSOR
    assert LEFT_TO_SUCCESSOR + LEFT_TO_PREDECESSOR == 5
    first, second = (ready(process(cluster, 2, 4)) for cluster in (0, 1))
    assert find_left_in_channels(first, [second]) == find_left_in_channels(second, [first]) == 0
    assert find_left_in_channels(first, []) == 0
