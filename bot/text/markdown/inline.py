"""What stands within lines: formulas, images, and HTML's line breaks and entities. Code within lines is left alone."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import ClassVar

from bot.text.latex.renderer import render_formula
from bot.text.markdown.code import LEAST_FENCE, Fence, pass_run
from bot.text.markdown.images import read_image
from bot.text.markdown.latex_spans import CLOSERS, find_closer, is_formula
from bot.text.markdown.lookahead import LookaheadBuffer, Output, Parser

_PLAIN = re.compile(r"[^\\`$!\[<&\n]+")
_CODE = re.compile(r"[^`\n]+")

_BREAK = re.compile(r"</?br */?>", re.IGNORECASE)
_BREAK_SO_FAR = re.compile(r"</?(?:b(?:r */?)?)?", re.IGNORECASE)
_LONGEST_BREAK = 10

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,12}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_ENTITY_SO_FAR = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{0,12}|#\d{0,6}|#[xX][0-9A-Fa-f]{0,5})")
_LONGEST_ENTITY = 16
_ACTIVE = "\\`*_~|"
"""What would be Markdown again if an entity stood for it."""


class InlineParser:
    """Rewrites lines, from wherever what stands within them begins."""

    def __init__(self, source: LookaheadBuffer, emit: Output) -> None:
        self.margin = ""
        """What a line that is added begins with."""
        self.indent = 0
        self.fence: Fence | None = None
        """The block of code that the last line opened."""
        self._source = source
        self._emit = emit
        self._ticks = 0

    def begin_block(self) -> None:
        """Say that a block begins: code within lines may go on over several of them, but not over blocks."""
        self._ticks = 0

    def rest_of_line(self) -> Parser[None]:
        """Rewrite what is left of a line, with its end."""
        self.fence = None
        while self.fence is None:
            if run := self._source.take_run(_CODE if self._ticks else _PLAIN):
                self._emit(run)
            char = yield from self._source.peek()
            if char in ("", "\n"):
                self._emit(self._source.take(1))
                return
            if char in self._REWRITERS and (not self._ticks or char == "`"):
                yield from self._REWRITERS[char](self)

    def _pass(self, count: int) -> None:
        self._emit(self._source.take(count))

    def _backtick(self) -> Parser[None]:
        count = yield from pass_run(self._source, self._emit, "`")
        if self._ticks:
            self._ticks = 0 if count == self._ticks else self._ticks
        elif count < LEAST_FENCE:
            self._ticks = count
        else:
            fence = Fence("`", count, self.indent)
            if (yield from fence.pass_opening(self._source, self._emit)):
                self.fence = fence

    def _backslash(self) -> Parser[None]:
        after = yield from self._source.peek(1)
        if f"\\{after}" in CLOSERS:
            yield from self._formula(f"\\{after}")
        else:
            self._pass(1 if after == "\n" else 2)

    def _dollar(self) -> Parser[None]:
        after = yield from self._source.peek(1)
        yield from self._formula("$$" if after == "$" else "$")

    def _formula(self, opener: str) -> Parser[None]:
        start, closer = len(opener), CLOSERS[opener]
        end = yield from find_closer(self._source, opener)
        shown = ""
        if end is not None:
            after = yield from self._source.peek(end + len(closer))
            tex = self._source.ahead(start, end)
            if is_formula(opener, tex, after):
                shown = render_formula(re.sub(r"\n[ >]*", "\n", tex) if ">" in self.margin else tex)
        if end is None or not shown:
            self._pass(start)
            return
        # Code that met other code would no longer be two of them.
        shown = shown.replace("\n", f"\n{self.margin}")
        before = " " if self._source.last == "`" and shown[0] == "`" else ""
        self._source.take(end + len(closer))
        self._emit(before + shown + (" " if shown[-1] == "`" and after and after in "`\\$" else ""))

    def _image(self) -> Parser[None]:
        found = yield from read_image(self._source)
        if found is None:
            self._pass(1)
            return
        shown, length = found
        self._source.take(length)
        self._emit(shown)

    def _break(self) -> Parser[None]:
        size = yield from self._measure(_BREAK, _BREAK_SO_FAR, _LONGEST_BREAK)
        if not size:
            self._pass(1)
            return
        self._source.take((yield from self._source.skip(size)))
        if (yield from self._source.peek()) not in ("", "\n"):
            self._emit(f"\n{self.margin}")

    def _entity(self) -> Parser[None]:
        size = yield from self._measure(_ENTITY, _ENTITY_SO_FAR, _LONGEST_ENTITY)
        char = unescape(self._source.ahead(0, size)).replace("\xa0", " ")
        if len(char) != 1 or not char.isprintable():
            self._pass(1)
            return
        self._source.take(size)
        self._emit(f"\\{char}" if char in _ACTIVE else char)

    def _measure(self, whole: re.Pattern[str], so_far: re.Pattern[str], longest: int) -> Parser[int]:
        """Return the length of what begins here and is as `whole`, 0 where it is not."""
        for size in range(2, longest + 1):
            last = yield from self._source.peek(size - 1)
            text = self._source.ahead(0, size)
            if last == "" or not so_far.fullmatch(text):
                return size if last and whole.fullmatch(text) else 0
        return 0

    _REWRITERS: ClassVar[Mapping[str, Callable[["InlineParser"], Parser[None]]]] = {
        "\\": _backslash,
        "`": _backtick,
        "$": _dollar,
        "!": _image,
        "[": _image,
        "<": _break,
        "&": _entity,
    }


def rewrite_line(text: str) -> str:
    """Return one whole line as it is shown."""
    if not text or _PLAIN.fullmatch(text):
        return text
    source, shown = LookaheadBuffer(), list[str]()
    source.add(text)
    source.end()
    for _ in InlineParser(source, shown.append).rest_of_line():
        raise AssertionError("a text that has ended is waited for")
    return "".join(shown)
