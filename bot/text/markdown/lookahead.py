"""A text that is read from its beginning while it is still arriving: reading waits for what is not there yet.

Readers are generators. They look ahead as if all of the text were there; where it is not, they yield until it is. So
what they make of a text cannot depend on the pieces in which it came.
"""

import re
from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Parser: TypeAlias = Generator[None, None, T]
"""A reader: it yields where it has to wait for more text, and returns what it found."""

Output: TypeAlias = Callable[[str], None]
"""Takes what is to be shown; that is never taken back."""

BLANKS = " \t\r"
MAX_LINE = 1000
"""How many characters of a line are looked at before it is known what the line is. A longer one is shown as it is."""

_MAX_BEFORE = 8
"""How many characters that were taken are kept."""


def measure_columns(blanks: str) -> int:
    """Return how far a line is indented that begins with `blanks`; what is behind a carriage return does not count."""
    return len(blanks[: len(blanks) - len(blanks.lstrip(" \t"))].expandtabs(4))


class LookaheadBuffer:
    """The part of a text that was not taken yet. All offsets count from the first character that was not."""

    def __init__(self) -> None:
        self.last = ""
        """The character that was taken last."""
        self.position = 0
        """How many characters were taken."""
        self._text = ""
        self._at = 0
        self._line: int | None = 0
        self._ended = False

    def add(self, text: str) -> None:
        """Append `text`."""
        kept = max(0, self._at - _MAX_BEFORE if self._line is None else self._line)
        self._text = self._text[kept:] + text
        self._at -= kept
        if self._line is not None:
            self._line = 0 if self._at <= MAX_LINE else None

    def end(self) -> None:
        """Say that nothing more arrives."""
        self._ended = True

    def begin_line(self) -> None:
        """Take note that a line begins here."""
        self._line = self._at

    def before(self, count: int) -> str:
        """Return the last so many characters that were taken, at most eight."""
        return self._text[max(0, self._at - count) : self._at]

    def line_so_far(self) -> str:
        """Return what was taken since the line began, an empty string where that is too much."""
        if self._line is None or self._at - self._line > MAX_LINE:
            return ""
        return self._text[self._line : self._at]

    def peek(self, ahead: int = 0) -> Parser[str]:
        """Return the character at an offset, an empty string beyond the end of the text."""
        while (char := self.arrived(ahead)) is None:
            yield
        return char

    def arrived(self, ahead: int) -> str | None:
        """Return what `peek` does, but None instead of waiting: quicker, for each of many characters."""
        if self._at + ahead < len(self._text):
            return self._text[self._at + ahead]
        return "" if self._ended else None

    def ahead(self, start: int, end: int) -> str:
        """Return what stands between two offsets that were peeked at."""
        return self._text[self._at + start : self._at + end]

    def take(self, count: int) -> str:
        """Take so many characters that were peeked at, and return them."""
        taken = self._text[self._at : self._at + count]
        self._at += count
        self.position += count
        if taken:
            self.last = taken[-1]
        return taken

    def take_run(self, pattern: re.Pattern[str]) -> str:
        """Take what has arrived and matches `pattern`, which must hold for each of its characters by itself."""
        match = pattern.match(self._text, self._at)
        return self.take(len(match[0])) if match else ""

    def skip(self, start: int, chars: str = BLANKS, max_end: int = MAX_LINE) -> Parser[int]:
        """Return the first offset from `start` on whose character is none of `chars`; `max_end` is the furthest."""
        while start < max_end:
            ahead = self._text[self._at + start : self._at + max_end]
            rest = ahead.lstrip(chars)
            start += len(ahead) - len(rest)
            if rest or self._ended:
                break
            if start < max_end:
                yield
        return start

    def find(self, pattern: re.Pattern[str], start: int, max_end: int, longest: int = 1) -> Parser[int]:
        """Return the offset of what matches first from `start` on; `max_end` or the text's end if nothing does.

        `longest` is how many characters a match may have.
        """
        while True:
            if match := pattern.search(self._text, self._at + start, self._at + max_end):
                return match.start() - self._at
            arrived = len(self._text) - self._at
            if self._ended or arrived >= max_end:
                return max(start, min(arrived, max_end))
            start = max(start, arrived - longest + 1)
            yield

    def line(self, start: int) -> Parser[str | None]:
        """Return the line from `start` on without its end, None if it is too long."""
        searched = start
        while True:
            arrived = min(len(self._text) - self._at, start + MAX_LINE + 1)
            found = self._text.find("\n", self._at + searched, self._at + arrived)
            length = found - self._at if found >= 0 else arrived
            if length - start > MAX_LINE:
                return None
            if found >= 0 or self._ended:
                return self.ahead(start, length)
            searched = length
            yield
