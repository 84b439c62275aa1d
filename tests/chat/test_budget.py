"""The edit budget's rules, one by one."""

from itertools import pairwise

import pytest

from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limits import GLOBAL_LIMIT, RateLimiter

EDIT = BucketKey("edit", "channels/1")
CREATE = BucketKey("create", "channels/1")
UNCOUNTED = BucketKey("edit", "webhooks/token", counted=False)


@pytest.fixture
def budget() -> RateLimiter:
    return RateLimiter()


def send(budget: RateLimiter, lane: BucketKey, at: float, *, took: float = 0.1, times: int = 1) -> None:
    """Send `times` requests at once; their answers come back `took` seconds later."""
    for _ in range(times):
        budget.start(lane, at)
    for _ in range(times):
        budget.finish(lane, at + took)


def test_progress_keeps_an_even_pace(budget: RateLimiter) -> None:
    times = [0.0]
    while len(times) < 8:
        send(budget, EDIT, times[-1])
        at = budget.when(EDIT, times[-1] + 0.1, final=False)
        assert at is not None
        times.append(at)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 1.25
    assert max(gaps) <= 1.5


def test_creates_go_in_a_burst_of_five_and_then_wait(budget: RateLimiter) -> None:
    send(budget, CREATE, 0.0, times=5)
    assert budget.when(CREATE, 0.2, final=False) == pytest.approx(5.1)
    assert budget.when(CREATE, 5.2, final=False) == 5.2


def test_creates_and_edits_are_counted_apart_and_so_are_channels(budget: RateLimiter) -> None:
    send(budget, CREATE, 0.0, times=5)
    assert budget.when(EDIT, 0.2, final=False) == 0.2
    assert budget.when(BucketKey("create", "channels/2"), 0.2, final=True) == 0.2


def test_a_full_lane_of_requests_under_way_waits_for_one_to_be_answered(budget: RateLimiter) -> None:
    for _ in range(5):
        budget.start(EDIT, 0.0)
    assert budget.when(EDIT, 1.0, final=True) is None
    budget.finish(EDIT, 2.0)
    assert budget.when(EDIT, 2.0, final=True) == 7.0


def test_a_slot_is_counted_from_the_answer_not_from_the_start(budget: RateLimiter) -> None:
    send(budget, EDIT, 0.0, took=9.0, times=5)
    assert budget.when(EDIT, 9.0, final=True) == 14.0


def test_headers_win_over_counting(budget: RateLimiter) -> None:
    send(budget, EDIT, 0.0, times=4)
    budget.start(EDIT, 0.2)
    budget.learn(EDIT, 0.3, limit=10, remaining=6, reset_after=3.0)
    budget.finish(EDIT, 0.3)
    assert budget.when(EDIT, 0.3, final=True) == 0.3
    send(budget, EDIT, 0.3, times=6)
    assert budget.when(EDIT, 0.5, final=True) == pytest.approx(3.32)


def test_a_slower_lane_is_learned(budget: RateLimiter) -> None:
    budget.start(EDIT, 0.0)
    budget.learn(EDIT, 0.1, limit=2, remaining=1, reset_after=60.0)
    budget.finish(EDIT, 0.1)
    assert budget.when(EDIT, 0.2, final=True) == 0.2
    assert budget.when(EDIT, 0.2, final=False) == pytest.approx(60.12)


def test_a_lane_of_one_request_still_lets_progress_through(budget: RateLimiter) -> None:
    budget.start(EDIT, 0.0)
    budget.learn(EDIT, 0.1, limit=1, remaining=0, reset_after=1.0)
    budget.finish(EDIT, 0.1)
    assert budget.when(EDIT, 0.2, final=False) == pytest.approx(1.12)


def test_headers_count_requests_that_the_budget_did_not_send(budget: RateLimiter) -> None:
    budget.learn(EDIT, 0.0, limit=5, remaining=1, reset_after=4.0)
    assert budget.when(EDIT, 0.0, final=True) == 0.0
    assert budget.when(EDIT, 0.0, final=False) == pytest.approx(4.02)
    send(budget, EDIT, 0.0)
    assert budget.when(EDIT, 0.1, final=True) == pytest.approx(4.02)


def test_slots_that_are_free_at_different_times_are_taken_in_their_order(budget: RateLimiter) -> None:
    budget.start(EDIT, 0.0)
    budget.learn(EDIT, 0.1, limit=5, remaining=3, reset_after=60.0)
    budget.finish(EDIT, 0.1)
    send(budget, EDIT, 0.1, times=3)
    assert budget.when(EDIT, 0.2, final=True) == pytest.approx(5.2)


