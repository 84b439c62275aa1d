"""The chart: the same for the same figures, bars as high as they should be, and nothing imported before it is drawn."""

import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.limits.chart import HEIGHT, WIDTH, Chart, Series, compact, draw
from tests.examples import share_of_examples

COLOURS = {0: (0x56, 0xB4, 0xE9), 1: (0xE6, 0x9F, 0x00), 2: (0x00, 0x9E, 0x73), 3: (0xF0, 0xE4, 0x42)}


def week(*series: list[int]) -> Chart:
    """Return a chart of some series over seven days."""
    days = [f"{day} Nov" for day in range(23, 30)]
    return Chart("Questions", days, [Series(f"Bot {n}", n, values) for n, values in enumerate(series)])


def heights(chart: Chart) -> list[list[int]]:
    """Return how many pixels high each series is drawn in each column."""
    with Image.open(BytesIO(draw(chart))) as image:
        assert (image.size, image.mode) == ((WIDTH, HEIGHT), "RGB")
        pixels = image.load()
    assert pixels is not None
    found = []
    for column in range(len(chart.columns)):
        centre = 60 + round((WIDTH - 56 - 60) * (column + 0.5) / len(chart.columns))
        drawn = [pixels[centre, y] for y in range(140, HEIGHT - 60)]
        found.append([drawn.count(COLOURS[each.colour]) for each in chart.series])
    return found


def test_bars_are_as_high_as_their_values() -> None:
    drawn = heights(week([10, 20, 40, 0, 10, 20, 40], [30, 20, 0, 0, 30, 20, 0]))
    unit = drawn[2][0] / 40
    for (one, other), values in zip(
        drawn, [(10, 30), (20, 20), (40, 0), (0, 0), (10, 30), (20, 20), (40, 0)], strict=True
    ):
        assert (one, other) == pytest.approx((values[0] * unit, values[1] * unit), abs=5)


def test_one_question_can_be_seen_beside_a_million() -> None:
    drawn = heights(week([1_000_000, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0]))
    assert (drawn[1][0], drawn[2][1]) == (1, 1)
    assert drawn[3] == [0, 0]


def test_it_is_the_same_for_the_same_figures_and_another_for_others() -> None:
    assert draw(week([1, 2, 3, 4, 5, 6, 7])) == draw(week([1, 2, 3, 4, 5, 6, 7]))
    assert draw(week([1, 2, 3, 4, 5, 6, 7])) != draw(week([1, 2, 3, 4, 5, 6, 8]))


@share_of_examples(0.25)
@given(
    st.integers(1, 30).flatmap(
        lambda days: st.lists(st.lists(st.integers(0, 10**12), min_size=days, max_size=days), min_size=1, max_size=8)
    )
)
def test_any_figures_can_be_drawn(values: list[list[int]]) -> None:
    series = [Series(f"Chatbot {number}", number, each) for number, each in enumerate(values)]
    drawn = draw(Chart("Questions", [f"{day} November" for day in range(len(values[0]))], series))
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) < 200_000


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (999, "999"), (1000, "1k"), (2500, "2.5k"), (1_500_000, "1.5M"), (10**9, "1G")]
)
def test_numbers_at_the_axis_are_short(number: int, shown: str) -> None:
    assert compact(number) == shown


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_they_are_never_long(one: int, other: int) -> None:
    assert all(len(compact(each)) <= 6 for each in (one, other))


def test_the_library_is_imported_only_to_draw() -> None:
    script = "import sys, bot.limits.chart, bot.limits.usage_reports; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
