"""The rate limiter's rules, one by one."""

from itertools import pairwise

import pytest

from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limit_bucket import BucketState
from bot.streaming.rate_limiter import GLOBAL_LIMIT, Priority, RateLimiter

EDIT = BucketKey("edit", "channels/1")
CREATE = BucketKey("create", "channels/1")
UNCOUNTED = BucketKey("edit", "webhooks/token", counted=False)


@pytest.fixture
def rate_limiter() -> RateLimiter:
    return RateLimiter()


def send(rate_limiter: RateLimiter, bucket: BucketKey, at: float, *, took: float = 0.1, times: int = 1) -> None:
    """Send `times` requests at once; their responses come `took` seconds later."""
    for _ in range(times):
        rate_limiter.start(bucket, at)
    for _ in range(times):
        rate_limiter.finish(bucket, at + took)


def test_the_time_of_a_later_request_counts_slots_windows_and_a_limit_that_was_named(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, EDIT, 0.0, times=10)
    bucket = rate_limiter.global_bucket
    free = GLOBAL_LIMIT - 10
    assert bucket.when_nth(1, 0.5) == bucket.when_nth(free, 0.5) == 0.5
    assert bucket.when_nth(free + 1, 0.5) == bucket.when_nth(GLOBAL_LIMIT, 0.5) == 1.1
    assert bucket.when_nth(GLOBAL_LIMIT + 1, 0.5) == 1.5
    rate_limiter.start(EDIT, 0.5)
    assert bucket.when_nth(GLOBAL_LIMIT, 0.5) == 1.5
    rate_limiter.refused(None, 0.5, 7.0)
    assert bucket.when_nth(1, 0.5) == pytest.approx(7.5, abs=0.1)


def test_progress_keeps_an_even_pace(rate_limiter: RateLimiter) -> None:
    times = [0.0]
    while len(times) < 8:
        send(rate_limiter, EDIT, times[-1])
        at = rate_limiter.next_slot(EDIT, times[-1] + 0.1, Priority.PROGRESS)
        assert at is not None
        times.append(at)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 1.25
    assert max(gaps) <= 1.5


def test_creates_go_in_a_burst_of_five_and_then_wait(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, CREATE, 0.0, times=5)
    assert rate_limiter.next_slot(CREATE, 0.2, Priority.PROGRESS) == pytest.approx(5.1)
    assert rate_limiter.next_slot(CREATE, 5.2, Priority.PROGRESS) == 5.2


def test_creates_and_edits_are_counted_apart_and_so_are_channels(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, CREATE, 0.0, times=5)
    assert rate_limiter.next_slot(EDIT, 0.2, Priority.PROGRESS) == 0.2
    assert rate_limiter.next_slot(BucketKey("create", "channels/2"), 0.2, Priority.FINAL) == 0.2


def test_a_bucket_full_of_outstanding_requests_waits_for_a_response(rate_limiter: RateLimiter) -> None:
    for _ in range(5):
        rate_limiter.start(EDIT, 0.0)
    assert rate_limiter.next_slot(EDIT, 1.0, Priority.FINAL) is None
    rate_limiter.finish(EDIT, 2.0)
    assert rate_limiter.next_slot(EDIT, 2.0, Priority.FINAL) == 7.0


def test_a_slot_is_counted_from_the_response_not_from_the_start(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, EDIT, 0.0, took=9.0, times=5)
    assert rate_limiter.next_slot(EDIT, 9.0, Priority.FINAL) == 14.0


def test_headers_win_over_counting(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, EDIT, 0.0, times=4)
    rate_limiter.start(EDIT, 0.2)
    rate_limiter.finish(EDIT, 0.3, BucketState(10, 6, 3.0))
    assert rate_limiter.next_slot(EDIT, 0.3, Priority.FINAL) == 0.3
    send(rate_limiter, EDIT, 0.3, times=6)
    assert rate_limiter.next_slot(EDIT, 0.5, Priority.FINAL) == pytest.approx(3.32)


def test_a_slower_bucket_is_learned(rate_limiter: RateLimiter) -> None:
    rate_limiter.start(EDIT, 0.0)
    rate_limiter.finish(EDIT, 0.1, BucketState(2, 1, 60.0))
    assert rate_limiter.next_slot(EDIT, 0.2, Priority.FINAL) == 0.2
    assert rate_limiter.next_slot(EDIT, 0.2, Priority.PROGRESS) == pytest.approx(60.12)