def test_an_answer_that_overtook_others_frees_no_slot(budget: RateLimiter) -> None:
    for now, remaining in [(0.0, 4), (0.1, 3)]:
        budget.start(EDIT, now)
        budget.learn(EDIT, now, limit=5, remaining=remaining, reset_after=5.0 - now)
        budget.finish(EDIT, now)
    for _ in range(3):
        budget.start(EDIT, 0.2)
    budget.learn(EDIT, 0.3, limit=5, remaining=2, reset_after=4.7)
    budget.finish(EDIT, 0.3)
    assert budget.when(EDIT, 0.3, final=True) == pytest.approx(5.02)


@pytest.mark.parametrize(
    ("limit", "remaining", "reset_after"),
    [(0, 0, 5.0), (5, 0, -1.0), (5, 0, 1e300), (5, 6, 5.0), (5, -(10**9), 5.0), (10**9, 0, 5.0)],
)
def test_senseless_headers_change_nothing(budget: RateLimiter, limit: int, remaining: int, reset_after: float) -> None:
    send(budget, EDIT, 0.0, times=3)
    budget.learn(EDIT, 0.2, limit=limit, remaining=remaining, reset_after=reset_after)
    assert budget.when(EDIT, 2.0, final=True) == 2.0


def test_a_429_of_a_lane_holds_that_lane_alone(budget: RateLimiter) -> None:
    send(budget, EDIT, 0.0)
    budget.refused(EDIT, 0.1, 30.0)
    assert budget.when(EDIT, 1.0, final=True) == pytest.approx(30.12)
    assert budget.when(CREATE, 1.0, final=True) == 1.0
    assert budget.when_any(1.0, urgent=True) == 1.0


def test_a_global_429_holds_everything_and_the_longest_of_several_counts(budget: RateLimiter) -> None:
    budget.refused(None, 0.0, 8.0)
    budget.refused(None, 0.0, 2.0)
    assert budget.when_any(1.0, urgent=True) == pytest.approx(8.02)


def test_all_lanes_together_stay_below_the_limit_over_everything(budget: RateLimiter) -> None:
    for channel in range(GLOBAL_LIMIT):
        assert budget.when_any(0.0, urgent=True) == 0.0
        budget.start(BucketKey("create", f"channels/{channel}"), 0.0)
    assert budget.when_any(0.5, urgent=True) is None
    budget.finish(BucketKey("create", "channels/0"), 0.6)
    assert budget.when_any(0.6, urgent=True) == pytest.approx(1.6)


def test_progress_leaves_some_of_everything_and_keeps_an_even_rhythm(budget: RateLimiter) -> None:
    now, sent = 0.0, 0
    while (at := budget.when_any(now, urgent=False)) is not None:
        assert at - now <= 1 / GLOBAL_LIMIT + 1e-9
        now, sent = at, sent + 1
        budget.start(BucketKey("edit", f"channels/{sent}"), now)
    assert sent == GLOBAL_LIMIT - 4
    assert budget.when_any(now, urgent=True) == now


def test_interactions_do_not_count_against_the_limit_over_everything(budget: RateLimiter) -> None:
    for _ in range(2 * GLOBAL_LIMIT):
        send(budget, UNCOUNTED, 0.0)
    assert budget.when_any(0.1, urgent=True) == 0.1


