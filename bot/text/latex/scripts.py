"""What stands above and below a line of a formula, and what needs brackets once it no longer does."""

import re
from unicodedata import category, normalize

from bot.text.latex.symbols import LOWERED, RAISED

FACTOR = re.compile(r"[\w.′°∞√∂∇⃗^]*\([^()]*\)|[\w.′°∞√∂∇⃗]+|[^\s+\-−/·×±=,]")
DIVISOR = re.compile(r"(?:[^\W\d][\w′]*\^?)?\([^()]*\)|[\d.]+|[√∂∇]?[^\W\d][\w′⃗]*|[^\s+\-−/·×±=,]")
_SCRIPT = re.compile(r"[\d.]+|[A-Za-z]{3,}|.")
"""What is read as one: above or before another, below a line, and behind `^` or `_`."""

_MARKS = ("Mn", "Mc", "Me")
"""Unicode's categories of what is drawn above, below or around the character before it."""


def enclose(part: str, alone: re.Pattern[str]) -> str:
    """Return `part`, in brackets if it would not be read as one without."""
    return part if not part or alone.fullmatch(part) else f"({part})"


def draw_scripts(lower: str, upper: str) -> str:
    """Return the scripts of a letter or a bracket: in small characters, or behind `_` and `^`."""
    if upper == "∘":
        return draw_scripts(lower, "") + "°"
    below, above = _shrink(lower, LOWERED), _shrink(upper, RAISED)
    below = f"_{enclose(lower, _SCRIPT)}" if below is None else below
    return below + (f"^{enclose(upper, _SCRIPT)}" if above is None else above)


def draw_accent(text: str, mark: str) -> str:
    """Return `text` with a combining `mark` above each of its characters that does not have it yet.

    Marks that are there already stay below it and get none of their own, so accents in accents add up, never multiply.
    """
    shown: list[str] = []
    is_bare, has_mark = False, True  # of the last character; before the first, there is nothing to mark
    for char in (*text, ""):
        if char > "\u02ff" and category(char) in _MARKS:
            is_bare, has_mark = False, has_mark or char == mark
        else:
            if not has_mark:
                shown.append(normalize("NFC", shown.pop() + mark) if is_bare else mark)
            is_bare, has_mark = True, char in "\t\n" or (not char.isascii() and mark in normalize("NFD", char))
        shown.append(char)
    return "".join(shown)


def draw_bounds(lower: str, upper: str) -> str:
    """Return the bounds of a sum or a limit: in small characters, or both in brackets."""
    below, above = _shrink(lower, LOWERED), _shrink(upper, RAISED)
    if below is not None and above is not None:
        return below + above
    return f"[{lower}…{upper}]" if upper else f"[{lower}]"


def _shrink(script: str, table: dict[int, int]) -> str | None:
    """Return a script in small characters, None if there are none for it."""
    script = script.replace(" ", "")
    return script.translate(table) if all(ord(char) in table for char in script) else None
