"""LaTeX's environments, drawn on one line: matrices and cases. The others stay rows of a formula."""

import re

from bot.text.latex.symbols import MATRICES

ROW, CELL = "\n", "\t"
"""How rows, and cells within them, are kept apart while a formula is read."""

_NEXT_CELL = re.compile(rf"{CELL}\s*")


def draw_environment(name: str, body: str) -> str:
    """Return what the environment `name` shows, whose `body` was read already."""
    if name == "cases":
        rows = (_join_cells(row).strip() for row in body.split(ROW))
        return "{" + "; ".join(row for row in rows if row) + "}"
    if name in MATRICES:
        rows = (" ".join(row.split()) for row in body.split(ROW))
        return MATRICES[name][0] + "; ".join(row for row in rows if row) + MATRICES[name][1]
    return body


def _join_cells(row: str) -> str:
    """Return the cells of a row with one comma between each two, also if a cell ends with its own."""
    *cells, last = _NEXT_CELL.split(row)
    return "".join(f"{cell.rstrip().removesuffix(',')}, " for cell in cells) + last