def test_it_is_quiet_until_half_of_everything_is_taken(budget: RateLimiter) -> None:
    for taken in range(GLOBAL_LIMIT // 2):
        assert budget.is_quiet(0.0), taken
        budget.start_other()
    assert not budget.is_quiet(0.0)
    for _ in range(GLOBAL_LIMIT // 2):
        budget.finish_other(0.1)
    assert not budget.is_quiet(1.0)
    assert budget.is_quiet(1.2)


def test_nothing_is_quiet_while_a_global_429_holds(budget: RateLimiter) -> None:
    budget.refused(None, 0.0, 30.0)
    assert not budget.is_quiet(30.0)
    assert budget.is_quiet(30.1)


def test_lanes_at_rest_are_forgotten(budget: RateLimiter) -> None:
    held = BucketKey("edit", "channels/held")
    budget.start(held, 0.0)
    for number in range(20_000):
        send(budget, BucketKey("edit", f"webhooks/{number}", counted=False), number * 0.1)
    assert len(budget._lanes) < 1200
    assert held in budget._lanes
    budget.finish(held, 3000.0)


def test_what_an_earlier_answer_left_of_a_window_is_spread_over_its_rest(budget: RateLimiter) -> None:
    for at in (0.0, 0.5):
        send(budget, EDIT, at)
    first = budget.when(EDIT, 0.7, final=False)
    # Two edits are left but the one that is kept, and the next come free at 5.1: the rest falls into three.
    assert first == pytest.approx(0.5 + 4.6 / 3)
    assert first is not None
    send(budget, EDIT, first)
    second = budget.when(EDIT, first + 0.2, final=False)
    assert second == pytest.approx(0.5 + 2 * 4.6 / 3)
    assert second is not None
    send(budget, EDIT, second)
    assert budget.when(EDIT, second + 0.2, final=False) == pytest.approx(5.1)


def test_who_begins_where_another_ended_may_have_what_is_kept_rather_than_stand_still(budget: RateLimiter) -> None:
    for at in (0.0, 1.25, 2.5):
        send(budget, EDIT, at)
    budget.start(EDIT, 2.6, final=True)
    budget.finish(EDIT, 2.7)
    # One slot is left, and the next comes free at 5.1: half-way.
    assert budget.when(EDIT, 2.8, final=False) == pytest.approx(2.6 + 2.5 / 2)
    send(budget, EDIT, 3.85)
    assert budget.when(EDIT, 4.0, final=True) == pytest.approx(5.1)


def test_an_answer_that_has_its_lane_to_itself_never_spends_what_is_kept_for_its_end(budget: RateLimiter) -> None:
    for at in (0.0, 0.1, 0.2, 0.3):
        send(budget, EDIT, at)
    assert budget.when(EDIT, 1.0, final=False) == pytest.approx(5.1)
    assert budget.when(EDIT, 1.0, final=True) == 1.0


class TestRemarks:
    """What is no answer leaves room for those that are."""

    def test_new_ones_leave_two_slots(self, budget: RateLimiter) -> None:
        send(budget, CREATE, 0.0, times=2)
        assert budget.when(CREATE, 0.5, final=True, remark=True) == 0.5
        send(budget, CREATE, 0.5)
        assert budget.when(CREATE, 1.0, final=True, remark=True) == pytest.approx(5.1 + 0.3)
        assert budget.when(CREATE, 1.0, final=True) == 1.0

    def test_they_go_one_at_a_time(self, budget: RateLimiter) -> None:
        budget.start(CREATE, 0.0, remark=True)
        assert budget.when(CREATE, 0.1, final=True, remark=True) is None
        assert budget.when(CREATE, 0.1, final=False) == 0.1

    def test_keeping_them_up_to_date_takes_one_slot_in_a_window(self, budget: RateLimiter) -> None:
        budget.start(EDIT, 0.0, remark=True)
        budget.finish(EDIT, 0.1)
        assert budget.when(EDIT, 1.0, final=False, remark=True) == 5.0
        assert budget.when(EDIT, 1.0, final=True, remark=True) == 1.0

    def test_patient_ones_leave_the_window_to_a_running_answer(self, budget: RateLimiter) -> None:
        assert budget.when(EDIT, 1.0, final=False, remark=True, patient=True) == 1.0
        send(budget, EDIT, 1.0)
        assert budget.when(EDIT, 2.0, final=False, remark=True, patient=True) == 6.0

    def test_one_that_changes_for_good_leaves_only_the_slot_for_finals(self, budget: RateLimiter) -> None:
        send(budget, EDIT, 0.0, times=3)
        assert budget.when(EDIT, 1.0, final=True, remark=True) == 1.0
        assert budget.when(EDIT, 1.0, final=False, remark=True) == pytest.approx(5.1 + 0.3)
        send(budget, EDIT, 1.0)
        assert budget.when(EDIT, 2.0, final=True, remark=True) == pytest.approx(5.1)
        assert budget.when(EDIT, 2.0, final=True) == 2.0

    def test_they_do_not_break_the_rhythm_of_an_answer(self, budget: RateLimiter) -> None:
        send(budget, EDIT, 0.0)
        alone = budget.when(EDIT, 0.5, final=False)
        assert alone is not None
        budget.start(EDIT, 0.6, remark=True)
        budget.finish(EDIT, 0.7)
        beside = budget.when(EDIT, 0.8, final=False)
        assert beside is not None
        assert alone <= beside < alone + 0.5
