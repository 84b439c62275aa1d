"""Code in a text that is still arriving: passed on as it is, character for character, to where it ends.

Which text is code, Discord and Markdown do not quite agree on; what either takes for code is left alone.
"""

import re

from bot.text.markdown.lookahead import LookaheadBuffer, Output, Parser

LEAST_FENCE = 3
"""How many backticks or tildes in a row make a fence."""

_REST = re.compile(r"[^\n]+")
_RUNS = {"`": re.compile("`+"), "~": re.compile("~+")}
_RESTS = {"`": re.compile(r"[^`\n]+"), "~": re.compile(r"[^~\n]+")}
_MOST_INDENT = 3
"""How much further than its opening fence a closing one may be indented: CommonMark 0.31, "Fenced code blocks"."""


def pass_run(source: LookaheadBuffer, emit: Output, char: str) -> Parser[int]:
    """Pass on all of `char` that stands here in a row, and return how many there were."""
    count = 0
    while (yield from source.peek()) == char:
        run = source.take_run(_RUNS[char])
        emit(run)
        count += len(run)
    return count


def pass_rest_of_line(source: LookaheadBuffer, emit: Output) -> Parser[None]:
    """Pass on what is left of a line, with its end."""
    while (yield from source.peek()) not in ("", "\n"):
        emit(source.take_run(_REST))
    emit(source.take(1))


class Fence:
    """What opened a block of code: so many of `char`, a backtick or a tilde, indented so far."""

    def __init__(self, char: str, size: int, indent: int) -> None:
        self._char = char
        self._size = size
        self._indent = indent

    def pass_opening(self, source: LookaheadBuffer, emit: Output) -> Parser[bool]:
        """Pass on the rest of the opening line; returns whether a block is open then.

        Where a fence stands in that line too, what was between the two was code within a line, and the line goes on.
        """
        while (char := (yield from source.peek())) not in ("", "\n"):
            if char != self._char:
                emit(source.take_run(_RESTS[self._char]))
            elif (yield from pass_run(source, emit, char)) >= (self._size if char == "`" else 1):
                return False
        emit(source.take(1))
        return True

    def pass_line(self, source: LookaheadBuffer, emit: Output) -> Parser[bool]:
        """Pass on a line of the block; returns whether the block is still open then.

        It ends with a fence as long as its own at the end of a line. Markdown wants that to stand alone; that it may
        stand behind code too is for those who forget the line's end, and since Discord ends the block there as well.
        """
        indent = yield from source.skip(0)
        emit(source.take(indent))
        may_close = indent <= self._indent + _MOST_INDENT
        while (char := (yield from source.peek())) not in ("", "\n"):
            if char == self._char:
                count = yield from pass_run(source, emit, char)
                emit(source.take((yield from source.skip(0))))
                if may_close and count >= self._size and (yield from source.peek()) in ("", "\n"):
                    emit(source.take(1))
                    return False
            else:
                emit(source.take_run(_RESTS[self._char]))
            may_close = self._char == "`"
        emit(source.take(1))
        return True