def test_a_bucket_of_one_request_still_lets_progress_through(rate_limiter: RateLimiter) -> None:
    rate_limiter.start(EDIT, 0.0)
    rate_limiter.finish(EDIT, 0.1, BucketState(1, 0, 1.0))
    assert rate_limiter.next_slot(EDIT, 0.2, Priority.PROGRESS) == pytest.approx(1.12)


def test_headers_count_requests_that_were_not_counted_here(rate_limiter: RateLimiter) -> None:
    rate_limiter.update_from_headers(EDIT, 0.0, BucketState(5, 1, 4.0))
    assert rate_limiter.next_slot(EDIT, 0.0, Priority.FINAL) == 0.0
    assert rate_limiter.next_slot(EDIT, 0.0, Priority.PROGRESS) == pytest.approx(4.02)
    send(rate_limiter, EDIT, 0.0)
    assert rate_limiter.next_slot(EDIT, 0.1, Priority.FINAL) == pytest.approx(4.02)


def test_slots_that_are_free_at_different_times_are_taken_in_their_order(rate_limiter: RateLimiter) -> None:
    rate_limiter.start(EDIT, 0.0)
    rate_limiter.finish(EDIT, 0.1, BucketState(5, 3, 60.0))
    send(rate_limiter, EDIT, 0.1, times=3)
    assert rate_limiter.next_slot(EDIT, 0.2, Priority.FINAL) == pytest.approx(5.2)


def test_a_response_that_overtook_others_frees_no_slot(rate_limiter: RateLimiter) -> None:
    for now, remaining in [(0.0, 4), (0.1, 3)]:
        rate_limiter.start(EDIT, now)
        rate_limiter.finish(EDIT, now, BucketState(5, remaining, 5.0 - now))
    for _ in range(3):
        rate_limiter.start(EDIT, 0.2)
    rate_limiter.finish(EDIT, 0.3, BucketState(5, 2, 4.7))
    assert rate_limiter.next_slot(EDIT, 0.3, Priority.FINAL) == pytest.approx(5.02)


def test_responses_that_overtake_each_other_take_no_slot_twice(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, EDIT, 0.0, times=2)
    for _ in range(2):
        rate_limiter.start(EDIT, 0.2)
    for remaining in (1, 2):
        rate_limiter.finish(EDIT, 0.3, BucketState(5, remaining, 4.8))
    assert rate_limiter.next_slot(EDIT, 0.3, Priority.FINAL) == 0.3


def test_slots_of_responses_that_were_read_together_are_free_with_their_window(rate_limiter: RateLimiter) -> None:
    for _ in range(2):
        rate_limiter.start(EDIT, 4.0)
    for remaining in (4, 3):
        rate_limiter.update_from_headers(EDIT, 4.1, BucketState(5, remaining, 1.0))
    for _ in range(2):
        rate_limiter.finish(EDIT, 4.1)
    assert rate_limiter.slots(EDIT, 4.1, 5) == pytest.approx([4.1, 4.1, 4.1, 5.12, 5.12])


@pytest.mark.parametrize(
    ("limit", "remaining", "reset_after"),
    [(0, 0, 5.0), (5, 0, -1.0), (5, 0, 1e300), (5, 6, 5.0), (5, -(10**9), 5.0), (10**9, 0, 5.0)],
)
def test_senseless_headers_change_nothing(
    rate_limiter: RateLimiter, limit: int, remaining: int, reset_after: float
) -> None:
    send(rate_limiter, EDIT, 0.0, times=3)
    for bucket in (EDIT, CREATE):
        rate_limiter.update_from_headers(bucket, 0.2, BucketState(limit, remaining, reset_after))
    assert rate_limiter.next_slot(EDIT, 2.0, Priority.FINAL) == 2.0
    assert rate_limiter.bucket_count == 1


def test_a_429_of_a_bucket_blocks_only_that_bucket(rate_limiter: RateLimiter) -> None:
    send(rate_limiter, EDIT, 0.0)
    rate_limiter.refused(EDIT, 0.1, 30.0)
    assert rate_limiter.next_slot(EDIT, 1.0, Priority.FINAL) == pytest.approx(30.12)
    assert rate_limiter.next_slot(CREATE, 1.0, Priority.FINAL) == 1.0
    assert rate_limiter.next_global_slot(1.0, Priority.FINAL) == 1.0


