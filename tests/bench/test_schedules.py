"""The best schedules are the best of all there are; the table and the pictures say what was measured."""

from itertools import combinations
from xml.etree import ElementTree

import pytest

from bench.figures import Figure, percentile, show
from bench.pictures import draw
from bench.schedules import EDITS, WINDOW, best_staleness, last_final, longest_gap, staleness

EVERY = 1.0
"""Seconds between pieces, long enough for all schedules to be tried: a window then holds five pieces."""


def allowed(edits: tuple[int, ...], most: int) -> bool:
    """Tell whether Discord takes edits at these seconds, `most` in each window that an edit opens."""
    opened, used = float("-inf"), 0
    for at in edits:
        if at >= opened + WINDOW:
            opened, used = at, 0
        used += 1
        if used > most:
            return False
    return True


def seen_at(edits: tuple[int, ...]) -> list[tuple[float, int]]:
    return [(0.0, 1), *((float(at), at + 1) for at in edits)]


@pytest.mark.parametrize("pieces", [3, 6, 9, 13])
def test_no_schedule_at_all_is_better_than_the_best(pieces: int) -> None:
    # Of pieces one a second every one may be shown at once: so few edits are allowed here that it matters.
    arrivals = [float(at) for at in range(pieces)]
    end = pieces - 1
    tried = [
        staleness(arrivals, seen_at((*chosen, end)))
        for count in range(end)
        for chosen in combinations(range(1, end), count)
        if allowed((*chosen, end), EDITS)
    ]
    assert best_staleness(pieces, EVERY) == pytest.approx(min(tried))


@pytest.mark.parametrize("kept", [1, 2])
@pytest.mark.parametrize("pieces", [7, 11, 14])
def test_with_slots_kept_the_last_edit_alone_may_use_them(pieces: int, kept: int) -> None:
    arrivals, end = [float(at) for at in range(pieces)], pieces - 1
    tried = [
        staleness(arrivals, seen_at((*chosen, end)))
        for count in range(end)
        for chosen in combinations(range(1, end), count)
        if allowed(chosen, EDITS - kept) and allowed((*chosen, end), EDITS)
    ]
    assert best_staleness(pieces, EVERY, kept=kept) == pytest.approx(min(tried))


def test_staleness_is_the_age_of_what_arrived_first_and_is_not_seen() -> None:
    # Unseen: the second piece from 1 to 3, the third from 2, shown together at 3; then nothing until 4.
    assert staleness([0.0, 1.0, 2.0, 4.0], [(0.0, 1), (3.0, 3), (4.0, 4)]) == pytest.approx((2 * 2 / 2) / 4)
    assert staleness([0.0, 2.0], [(0.0, 1), (2.0, 2)]) == 0


def test_the_last_of_many_finals_waits_for_those_before_it() -> None:
    assert last_final([0.0] * 200) == pytest.approx(199 / 50)
    assert last_final([number * 0.01 for number in range(200)]) == pytest.approx(199 * 0.01)
    assert last_final([number * 0.1 for number in range(100)]) == 0


def test_the_longest_gap_lies_between_neighbours() -> None:
    assert longest_gap([1.0, 2.0, 4.5, 5.0]) == 2.5
    assert longest_gap([1.0]) == 0


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        (Figure("", 1.2, bound=1.0, must=1.2), True),
        (Figure("", 1.3, bound=1.0, must=1.2), False),
        (Figure("", 24, bound=5, must=20, rule="beyond"), True),
        (Figure("", 26, bound=5, must=20, rule="beyond"), False),
        (Figure("", 1, must=0, rule="max"), False),
        (Figure("", 1e9), True),
    ],
)
def test_a_figure_knows_whether_it_is_what_it_must_be(figure: Figure, kept: bool) -> None:
    assert figure.kept is kept
    assert ("over" in show([figure])) is not kept


def test_a_percentile_of_few_samples_is_the_largest() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile([float(number) for number in range(1000)], 0.5) == 500.0


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_picture_holds_its_curves_and_is_well_formed(logarithmic: bool) -> None:
    curves = {"one & two": [(1.0, 2.0), (10.0, 4.0)], "steps": [(1.0, 1.0), (5.0, 3.0)]}
    picture = draw("<title>", "x", "y", curves, steps=("steps",), logarithmic=logarithmic)
    root = ElementTree.fromstring(picture)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<title>", "— one & two", "— steps"} <= set(texts)
