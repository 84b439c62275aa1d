"""What stands within lines: code, formulas, links, addresses, HTML's tags and entities, and escapes."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from bot.text.markdown.addresses import GAP, AddressParser, needs_gap
from bot.text.markdown.autolinks import read_autolink
from bot.text.markdown.code import LEAST_FENCE, Fence, read_language
from bot.text.markdown.code_spans import CodeSpanReader, draw_code_span
from bot.text.markdown.formulas import FormulaParser
from bot.text.markdown.html.parser import HtmlParser
from bot.text.markdown.html.tags import measure_comment, read_entity
from bot.text.markdown.links import UNLINKED, draw_image, draw_link, read_link
from bot.text.markdown.lookahead import LookaheadBuffer, Output, Parser
from bot.text.markdown.writer import JOINER, Writer

_PLAIN = re.compile(r"[^\\`$!\[<&:\n]+(?::(?=[^/])[^\\`$!\[<&:\n]*)*")
_TITLE = re.compile(r"(?:[^\\`$!\[<&:\n# ]| (?=[^ #\n]))+")

_ACTIVE = "\\`*_~|[]"
"""What would be Markdown again if an entity stood for it."""

ACTIVE_FIRST = "#>-+"
"""What would be at the beginning of a line."""

_MAX_INFO = 200
_MAX_NESTING = 4
"""How many elements within elements are rewritten; what is deeper is shown as it is."""

_NO_TICK = re.compile(r"[`\n]")


class InlineParser:
    """Rewrites lines, from wherever what stands within them begins."""

    def __init__(self, source: LookaheadBuffer, write: Writer, *, nesting: int = 0) -> None:
        self.indent = 0
        self.quoted = False
        """Whether the line stands in a quotation of Markdown."""
        self.fence: Fence | None = None
        """The block of code that the last line opened."""
        self.hidden = False
        """Whether the line has a tag or a comment and nothing else so far: such a line is left out."""
        self._bracketed = False
        """Whether a square bracket that nothing closed was written in this line."""
        self._source = source
        self._write = write
        self._nesting = nesting
        self._spans = CodeSpanReader(source)
        self._formulas = FormulaParser(source, write)
        self._rewrite = partial(rewrite_line, nesting=nesting + 1)
        """Rewrites a part of the line. No method of its own, for a cycle would keep the parser in memory."""
        self._html = HtmlParser(source, write, self._rewrite, in_line=nesting > 0)

    def rest_of_line(self, *, in_title: bool = False) -> Parser[None]:
        """Rewrite what is left of a line, with its end; a title without the marks that close it."""
        self.fence = None
        self.hidden = self._bracketed = self._write.wrote = False
        plain, rewriters = (_TITLE, self._IN_TITLES) if in_title else (_PLAIN, self._REWRITERS)
        while self.fence is None:
            if run := self._source.take_run(plain):
                self._write(run)
            char = yield from self._source.peek()
            if char in ("", "\n"):
                if char and self._write.in_bare_item:
                    self._write(JOINER)  # or else Discord takes the next line for the item's
                self._source.take(1)
                self.hidden = self.hidden and not self._write.wrote
                if not self.hidden:
                    self._write(char)
                return
            if char in rewriters:
                yield from rewriters[char](self)

    def _pass(self, count: int) -> None:
        self._write(self._source.take(count))

    def _backtick(self) -> Parser[None]:
        size = yield from self._source.skip(0, "`")
        if size >= LEAST_FENCE and (yield from self._opens_block(size)):
            return
        span = yield from self._spans.read(size, quoted=self.quoted)
        if span is None:
            self._source.take(size)
            self._write("\\`" * size)
            return
        code, length = span
        self._source.take(length)
        apart = JOINER if self._write.last == "`" and not self._write.begins_line else ""
        self._write(apart + draw_code_span(code))

    def _opens_block(self, size: int) -> Parser[bool]:
        """Take the rest of a line that opens a block of code, and tell whether it does.

        In the middle of a line, it does only if nothing but a language follows.
        """
        if self._nesting:
            return False
        end = yield from self._source.find(_NO_TICK, size, size + _MAX_INFO)
        char = (yield from self._source.peek(end)) if end < size + _MAX_INFO else "…"
        if char == "`":
            return False
        info = self._source.ahead(size, end).strip() if char in ("", "\n") else ""
        if info and not char:
            return False  # the text ends here
        language = read_language(info)
        if not self._write.begins_line and not self._write.in_bare_item and (char == "…" or info not in ("", language)):
            return False
        self._source.take(size if char == "…" else end + 1)
        self.fence = Fence("`", size, self.indent, info)
        return True

    def _backslash(self) -> Parser[None]:
        after = yield from self._source.peek(1)
        if after in ("(", "["):
            yield from self._formulas.rewrite(f"\\{after}")
        elif after == "\n" and (yield from self._source.peek(2)):
            self._source.take(1)  # a hard break
        elif after == "b" and (yield from self._formulas.rewrite_environment()):
            return
        elif after and after not in "\n`" and not after.isascii() and not after.isspace():
            self._source.take(1)
            self._write("\\\\")  # Discord would take the backslash away
        elif after == "]" and self._bracketed and (yield from self._source.peek(2)) == "(":
            self._source.take(3)
            self._write("\\]\\(")  # or else Discord would take it for the end of a link's text
        else:
            self._pass(1 if after == "\n" else 2)

    def _dollar(self) -> Parser[None]:
        after = yield from self._source.peek(1)
        yield from self._formulas.rewrite("$$" if after == "$" else "$")

    def _bracket(self) -> Parser[None]:
        is_image = (yield from self._source.peek()) == "!"
        if is_image and (yield from self._source.peek(1)) != "[":
            self._pass(1)
            return
        found = yield from read_link(self._source, begins_line=self._write.begins_line)
        if found is None:
            self._bracketed = True
            self._pass(1)
            return
        text, target, length = found
        rewrites = target is None and text[-1] == "]" and text[0] not in "[\\"
        bare = False
        if target == UNLINKED:
            shown = f"\\[{self._rewrite(text)}]\\("
        elif target is not None:
            draw = draw_image if is_image else draw_link
            shown, bare = draw(self._rewrite(text), target)
        else:
            shown = self._rewrite(text) if rewrites else text
        if not shown and not target:
            self._pass(1)
            return
        self._source.take(length)
        self._write(shown)
        if bare and (yield from needs_gap(self._source)):
            self._write(GAP)

    def _colon(self) -> Parser[None]:
        if self._source.before(5).endswith(("http", "https")) and (yield from self._source.peek(1)) == "/" == (
            yield from self._source.peek(2)
        ):
            yield from AddressParser(self._source, self._write).rest_of_address()
        else:
            self._pass(1)

    def _angle(self) -> Parser[None]:
        after = yield from self._source.peek(1)
        if after == "!":
            if length := (yield from measure_comment(self._source)):
                self._source.take(length)
                self.hidden = True
            else:
                self._pass(1)
        elif not (after.isascii() and (after.isalpha() or after == "/")):
            self._pass(1)
        elif (yield from self._html.rewrite_tag()):
            self.hidden = True
            if self._write.begins_line and (yield from self._source.peek()) in ("#", ">"):
                self._write("\\")  # in HTML, these are characters like others
        else:
            shown, length = yield from read_autolink(self._source)
            self._source.take(length)
            self._write(shown)

    def _entity(self) -> Parser[None]:
        char, size = yield from read_entity(self._source)
        if not size:
            self._pass(1)
            return
        self._source.take(size)
        first = self._write.begins_line and char in ACTIVE_FIRST
        follows = char == "<" and (yield from self._source.peek()) in ("@", "#", ":", "/", "a", "t", "i", "h")
        self._write(f"\\{char}" if char in _ACTIVE or first or follows else char)

    def _title_end(self) -> Parser[None]:
        """Leave out the marks that close a title, and the blanks before them."""
        blanks = yield from self._source.skip(0, " ")
        marks = yield from self._source.skip(blanks, "#")
        end = yield from self._source.skip(marks, " \t\r")
        behind = blanks or self._source.last == " "
        closes = marks > blanks and behind and (yield from self._source.peek(end)) in ("", "\n")
        if closes:
            self._source.take(end)
        else:
            self._pass(max(blanks, 1))

    _REWRITERS: ClassVar[Mapping[str, Callable[["InlineParser"], Parser[None]]]] = {
        "\\": _backslash,
        "`": _backtick,
        "$": _dollar,
        "!": _bracket,
        "[": _bracket,
        "<": _angle,
        "&": _entity,
        ":": _colon,
    }
    _IN_TITLES: ClassVar[Mapping[str, Callable[["InlineParser"], Parser[None]]]] = {
        **_REWRITERS,
        " ": _title_end,
        "#": _title_end,
    }


def rewrite_line(text: str, nesting: int = 0) -> str:
    """Return one whole line, or what stands within it, as it is shown."""
    if not text or _PLAIN.fullmatch(text) or nesting > _MAX_NESTING:
        return text
    source, shown = LookaheadBuffer(), list[str]()
    source.add(text)
    source.end()
    emit: Output = shown.append
    write = Writer(emit)
    parser = InlineParser(source, write, nesting=nesting + 1)
    for _ in parser.rest_of_line():
        raise AssertionError("a text that has ended is waited for")
    return "".join(shown)
