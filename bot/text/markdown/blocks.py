"""The lines of a text that is still arriving: what a line begins with decides what becomes of it."""

import re

from bot.text.code_fences import FENCE
from bot.text.markdown.blockquotes import BlockquoteParser
from bot.text.markdown.code import (
    CodeBlock,
    Fence,
    measure_marks_before_fence,
    pass_rest_of_line,
    read_tilde_fence,
    skip_columns,
)
from bot.text.markdown.code_spans import cut_at_code_spans
from bot.text.markdown.html.parser import RULE
from bot.text.markdown.inline import ACTIVE_FIRST, InlineParser, rewrite_line
from bot.text.markdown.lists import MARKERS, ListParser
from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Output, Parser, measure_columns
from bot.text.markdown.tables.reader import TableParser
from bot.text.markdown.writer import Writer

UNDERLINE = "═" * len(RULE)
"""What is shown below a heading of the first level whose title was shown before it was known to be one."""

_ENDS = ("", "\n")
_BEGIN_BLOCKS = "#~-*_="
_MAX_RULE = 100
_CODE_INDENT = 4
_MAX_MARGIN = 16
"""How far the lines that are added are indented at most: an item within items within items within items."""

_DEEPEST_DRAWN, _DEEPEST = 3, 6
"""Discord knows headings of three levels, Markdown of six."""

_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+\s*$")


