"""Draws a bar chart: a bar for each column, stacked by series. Pillow is imported when a chart is asked for.

The colours are those that Okabe and Ito chose to be told apart by the colour-blind (https://jfly.uni-koeln.de/color/).
They are on a dark card of their own, so that it does not matter which theme Discord has. Text is large enough for a
phone, which shows the picture at less than half its size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = ImageFont | FreeTypeFont

WIDTH, HEIGHT = 960, 600
"""Pixels."""

_CARD, _GRID, _DIM, _BRIGHT = "#232428", "#45474e", "#c4c6cc", "#ffffff"
_COLOURS = ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#dddddd")

_TITLE_SIZE, _TEXT_SIZE = 32, 26
_MARGIN = 28
_GAP = 2
"""Pixels between two parts of a bar, so that they can be told apart without colours."""

_MAX_BAR = 120
_BAR_SHARE = 0.74
"""How much of its column a bar takes."""

_TICKS = 5
"""How many lines there are above the axis at most."""

_LABEL_GAP = 16


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar: its name, the number of its colour, and a value of 0 or more for each column."""

    name: str
    colour: int
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn; `columns` are the labels below the bars, and the first series is at the bottom."""

    title: str
    columns: Sequence[str]
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class _Plot:
    """The area of the bars in pixels, and the value at its top."""

    left: int
    top: int
    right: int
    bottom: int
    highest: int

    def y(self, value: float) -> int:
        """Return how far down a value is."""
        return round(self.bottom - (self.bottom - self.top) * value / self.highest)


def draw(chart: Chart) -> bytes:
    """Return the chart as a PNG file, the same for the same chart; takes some 50 ms of processor time."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), _CARD)
    canvas = ImageDraw.Draw(image)
    text = ImageFont.load_default(_TEXT_SIZE)
    canvas.text((_MARGIN, _MARGIN), chart.title, _BRIGHT, ImageFont.load_default(_TITLE_SIZE))
    top = _draw_legend(canvas, text, chart.series, _MARGIN + _TITLE_SIZE + 20)
    highest = max((sum(values) for values in zip(*(each.values for each in chart.series), strict=True)), default=0)
    step = _tick_step(highest)
    ticks = range(0, max(highest, 1) + step, step)
    labels = {value: compact(value) for value in ticks}
    left = _MARGIN + round(max(canvas.textlength(label, text) for label in labels.values())) + 14
    plot = _Plot(left, top + 34, WIDTH - 2 * _MARGIN, HEIGHT - _MARGIN - _TEXT_SIZE - 12, max(labels))
    for value, label in labels.items():
        canvas.line((plot.left, plot.y(value), plot.right, plot.y(value)), _GRID, 2 if value == 0 else 1)
        canvas.text((plot.left - 14, plot.y(value)), label, _DIM, text, anchor="rm")
    _draw_bars(canvas, plot, chart)
    _draw_columns(canvas, text, plot, chart.columns)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _draw_legend(canvas: "ImageDraw", text: "Font", series: Sequence[Series], top: int) -> int:
    """Draw the series' names, in as many lines as they take; return where they end."""
    left = _MARGIN
    for each in series:
        width = 24 + 10 + round(canvas.textlength(each.name, text))
        if left > _MARGIN and left + width > WIDTH - _MARGIN:
            left, top = _MARGIN, top + _TEXT_SIZE + 12
        canvas.rectangle((left, top + 3, left + 24, top + 27), _colour_of(each))
        canvas.text((left + 34, top + 15), each.name, _BRIGHT, text, anchor="lm")
        left += width + 28
    return top + _TEXT_SIZE


def _draw_bars(canvas: "ImageDraw", plot: _Plot, chart: Chart) -> None:
    width = (plot.right - plot.left) / len(chart.columns)
    half = min(width * _BAR_SHARE, _MAX_BAR) / 2
    for number, centre in enumerate(_centres(plot, len(chart.columns))):
        below = 0
        for each in chart.series:
            value = each.values[number]
            if not value:
                continue
            low = plot.y(below) - (_GAP if below else 0)
            high = min(plot.y(below + value), low - 1)  # one question can be seen beside a million
            canvas.rectangle((round(centre - half), high, round(centre + half) - 1, low - 1), _colour_of(each))
            below += value


def _draw_columns(canvas: "ImageDraw", text: "Font", plot: _Plot, columns: Sequence[str]) -> None:
    """Label the last column, and as many before it as there is room for, at even distances."""
    width = (plot.right - plot.left) / len(columns)
    widest = max(canvas.textlength(label, text) for label in columns)
    every = -(-round(widest + _LABEL_GAP) // max(int(width), 1))
    for number, centre in enumerate(_centres(plot, len(columns))):
        if (len(columns) - 1 - number) % every == 0:
            reach = canvas.textlength(columns[number], text) / 2
            canvas.text((min(centre, WIDTH - reach - 8), plot.bottom + 12), columns[number], _DIM, text, anchor="mt")


def _centres(plot: _Plot, columns: int) -> Iterator[float]:
    width = (plot.right - plot.left) / columns
    return (plot.left + width * (number + 0.5) for number in range(columns))


def _colour_of(series: Series) -> str:
    return _COLOURS[series.colour % len(_COLOURS)]


def _tick_step(highest: int) -> int:
    """Return a round number of which at most five reach as high."""
    wanted = max(-(-highest // _TICKS), 1)
    power = int(10 ** (len(str(wanted)) - 1))
    rounds = (power, 2 * power, 5 * power // 2 if power > 1 else 3, 5 * power, 10 * power)
    return next(step for step in rounds if step >= wanted)


def compact(number: int) -> str:
    """Return a number in at most five characters, such as "950", "12k" or "1.5M"."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return str(number)