def test_a_global_429_blocks_everything_and_the_longest_of_several_counts(rate_limiter: RateLimiter) -> None:
    rate_limiter.refused(None, 0.0, 8.0)
    rate_limiter.refused(None, 0.0, 2.0)
    assert rate_limiter.next_global_slot(1.0, Priority.FINAL) == pytest.approx(8.02)


def test_all_buckets_together_stay_below_the_global_limit(rate_limiter: RateLimiter) -> None:
    for channel in range(GLOBAL_LIMIT):
        assert rate_limiter.next_global_slot(0.0, Priority.FINAL) == 0.0
        rate_limiter.start(BucketKey("create", f"channels/{channel}"), 0.0)
    assert rate_limiter.next_global_slot(0.5, Priority.FINAL) is None
    rate_limiter.finish(BucketKey("create", "channels/0"), 0.6)
    assert rate_limiter.next_global_slot(0.6, Priority.FINAL) == pytest.approx(1.6)


def test_progress_leaves_some_of_the_global_limit_and_keeps_an_even_pace(rate_limiter: RateLimiter) -> None:
    now, sent = 0.0, 0
    while (at := rate_limiter.next_global_slot(now, Priority.PROGRESS)) is not None:
        assert at - now <= 1 / GLOBAL_LIMIT + 1e-9
        now, sent = at, sent + 1
        rate_limiter.start(BucketKey("edit", f"channels/{sent}"), now)
    assert sent == GLOBAL_LIMIT - 4
    assert rate_limiter.next_global_slot(now, Priority.FINAL) == now


def test_interactions_do_not_count_towards_the_global_limit(rate_limiter: RateLimiter) -> None:
    for _ in range(2 * GLOBAL_LIMIT):
        send(rate_limiter, UNCOUNTED, 0.0)
    assert rate_limiter.next_global_slot(0.1, Priority.FINAL) == 0.1


