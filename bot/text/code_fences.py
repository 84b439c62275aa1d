"""Code fences as Discord reads them: every three backticks in a row open or close a block, wherever they stand."""

import re
from bisect import bisect_left
from dataclasses import dataclass

FENCE = "```"

_FENCE = re.compile(FENCE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+\-.#]{1,30}(?=\n)")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A code block: where its content begins, where its closing fence begins (the text's end where it has none).

    `start` is where its opening fence begins; for a block that was open before the text, that is the text's own start.
    `language` is what colours it, and `closed` tells whether its closing fence was found.
    """

    start: int
    content: int
    end: int
    language: str
    closed: bool


class CodeBlocks:
    """The code blocks of `text[start:end]`; `inherited` is the language of one that is open at `start`, None if none.

    What is found for one `end` is found for every later one too, save that an open block may close.
    """

    def __init__(self, text: str, start: int, end: int, inherited: str | None) -> None:
        self.start, self.end = start, end
        self._text = text
        self._inherited = inherited
        self._fences = [fence.start() for fence in _FENCE.finditer(text, start, end)]
        self._first = 0 if inherited is None else 1
        """Which fence is the first to open a block; every other one from there does."""

    @property
    def starts(self) -> list[int]:
        """Where the blocks begin that are opened here, in order."""
        return self._fences[self._first :: 2]

    def around(self, position: int) -> tuple[CodeBlock | None, int]:
        """Return the last block that begins before `position`, and where the next begins, or else the text's end."""
        past = bisect_left(self._fences, position)
        opener = past - 1 if past % 2 != self._first else past - 2
        following = opener + 2
        return self._block(opener), self._fences[following] if following < len(self._fences) else self.end

    def enclose(self, position: int) -> bool:
        """Tell whether `position` is inside a block."""
        block, _ = self.around(position)
        return block is not None and position < block.end

    def _block(self, opener: int) -> CodeBlock | None:
        """Return the block that is opened by that fence; -1 stands for the one that was open before, if one was."""
        if opener < (0 if self._inherited is None else -1):
            return None
        closed = opener + 1 < len(self._fences)
        end = self._fences[opener + 1] if closed else self.end
        if opener < 0:
            return CodeBlock(self.start, self.start, end, self._inherited or "", closed)
        start = self._fences[opener]
        language = language_at(self._text, start + len(FENCE), self.end)
        return CodeBlock(start, start + len(FENCE) + len(language), end, language, closed)


def find_open(text: str, start: int, end: int, inherited: str | None) -> CodeBlock | None:
    """Return the block of `text[start:end]` that is still open at its end, or None; arguments as of `CodeBlocks`.

    That none is, the most frequent case, is found by counting alone.
    """
    if text.count(FENCE, start, end) % 2 == (inherited is not None):
        return None
    return CodeBlocks(text, start, end, inherited).around(end)[0]


def language_at(text: str, start: int, end: int) -> str:
    """Return the language that a fence names which ends at `start`, an empty string if it names none."""
    match = _LANGUAGE.match(text, start, end)
    return match[0] if match else ""
