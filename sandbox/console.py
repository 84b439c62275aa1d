"""Prints a demonstration: plain lines of at most 100 columns, in colour on a terminal."""

import os
import textwrap
from collections.abc import Mapping
from enum import Enum
from typing import Self, TextIO

WIDTH = 100


class Style(Enum):
    """How a line looks in a terminal, as the parameters of ANSI's "select graphic rendition"."""

    PLAIN = ""
    BOLD = "1"
    FAINT = "2"
    PERSON = "36"
    BOT = "35"
    GOOD = "32"
    BAD = "1;31"


class Console:
    """Prints lines, wrapped and flushed one by one, so that a reader can watch."""

    def __init__(self, out: TextIO, *, colour: bool = False) -> None:
        self._out = out
        self._colour = colour

    @classmethod
    def facing(cls, out: TextIO, environment: Mapping[str, str] = os.environ) -> Self:
        """Return paper in colour if `out` is a terminal and `NO_COLOR` is unset (https://no-color.org)."""
        return cls(out, colour=out.isatty() and not environment.get("NO_COLOR"))

    def line(self, text: str = "", ink: Style = Style.PLAIN) -> None:
        """Print one line as it is."""
        if self._colour and ink is not Style.PLAIN and text:
            text = f"\x1b[{ink.value}m{text}\x1b[0m"
        self._out.write(f"{text}\n")
        self._out.flush()

    def text(self, text: str, ink: Style = Style.PLAIN, *, first: str = "", then: str | None = None) -> None:
        """Print a text, its long lines wrapped, `first` before its first line and `then` (or `first`) before others."""
        then = first if then is None else then
        lead = first
        for line in text.split("\n"):
            rows = textwrap.wrap(
                line,
                WIDTH,
                initial_indent=lead,
                subsequent_indent=then,
                replace_whitespace=False,
                break_on_hyphens=False,
            )
            for row in rows or [lead]:
                self.line(row.rstrip(), ink)
            lead = then
