"""The lines of a text that is still arriving: what a line begins with decides what becomes of it."""

import re

from bot.text.code_fences import FENCE
from bot.text.markdown.blockquotes import BlockquoteParser
from bot.text.markdown.code import LEAST_FENCE, Fence, pass_rest_of_line, pass_run
from bot.text.markdown.code_spans import cut_at_code_spans
from bot.text.markdown.inline import InlineParser, rewrite_line
from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Output, Parser
from bot.text.markdown.table_reader import TableParser

RULE = "─" * 12
"""What is shown for a horizontal rule: short enough for a phone."""

_ENDS = ("", "\n")
_MOST_RULE = 100
_MOST_DIGITS = 9
_CODE_INDENT = 4
_MAX_MARGIN = 16
"""How far the lines that are added are indented at most: an item within items within items within items."""

_DEEPEST_DRAWN, _DEEPEST = 3, 6
"""Discord knows headings of three levels, Markdown of six."""

_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+\s*$")
_BOXES = {"[ ]": "☐", "[x]": "☑", "[X]": "☑"}


class BlockParser:
    """Rewrites a text from its first line to its last."""

    def __init__(self, source: LookaheadBuffer, emit: Output) -> None:
        self._source = source
        self._emit = emit
        self._inline = InlineParser(source, emit)
        self._quotes = BlockquoteParser(source, emit)
        self._rows = TableParser(source, emit, self._quotes)
        self._after_blank = True
        self._listed = False
        self._above = ""
        """The line above, where it was shown and may yet turn out to be a table's header."""

    def run(self) -> Parser[None]:
        """Rewrite all of it."""
        while (yield from self._source.peek()):
            self._source.begin_line()
            yield from self._line()

    def _line(self) -> Parser[None]:
        yield from self._quotes.pass_marks()
        at = yield from self._source.skip(0)
        char = yield from self._source.peek(at)
        after_blank, self._after_blank = self._after_blank, char in _ENDS
        above, self._above = self._above, ""
        self._listed = self._listed and (at > 1 or char in _ENDS)
        if char in _ENDS:
            self._inline.begin_block()
            self._pass(at + 1)
        elif after_blank and not self._listed and char not in "`~" and self._is_deep(at):
            self._after_blank = True  # the line below it may be code too
            yield from pass_rest_of_line(self._source, self._emit)
        elif (yield from self._table(at, char, above, after_blank=after_blank)):
            self._inline.begin_block()
            self._after_blank = True
        elif (yield from self._block(at, char)):
            self._inline.begin_block()
        else:
            yield from self._text(at)

    def _table(self, at: int, char: str, above: str, *, after_blank: bool) -> Parser[bool]:
        """Rewrite a table whose header begins here, or was the line above; returns whether there is one."""
        if char == "|":
            return (yield from self._rows.rewrite_table(at, after_blank=after_blank))
        return bool(above) and char in ":-" and (yield from self._rows.rewrite_rows_below(above))

    def _pass(self, count: int) -> None:
        self._emit(self._source.take(count))

    def _is_deep(self, at: int) -> bool:
        """Tell whether a line is indented as code is; in a list, such a line may belong to an item."""
        return len(self._source.ahead(0, at).expandtabs(_CODE_INDENT)) >= _CODE_INDENT

    def _block(self, at: int, char: str) -> Parser[bool]:
        """Rewrite the block that begins with `char` at an offset; returns whether it is more than text."""
        match char:
            case "#":
                return (yield from self._heading(at))
            case "~":
                return (yield from self._tildes(at))
            case "-" | "*" | "_":
                return (yield from self._rule(at, char))
        return False

    def _heading(self, at: int) -> Parser[bool]:
        """Rewrite a heading: one too deep for Discord becomes a bold line."""
        text = yield from self._source.skip(at, "#", at + _DEEPEST + 1)
        after = yield from self._source.peek(text)
        if text - at > _DEEPEST or not after or after not in BLANKS:
            return False
        line = (yield from self._source.line(text)) if text - at > _DEEPEST_DRAWN else None
        title = "" if line is None or FENCE in line else _CLOSING_MARKS.sub("", line).strip()
        if line is not None and title:
            self._source.take(text + len(line))
            title = " ".join(rewrite_line(title).split("\n"))
            parts = cut_at_code_spans(title)
            title = "".join(part if is_code else part.replace("**", "") for part, is_code in parts)
            self._emit(f"**{title}**")
            self._pass(1)
        else:
            self._inline.begin_block()
            self._pass(text)
            yield from self._rest_of_line(at)
        return True

    def _tildes(self, at: int) -> Parser[bool]:
        """Pass on a block of code between tildes, which Discord does not draw as one."""
        if (yield from self._source.skip(at, "~", at + LEAST_FENCE)) < at + LEAST_FENCE:
            return False
        self._pass(at)
        fence = Fence("~", (yield from pass_run(self._source, self._emit, "~")), at)
        if (yield from fence.pass_opening(self._source, self._emit)):
            yield from self._code(fence)
        else:
            yield from self._rest_of_line(at)
        return True

    def _rule(self, at: int, char: str) -> Parser[bool]:
        end = yield from self._source.skip(at, char + BLANKS, at + _MOST_RULE)
        if (yield from self._source.peek(end)) not in _ENDS or self._source.ahead(at, end).count(char) < 3:
            return False
        self._source.take(end)
        self._emit(RULE)
        self._pass(1)
        return True

    def _text(self, at: int) -> Parser[None]:
        """Rewrite a line of text, or an item of a list."""
        self._pass(at)
        column, item = at, False
        while size := (yield from self._measure_marker()):
            self._pass(size)
            column, item = column + size, True
        if item:
            self._listed = True
            self._inline.begin_block()
            char = "" if (yield from self._box()) else (yield from self._source.peek())
            if char and char in "#~" and (yield from self._block(0, char)):
                return
        yield from self._rest_of_line(column)
        line = self._source.line_so_far().rstrip("\r\n")
        if "|" in line and "\n" not in line and not item and not self._quotes.depth:
            self._above = line

    def _measure_marker(self) -> Parser[int]:
        """Return the length of the mark of a list's item that stands here, with the blanks behind it; 0 for none."""
        end = yield from self._source.skip(0, "0123456789", _MOST_DIGITS)
        char = yield from self._source.peek(end)
        if not char or char not in (".)" if end else "-*+"):
            return 0
        content = yield from self._source.skip(end + 1)
        return content if content > end + 1 else 0

    def _box(self) -> Parser[bool]:
        """Rewrite the box of a task, and tell whether there is one."""
        if (yield from self._source.peek()) != "[":
            return False
        after = yield from self._source.peek(3)
        box = _BOXES.get(self._source.ahead(0, 3))
        if box is None or not after or after not in BLANKS:
            return False
        self._source.take(3)
        self._emit(box)
        return True

    def _rest_of_line(self, column: int) -> Parser[None]:
        """Rewrite what is left of a line whose text begins at `column`, and the block of code that it opens."""
        self._inline.indent, self._inline.margin = column, self._quotes.margin + " " * min(column, _MAX_MARGIN)
        yield from self._inline.rest_of_line()
        if self._inline.fence is not None:
            yield from self._code(self._inline.fence)

    def _code(self, fence: Fence) -> Parser[None]:
        """Pass on a block of code from its second line on."""
        while (yield from self._source.peek()) and (yield from self._quotes.pass_marks_of_code()):
            if not (yield from fence.pass_line(self._source, self._emit)):
                return
