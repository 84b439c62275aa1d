"""Tables, which Discord does not draw: columns in a block of code where they fit a phone, else a paragraph a row.

Columns line up only in a block of code, and a block of code shows neither bold text nor links, and folds long lines. So
a table is drawn in columns where all of its lines fit, and nothing in it has to be drawn.
"""

import re

from bot.text.code_fences import FENCE
from bot.text.markdown.tables.cells import draw_cell, holds_spoiler, measure, split_row, strip_styles

MAX_COLUMNS = 36
"""How many characters a line of code may have so that a phone held upright does not fold it: an estimate."""

MAX_HELD = 800
"""How many characters of a table that fits are waited for, since one more row may change all of it. Then it is shown,
and further rows in columns as wide as they are by then."""

MAX_GROWTH = 8
"""How many times as long as its source a table may become: room for names of columns that are far longer than cells."""

_GAP = "  "
_NEEDS_DRAWING = re.compile(rf"\]\(|https?://|<(?:[@#:/]|a:|t:|id:)|{FENCE}")


class Table:
    """A table while it grows: rows go in, lines that show it come out, never a part of a row.

    With `in_columns` false it is never drawn in columns.
    """

    def __init__(self, header: list[str], sides: list[str], *, in_columns: bool = True) -> None:
        cells = [draw_cell(cell) for cell in header]
        self._columns = _Columns(cells, sides) if in_columns else None
        self._paragraphs = _Paragraphs([strip_styles(cell).replace("`", "\\`") for cell in cells])
        self._count = len(header)
        self._held: list[list[str]] = []
        self._size = 0
        self._taken = sum(map(len, header)) + len(header)
        self._shown = 0
        self._is_bare = False
        if self._columns is not None and not self._columns.take(cells):
            self._columns = None

    @property
    def in_columns(self) -> bool:
        """Whether it is drawn in columns, as far as is known yet."""
        return self._columns is not None

    def add(self, line: str) -> str:
        """Take the next row, and return what is to be shown now."""
        self._taken += len(line) + 1
        row = [draw_cell(cell) for cell in split_row(line, self._count)]
        if self._columns is None or self._columns.opened:
            return self._draw(row)
        self._held.append(row)
        self._size += len(line) + 1
        if not self._columns.take(row):
            self._columns = None
            return "".join(map(self._draw, self._held))
        return self._open(self._columns) if self._size > MAX_HELD else ""

    def end(self) -> str:
        """Return what is still to be shown."""
        if self._columns is not None:
            return ("" if self._columns.opened else self._open(self._columns)) + f"{FENCE}\n"
        return "" if self._shown else self._paragraphs.draw_header()

    def _open(self, columns: "_Columns") -> str:
        return columns.open() + "".join(map(self._draw, self._held))

    def _draw(self, row: list[str]) -> str:
        """Return a row; a bare one from where the table would become too long: then it is blanks or names mostly."""
        shown = self._draw_as(row, is_bare=self._is_bare)
        if not self._is_bare and self._shown + len(shown) > MAX_GROWTH * self._taken:
            self._is_bare = True
            shown = self._draw_as(row, is_bare=True)
        self._shown += len(shown)
        return shown

    def _draw_as(self, row: list[str], *, is_bare: bool) -> str:
        if self._columns is not None:
            return self._columns.draw(row, is_bare=is_bare)
        paragraph = self._paragraphs.draw(row, is_bare=is_bare)
        return f"\n{paragraph}" if paragraph and self._shown else paragraph


class _Columns:
    """Columns of a block of code, as wide as the rows that it took before it was opened."""

    def __init__(self, header: list[str], sides: list[str]) -> None:
        self.opened = False
        self._header = header
        self._sides = sides
        self._widths = [1] * len(sides)

    def take(self, cells: list[str]) -> bool:
        """Take a row, and tell whether it fits."""
        for index, cell in enumerate(cells):
            self._widths[index] = max(self._widths[index], measure(strip_styles(cell)))
        width = sum(self._widths) + len(_GAP) * (len(self._widths) - 1)
        return width <= MAX_COLUMNS and not any(_NEEDS_DRAWING.search(cell) or holds_spoiler(cell) for cell in cells)

    def open(self) -> str:
        """Return the beginning of the block, with the header."""
        self.opened = True
        rule = _GAP.join("-" * width for width in self._widths)
        return f"{FENCE}\n{self.draw(self._header, is_bare=False)}{rule}\n"

    def draw(self, cells: list[str], *, is_bare: bool) -> str:
        """Return a row, a bare one without the blanks that line it up."""
        stripped = map(strip_styles, cells)
        shown = _GAP.join(stripped if is_bare else map(_pad, stripped, self._widths, self._sides))
        return shown.rstrip().replace(FENCE, "'''") + "\n"


class _Paragraphs:
    """A paragraph for each row: the first cell, and below it the others as a list, each behind its column's name."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def draw(self, cells: list[str], *, is_bare: bool) -> str:
        """Return a row, a bare one without the columns' names; an empty string for a row without text."""
        fields = enumerate(zip(self._names, cells, strict=False))
        lines = (
            self._draw_field("" if is_bare else name, cell, first=index == 0) for index, (name, cell) in fields if cell
        )
        return "".join(f"{line}\n" for line in lines)

    def _draw_field(self, name: str, cell: str, *, first: bool) -> str:
        label = f"**{name}{'' if name[-1] in ':?!' else ':'}** " if name else ""
        if not first:
            return f"- {label}{cell}"
        return label + cell if label or "`" in cell else f"**{cell.replace('**', '')}**"

    def draw_header(self) -> str:
        """Return what stands for a table without rows."""
        names = [name for name in self._names if name]
        return f"**{' · '.join(names)}**\n" if names else ""


def _pad(text: str, width: int, side: str) -> str:
    missing = max(0, width - measure(text))
    left = {"<": 0, "^": missing // 2, ">": missing}[side]
    return " " * left + text + " " * (missing - left)