def test_it_is_quiet_until_half_of_the_global_limit_is_taken(rate_limiter: RateLimiter) -> None:
    for taken in range(GLOBAL_LIMIT // 2):
        assert rate_limiter.is_quiet(0.0), taken
        rate_limiter.start_other()
    assert not rate_limiter.is_quiet(0.0)
    for _ in range(GLOBAL_LIMIT // 2):
        rate_limiter.finish_other(0.1)
    assert not rate_limiter.is_quiet(1.0)
    assert rate_limiter.is_quiet(1.2)


def test_nothing_is_quiet_while_a_global_429_holds(rate_limiter: RateLimiter) -> None:
    rate_limiter.refused(None, 0.0, 30.0)
    assert not rate_limiter.is_quiet(30.0)
    assert rate_limiter.is_quiet(30.1)


def test_buckets_at_rest_are_forgotten(rate_limiter: RateLimiter) -> None:
    held = BucketKey("edit", "channels/held")
    rate_limiter.start(held, 0.0)
    for number in range(20_000):
        send(rate_limiter, BucketKey("edit", f"webhooks/{number}", counted=False), number * 0.1)
    assert rate_limiter.bucket_count < 1200
    rate_limiter.finish(held, 3000.0)  # it is still known


def test_what_an_earlier_answer_left_of_a_window_is_spread_over_its_rest(rate_limiter: RateLimiter) -> None:
    for at in (0.0, 0.5):
        send(rate_limiter, EDIT, at)
    first = rate_limiter.next_slot(EDIT, 0.7, Priority.PROGRESS)
    # Two edits are left besides the one that is kept, and more at 5.1: that is divided into three.
    assert first == pytest.approx(0.5 + 4.6 / 3)
    assert first is not None
    send(rate_limiter, EDIT, first)
    second = rate_limiter.next_slot(EDIT, first + 0.2, Priority.PROGRESS)
    assert second == pytest.approx(0.5 + 2 * 4.6 / 3)
    assert second is not None
    send(rate_limiter, EDIT, second)
    assert rate_limiter.next_slot(EDIT, second + 0.2, Priority.PROGRESS) == pytest.approx(5.1)


def test_an_answer_that_starts_after_another_may_use_the_kept_slot_rather_than_freeze(
    rate_limiter: RateLimiter,
) -> None:
    for at in (0.0, 1.25, 2.5):
        send(rate_limiter, EDIT, at)
    rate_limiter.start(EDIT, 2.6, Priority.FINAL)
    rate_limiter.finish(EDIT, 2.7)
    # One slot is left, and the next is free at 5.1: half-way.
    assert rate_limiter.next_slot(EDIT, 2.8, Priority.PROGRESS) == pytest.approx(2.6 + 2.5 / 2)
    send(rate_limiter, EDIT, 3.85)
    assert rate_limiter.next_slot(EDIT, 4.0, Priority.FINAL) == pytest.approx(5.1)


def test_an_answer_with_a_bucket_to_itself_never_uses_the_slot_kept_for_its_end(rate_limiter: RateLimiter) -> None:
    for at in (0.0, 0.1, 0.2, 0.3):
        send(rate_limiter, EDIT, at)
    assert rate_limiter.next_slot(EDIT, 1.0, Priority.PROGRESS) == pytest.approx(5.1)
    assert rate_limiter.next_slot(EDIT, 1.0, Priority.FINAL) == 1.0


class TestNotices:
    """Notices leave room for answers."""

    def test_new_ones_leave_two_slots(self, rate_limiter: RateLimiter) -> None:
        send(rate_limiter, CREATE, 0.0, times=2)
        assert rate_limiter.next_slot(CREATE, 0.5, Priority.NOTICE) == 0.5
        send(rate_limiter, CREATE, 0.5)
        assert rate_limiter.next_slot(CREATE, 1.0, Priority.NOTICE) == pytest.approx(5.1 + 0.3)
        assert rate_limiter.next_slot(CREATE, 1.0, Priority.FINAL) == 1.0

    def test_two_are_posted_in_a_window_so_that_three_answers_can_begin(self, rate_limiter: RateLimiter) -> None:
        for at in (0.0, 0.5):
            rate_limiter.start(CREATE, at, Priority.NOTICE)
            rate_limiter.finish(CREATE, at + 0.1)
        assert rate_limiter.next_slot(CREATE, 1.0, Priority.NOTICE) == 5.0
        for _ in range(3):
            assert rate_limiter.next_slot(CREATE, 1.0, Priority.FIRST) == 1.0
            rate_limiter.start(CREATE, 1.0, Priority.FIRST)

    def test_they_go_one_at_a_time(self, rate_limiter: RateLimiter) -> None:
        rate_limiter.start(CREATE, 0.0, Priority.PLACEHOLDER)
        assert rate_limiter.next_slot(CREATE, 0.1, Priority.NOTICE) is None
        assert rate_limiter.next_slot(CREATE, 0.1, Priority.PROGRESS) == 0.1

    def test_placeholders_take_one_slot_per_window(self, rate_limiter: RateLimiter) -> None:
        rate_limiter.start(EDIT, 0.0, Priority.PLACEHOLDER)
        rate_limiter.finish(EDIT, 0.1)
        assert rate_limiter.next_slot(EDIT, 1.0, Priority.PLACEHOLDER) == 5.0
        assert rate_limiter.next_slot(EDIT, 1.0, Priority.NOTICE) == 1.0

    def test_updates_wait_until_no_answer_was_edited_for_a_window(self, rate_limiter: RateLimiter) -> None:
        assert rate_limiter.next_slot(EDIT, 1.0, Priority.NOTICE_UPDATE) == 1.0
        send(rate_limiter, EDIT, 1.0)
        assert rate_limiter.next_slot(EDIT, 2.0, Priority.NOTICE_UPDATE) == 6.0

    def test_the_last_state_of_one_leaves_only_the_slot_for_finals(self, rate_limiter: RateLimiter) -> None:
        send(rate_limiter, EDIT, 0.0, times=3)
        assert rate_limiter.next_slot(EDIT, 1.0, Priority.NOTICE) == 1.0
        assert rate_limiter.next_slot(EDIT, 1.0, Priority.PLACEHOLDER) == pytest.approx(5.1 + 0.3)
        send(rate_limiter, EDIT, 1.0)
        assert rate_limiter.next_slot(EDIT, 2.0, Priority.NOTICE) == pytest.approx(5.1)
        assert rate_limiter.next_slot(EDIT, 2.0, Priority.FINAL) == 2.0

    def test_they_do_not_break_the_pace_of_an_answer(self, rate_limiter: RateLimiter) -> None:
        send(rate_limiter, EDIT, 0.0)
        alone = rate_limiter.next_slot(EDIT, 0.5, Priority.PROGRESS)
        assert alone is not None
        rate_limiter.start(EDIT, 0.6, Priority.PLACEHOLDER)
        rate_limiter.finish(EDIT, 0.7)
        beside = rate_limiter.next_slot(EDIT, 0.8, Priority.PROGRESS)
        assert beside is not None
        assert alone <= beside < alone + 0.5
