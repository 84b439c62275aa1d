"""Tables, which Discord does not draw: columns in a block of code where they fit a phone, else a paragraph a row.

Columns line up only in a block of code, and a block of code shows neither bold text nor links, and folds long lines. So
a table is drawn in columns where all of its lines fit, and nothing in it has to be drawn.
"""

import re

from bot.text.code_fences import FENCE
from bot.text.markdown.table_cells import draw_cell, measure, split_row, strip_styles

MOST_COLUMNS = 36
"""How many characters a line of code may have so that a phone held upright does not fold it: an estimate."""

MOST_HELD = 800
"""How many characters of a table that fits are waited for, since one more row may change all of it. Then it is shown,
and further rows in columns as wide as they are by then."""

_GAP = "  "
_NEEDS_DRAWING = re.compile(rf"\]\(|https?://|<(?:[@#:/]|a:|t:|id:)|{FENCE}")


class Table:
    """A table while it grows: rows go in, lines that show it come out, never a part of a row.

    With `in_columns` false it is never drawn in columns, and with `headed` its header stands above it already.
    """

    def __init__(self, header: list[str], sides: list[str], *, in_columns: bool = True, headed: bool = False) -> None:
        cells = [draw_cell(cell) for cell in header]
        self._columns = _Columns(sides) if in_columns else None
        self._paragraphs = _Paragraphs([strip_styles(cell) for cell in cells], headed=headed)
        self._count = len(header)
        self._held: list[list[str]] = []
        self._size = 0
        if self._columns is not None and not self._columns.take(cells):
            self._columns = None

    @property
    def in_columns(self) -> bool:
        """Whether it is drawn in columns, as far as is known yet."""
        return self._columns is not None

    def add(self, line: str) -> str:
        """Take the next row, and return what is to be shown now."""
        cells = [draw_cell(cell) for cell in split_row(line, self._count)]
        if self._columns is None:
            return self._paragraphs.draw(cells)
        if self._columns.opened:
            return self._columns.draw(cells)
        self._held.append(cells)
        self._size += len(line) + 1
        if not self._columns.take(cells):
            self._columns = None
            return "".join(map(self._paragraphs.draw, self._held))
        return self._columns.open() if self._size > MOST_HELD else ""

    def end(self) -> str:
        """Return what is still to be shown."""
        if self._columns is None:
            return self._paragraphs.end()
        return ("" if self._columns.opened else self._columns.open()) + f"{FENCE}\n"


class _Columns:
    """Columns of a block of code, as wide as the rows that it took before it was opened."""

    def __init__(self, sides: list[str]) -> None:
        self.opened = False
        self._sides = sides
        self._widths = [1] * len(sides)
        self._rows: list[list[str]] = []

    def take(self, cells: list[str]) -> bool:
        """Take a row, and tell whether it fits."""
        self._rows.append(cells)
        self._widths = [
            max(width, measure(strip_styles(cell))) for width, cell in zip(self._widths, cells, strict=True)
        ]
        width = sum(self._widths) + len(_GAP) * (len(cells) - 1)
        return width <= MOST_COLUMNS and not any(map(_NEEDS_DRAWING.search, cells))

    def open(self) -> str:
        """Return the beginning of the block: the rows so far, of which the first is the header."""
        self.opened = True
        header, *rows = self._rows
        rule = _GAP.join("-" * width for width in self._widths)
        return f"{FENCE}\n{self.draw(header)}{rule}\n{''.join(map(self.draw, rows))}"

    def draw(self, cells: list[str]) -> str:
        """Return a row."""
        padded = map(_pad, map(strip_styles, cells), self._widths, self._sides)
        return _GAP.join(padded).rstrip().replace(FENCE, "'''") + "\n"


class _Paragraphs:
    """A paragraph for each row: the first cell, and below it the others as a list, each behind its column's name."""

    def __init__(self, names: list[str], *, headed: bool) -> None:
        self._names = names
        self._shown = headed
        self._begun = False

    def draw(self, cells: list[str]) -> str:
        """Return a row, a blank line before it where it is not the first."""
        fields = enumerate(zip(self._names, cells, strict=True))
        lines = [self._draw_field(name, cell, first=index == 0) for index, (name, cell) in fields if cell]
        if not lines:
            return ""
        before = "\n" if self._begun else ""
        self._shown = self._begun = True
        return before + "".join(f"{line}\n" for line in lines)

    def _draw_field(self, name: str, cell: str, *, first: bool) -> str:
        label = f"**{name}{'' if name[-1] in ':?!' else ':'}** " if name else ""
        if not first:
            return f"- {label}{cell}"
        return label + cell if label or "`" in cell else f"**{cell.replace('**', '')}**"

    def end(self) -> str:
        """Return the header, where there was no row to show it."""
        names = [name for name in self._names if name]
        return f"**{' · '.join(names)}**\n" if names and not self._shown else ""


def _pad(text: str, width: int, side: str) -> str:
    missing = max(0, width - measure(text))
    left = {"<": 0, "^": missing // 2, ">": missing}[side]
    return " " * left + text + " " * (missing - left)