class BlockParser:
    """Rewrites a text from its first line to its last."""

    def __init__(self, source: LookaheadBuffer, emit: Output) -> None:
        self._source = source
        self._write = Writer(emit)
        self._inline = InlineParser(source, self._write)
        self._quotes = BlockquoteParser(source)
        self._lists = ListParser(source, self._write)
        self._rows = TableParser(source, self._write, self._quotes)
        self._after_blank = True
        self._in_paragraph = False
        self._prefix = ""
        """The mark of quotation before the line above."""
        self._indented: tuple[CodeBlock, int, bool] | None = None
        """The open block of indented code, how far it is indented, and whether it is quoted."""
        self._above = ""
        """The line above, if it was shown and may yet turn out to be a table's header."""

    def run(self) -> Parser[None]:
        """Rewrite all of it."""
        while char := (yield from self._source.peek()):
            self._source.begin_line()
            if char in ">" + BLANKS or self._indented is not None:
                yield from self._indented_line()
            else:
                self._quotes.depth = 0
                yield from self._line("", 0, char)
        if self._indented is not None:
            self._indented[0].close_indented()

    def _indented_line(self) -> Parser[None]:
        """Rewrite a line that does not begin with what it says: blanks or marks of quotation are before it."""
        prefix = yield from self._quotes.take_marks()
        if self._indented is not None and (yield from self._indented_code(prefix)):
            return
        at = yield from self._source.skip(0)
        yield from self._line(prefix, at, (yield from self._source.peek(at)))

    def _line(self, prefix: str, at: int, char: str) -> Parser[None]:
        """Rewrite a line behind the mark of a quotation, whose text begins with `char` at an offset."""
        self._write.prefix(prefix)
        after_blank, self._after_blank = self._after_blank, char in _ENDS
        in_paragraph, self._in_paragraph = self._in_paragraph, False
        above, self._above = self._above, ""
        if char in _ENDS:
            self._source.take(at + 1)
            if not (self._inline.hidden and self._write.after_blank):
                self._write(char)
            return
        column = measure_columns(self._source.ahead(0, at))
        self._write.margin = self._quotes.margin
        self._inline.hidden = False
        if bool(prefix) != bool(self._prefix):
            in_paragraph = False
            if prefix:
                self._lists.begin_quotation(self._quotes.indent)
            else:
                self._lists.end_quotation()
        self._prefix = prefix
        if not in_paragraph:
            self._lists.begin_line(column)
        if not in_paragraph and char not in "`~" and column >= self._lists.column + _CODE_INDENT:
            columns = self._lists.column + _CODE_INDENT
            self._indented = CodeBlock(self._write, "", prefix), columns, prefix != ""
            yield from self._indented_code(prefix)
        elif (char == "|" or above) and (yield from self._table(at, char, above, after_blank=after_blank)):
            self._after_blank = True
        elif in_paragraph and column >= _CODE_INDENT and not self._lists.column:
            self._in_paragraph = True
            self._write.indent(self._source.take(at))
            self._write("\\" if char in ACTIVE_FIRST else "")
            yield from self._rest_of_line(column)
        elif char in _BEGIN_BLOCKS and (yield from self._block(at, char, in_paragraph=in_paragraph)):
            self._lists.begin_line(column)
        else:
            yield from self._text(at, char, column)

    def _table(self, at: int, char: str, above: str, *, after_blank: bool) -> Parser[bool]:
        """Rewrite a table whose header begins here, or was the line above; returns whether there is one."""
        if char == "|":
            return (yield from self._rows.rewrite_table(at, after_blank=after_blank))
        return bool(above) and char in ":-" and (yield from self._rows.rewrite_rows_below(above))

    def _pass(self, count: int) -> None:
        self._write(self._source.take(count))

    def _block(self, at: int, char: str, *, in_paragraph: bool) -> Parser[bool]:
        """Rewrite the block that begins with `char` at an offset; returns whether it is more than text."""
        match char:
            case "#":
                return (yield from self._heading(at))
            case "~":
                fence = yield from read_tilde_fence(self._source, at)
                if fence is not None:
                    yield from self._code(fence)
                return fence is not None
            case "-" | "*" | "_":
                return (yield from self._rule(at, char, RULE, least=3))
            case "=" if in_paragraph:
                return (yield from self._rule(at, char, UNDERLINE, least=2))
        return False

    def _heading(self, at: int) -> Parser[bool]:
        """Rewrite a heading: one too deep for Discord becomes a bold line."""
        text = yield from self._source.skip(at, "#", at + _DEEPEST + 1)
        after = yield from self._source.peek(text)
        if text - at > _DEEPEST or (after and after not in BLANKS + "\n"):
            return False
        blank = yield from self._source.skip(text, BLANKS + "#")
        if (yield from self._source.peek(blank)) in _ENDS:
            self._source.take(blank + 1)  # a heading of nothing
            return True
        line = (yield from self._source.line(text)) if text - at > _DEEPEST_DRAWN else None
        title = "" if line is None or FENCE in line else _CLOSING_MARKS.sub("", line).strip()
        if line is not None and title:
            self._source.take(text + len(line))
            title = " ".join(rewrite_line(title).split("\n"))
            parts = cut_at_code_spans(title)
            title = "".join(part if is_code else part.replace("**", "") for part, is_code in parts)
            self._write(f"**{title}**")
            self._pass(1)
        else:
            self._source.take(at)
            self._pass(text - at + 1)
            yield from self._rest_of_line(at, in_title=True)
        return True

    def _rule(self, at: int, char: str, shown: str, *, least: int) -> Parser[bool]:
        inner = char if char == "=" else char + BLANKS
        end = yield from self._source.skip(at, inner, at + _MAX_RULE)
        end = yield from self._source.skip(end)
        if (yield from self._source.peek(end)) not in _ENDS or self._source.ahead(at, end).count(char) < least:
            return False
        self._source.take(end)
        self._write(shown)
        self._pass(1)
        return True

    def _text(self, at: int, char: str, column: int) -> Parser[None]:
        """Rewrite a line of text, or an item of a list."""
        if at:
            self._write.indent(self._source.take(at))
        behind = (yield from self._lists.pass_markers(column)) if char in MARKERS else 0
        self._in_paragraph = True
        marks = self._source.take((yield from measure_marks_before_fence(self._source)))
        if behind:
            char = yield from self._source.peek()
            if char and char in "#~" and (yield from self._block(0, char, in_paragraph=False)):
                return
            indent = " " * min(self._lists.column, _MAX_MARGIN)
            if char == "|" and (yield from self._rows.rewrite_table(0, after_blank=True, indent=indent)):
                self._after_blank = True
                return
        yield from self._rest_of_line(behind or column, marks=marks)
        line = self._source.line_so_far().rstrip("\r\n")
        if "|" in line and "\n" not in line and not behind and not self._quotes.depth:
            self._above = line

    def _rest_of_line(self, column: int, *, in_title: bool = False, marks: str = "") -> Parser[None]:
        """Rewrite what is left of a line whose text begins at `column`, and the block of code that it opens.

        `marks` are those of style that were before the block, and are left out behind it too.
        """
        self._inline.indent, self._inline.quoted = column, self._quotes.depth > 0
        if self._lists.column:
            self._write.margin = self._quotes.margin + " " * min(self._lists.column, _MAX_MARGIN)
        yield from self._inline.rest_of_line(in_title=in_title)
        if self._inline.fence is not None:
            self._lists.begin_line(column)
        while (fence := self._inline.fence) is not None:
            fence.marks, marks = marks, ""
            if not (yield from self._code(fence)):
                return
            self._inline.indent = 0
            yield from self._inline.rest_of_line()

    def _code(self, fence: Fence) -> Parser[bool]:
        """Pass on a block of code from its second line on; returns whether text follows it in its last line."""
        self._write.margin = self._quotes.margin
        block = fence.open_block(self._write, self._quotes.margin)
        self._in_paragraph = False
        while (yield from self._source.peek()):
            if not (yield from self._quotes.take_marks_of_code()):
                block.close(feed=True)
                return False
            then = yield from fence.pass_line(self._source, block)
            if then == "text":
                self._write.prefix(self._quotes.margin)
            if then != "code":
                return then == "text"
        block.close(feed=False)
        return False

    def _indented_code(self, prefix: str) -> Parser[bool]:
        """Pass on a line of an indented block of code, or close the block; returns whether the line belonged to it."""
        if self._indented is None:
            return False
        block, columns, quoted = self._indented
        if (prefix != "") == quoted:
            at = yield from self._source.skip(0)
            if (yield from self._source.peek(at)) == "\n":
                self._source.take(at + 1)
                block.end_line()
                return True
            if (rest := (yield from skip_columns(self._source, columns))) is not None:
                block.add(rest)
                yield from pass_rest_of_line(self._source, block)
                return True
        block.close_indented()
        self._indented = None
        return False
