"""Pauses after failures: they double from a second to a minute, are never shorter, and start over after a calm."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.runtime.timing import CALM, MAX_PAUSE, MIN_PAUSE, Backoff
from tests.clocks import FakeClock


def pauses(count: int, jitter: Callable[[], float]) -> list[float]:
    """Return the pauses after so many failures, each right after the pause before it."""
    clock = FakeClock()
    backoff = Backoff(clock, jitter)
    found = []
    for _ in range(count):
        found.append(backoff.next_pause())
        clock.now += found[-1]
    return found


def test_pauses_double_from_a_second_to_a_minute() -> None:
    assert pauses(8, lambda: 0.0) == pytest.approx([1, 2, 4, 8, 16, 32, 50, 50])
    assert pauses(8, lambda: 1.0) == pytest.approx([1.2, 2.4, 4.8, 9.6, 19.2, 38.4, 60, 60])


def test_a_pause_for_a_caller_in_a_hurry_is_shorter_and_the_next_is_not() -> None:
    backoff = Backoff(FakeClock(), lambda: 1.0)
    assert [round(backoff.next_pause(limit), 3) for limit in (60, 60, 60, 6, 0, 60)] == [1.2, 2.4, 4.8, 6, 1.2, 38.4]


def test_other_bounds() -> None:
    clock = FakeClock()
    backoff = Backoff(clock, lambda: 0.0, shortest=15, longest=120)
    assert [backoff.next_pause() for _ in range(5)] == [15, 30, 60, 100, 100]


def test_the_jitter_differs_from_pause_to_pause() -> None:
    assert len({round(pause, 6) for pause in pauses(50, jitter=iter([n / 50 for n in range(50)]).__next__)[6:]}) == 44
    default = Backoff(FakeClock())
    assert len({default.next_pause() for _ in range(30)}) > 20


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, CALM - 1) | st.floats(CALM + 1, 2 * CALM))))
def test_no_pause_leaves_its_bounds_or_is_shorter_than_the_one_before(tries: list[tuple[float, float]]) -> None:
    clock = FakeClock()
    jitters = iter([jitter for jitter, _ in tries])
    backoff = Backoff(clock, lambda: next(jitters))
    before = 0.0
    for jitter, held in tries:
        pause = backoff.next_pause()
        assert MIN_PAUSE <= pause <= MAX_PAUSE * 1.000001
        without_jitter = pause / (1 + 0.2 * jitter)
        if before == 0:
            assert without_jitter == pytest.approx(MIN_PAUSE)
            assert backoff.failures == 1
        else:
            assert without_jitter == pytest.approx(min(before * 2, 50))
        before = 0.0 if held > CALM else without_jitter
        clock.now += pause + held


def test_what_fails_for_hours_is_tried_about_once_a_minute() -> None:
    assert 60 <= sum(1 for _ in _within_an_hour(lambda: 0.5)) <= 72
    assert sum(1 for _ in _within_an_hour(lambda: 0.0)) <= 80


def _within_an_hour(jitter: Callable[[], float]) -> list[float]:
    total, found = 0.0, []
    for pause in pauses(100, jitter):
        total += pause
        if total > 3600:
            break
        found.append(pause)
    return found
