"""What kept words back: refusals and limits, and nothing else."""

import pytest

from sandbox.discord.limits.request_log import Limited
from sandbox.page.what_happened.waits import MAX_WAITS, Cause, find_waits, longest_lag
from tests.sandbox.what_happened.facts import create, edit, refused, request, run

STEADY = [(0.5 + number / 10, 10 * number) for number in range(1, 60)]


def test_edits_that_a_limit_spaces_are_one_wait() -> None:
    writes = [create(0.5), *(edit(0.5 + number * 1.25) for number in range(1, 5))]
    (wait,) = find_waits(run([request(arrivals=STEADY, ended_at=6.4)], writes))
    assert (wait.begin, wait.end, wait.cause, wait.gaps) == (0.6, 5.5, Cause.LIMIT, 4)
    assert wait.text == "one edit every 1.2\u00a0s: Discord allows 5 in 5\u00a0s"


def test_a_single_wait_says_how_many_edits_are_allowed() -> None:
    tight = Limited(1, 5.0, 0)
    writes = [create(0.5), edit(0.9), edit(5.9, limited=tight)]
    waits = find_waits(run([request(arrivals=STEADY, ended_at=6.4)], writes))
    assert [(wait.begin, wait.end) for wait in waits] == [(1.0, 5.9)]
    assert waits[0].text == "text waits for an edit: Discord allows 1 in 5\u00a0s"


def test_a_gap_in_which_no_words_came_is_no_wait() -> None:
    writes = [create(0.5), edit(9.0)]
    assert find_waits(run([request(arrivals=[(0.5, 10), (8.9, 20)], ended_at=9.0)], writes)) == []
    assert find_waits(run([request(arrivals=[(0.4, 10)], ended_at=0.5)], writes)) == []


def test_a_limit_is_not_blamed_for_short_gaps_or_without_one() -> None:
    assert find_waits(run([request(arrivals=STEADY)], [create(0.5), edit(0.9)])) == []
    assert find_waits(run([request(arrivals=STEADY)], [create(0.5), edit(3.0, limited=None)]))[0].cause is Cause.LIMIT
    bare = [edit(0.5, limited=None), edit(3.0, limited=None)]
    assert find_waits(run([request(arrivals=STEADY)], bare)) == []


def test_a_refusal_lasts_until_the_next_try() -> None:
    writes = [create(0.5), refused(1.0, 2.0), edit(3.1)]
    (wait,) = find_waits(run([request(arrivals=STEADY)], writes))
    assert (wait.begin, wait.end, wait.cause) == (1.0, 3.1, Cause.REFUSED)
    assert wait.text == "Discord refuses an edit (429): wait 2.0\u00a0s"


def test_refusals_one_after_another_are_one_wait() -> None:
    writes = [create(0.5), refused(1.0, 2.0), refused(3.0, 2.0), edit(5.0)]
    (wait,) = find_waits(run([request(arrivals=STEADY)], writes))
    assert (wait.begin, wait.end, wait.gaps) == (1.0, 5.0, 2)
    assert wait.text.startswith("Discord refuses 2 tries (429)")


def test_a_refusal_without_another_try_lasts_as_long_as_discord_said() -> None:
    assert find_waits(run([request()], [create(0.5), refused(1.0, 2.0)], running=True, now=9.0))[0].end == 3.0
    assert find_waits(run([request()], [create(0.5), refused(1.0, 20.0)], running=True, now=9.0))[0].end == 9.0


def test_there_are_never_many() -> None:
    writes = [write for at in range(2, 4000, 4) for write in (refused(at, 1.0), edit(at + 1), edit(at + 3))]
    parts = [(at + 0.5, at) for at in range(4000)]
    assert len(find_waits(run([request(arrivals=parts, ended_at=4000.0)], writes))) <= 2 * MAX_WAITS


@pytest.mark.parametrize(
    ("arrivals", "writes", "lag"),
    [
        ([(1.0, 1)], [create(1.1)], 0.1),
        ([(1.0, 1), (2.0, 2), (3.0, 3)], [create(1.5), edit(5.0)], 3.0),
        ([(1.0, 1)], [], 59.0),
        ([], [create(1.0)], 0.0),
    ],
)
def test_the_longest_lag(arrivals: list[tuple[float, int]], writes: list[object], lag: float) -> None:
    told = run([request(arrivals=arrivals)], writes, running=True)  # type: ignore[arg-type]
    assert longest_lag(told) == pytest.approx(lag)
