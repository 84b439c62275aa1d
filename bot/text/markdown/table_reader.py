"""Tables in a text that is still arriving: where one begins and ends, and its rows one after another."""

from bot.text.code_fences import FENCE
from bot.text.markdown.blockquotes import BlockquoteParser
from bot.text.markdown.lookahead import BLANKS, MOST_LINE, LookaheadBuffer, Parser
from bot.text.markdown.table_cells import read_delimiter, split_row
from bot.text.markdown.table_layout import Table
from bot.text.markdown.writer import Writer


class TableParser:
    """Reads tables; whether a line is the header of one shows only in the line below it."""

    def __init__(self, source: LookaheadBuffer, write: Writer, quotes: BlockquoteParser) -> None:
        self._source = source
        self._write = write
        self._quotes = quotes
        self._after_blank = True
        self._marked = ""

    def rewrite_table(self, at: int, *, after_blank: bool) -> Parser[bool]:
        """Rewrite the table whose header begins with a bar at an offset; returns whether there is one."""
        if (yield from self._source.peek(at + 1)) == "|":
            return False  # Discord's spoiler
        header = yield from self._source.line(at)
        if header is None or FENCE in header:
            return False
        sides, end = yield from self._read_sides(at + len(header) + 1)
        if not sides or len(names := split_row(header)) != len(sides):
            return False
        self._source.take(end)
        # The bars of a quotation would stand in the block of code.
        table = Table(names, sides, in_columns=not self._quotes.depth and not self._write.quoted)
        self._after_blank, self._marked = after_blank, self._quotes.margin
        yield from self._rewrite_rows(table, bars=True)
        return True

    def rewrite_rows_below(self, header: str) -> Parser[bool]:
        """Rewrite the rows below a header that begins with no bar, and so was shown as it is; returns as above."""
        sides, end = yield from self._read_sides(0)
        if not sides or len(names := split_row(header)) != len(sides):
            return False
        self._source.take(end)
        table = Table(names, sides, in_columns=False, headed=True)
        self._after_blank, self._marked = False, ""
        yield from self._rewrite_rows(table, bars=False)
        return True

    def _read_sides(self, start: int) -> Parser[tuple[list[str], int]]:
        """Return how a table's columns are aligned, and the offset of its first row; no sides where it is no table."""
        at = yield from self._quotes.find_content(start)
        if at is None:
            return [], 0
        end = yield from self._source.skip(at, "|:-" + BLANKS, at + MOST_LINE)
        line = self._source.ahead(at, end)
        if (yield from self._source.peek(end)) not in ("", "\n") or "|" not in line or "-" not in line:
            return [], 0
        return read_delimiter(line), end + 1

    def _rewrite_rows(self, table: Table, *, bars: bool) -> Parser[None]:
        while True:
            at = yield from self._quotes.find_content(0)
            char = "" if at is None else (yield from self._source.peek(at))
            if at is None or char in ("", "\n") or (bars and char != "|"):
                break
            line = yield from self._source.line(at)
            if line is None or "|" not in line:
                break
            self._source.take(at + len(line) + 1)
            self._show(table.add(line))
        self._show(table.end())
        if char not in ("", "\n") and not table.in_columns:
            self._show("\n")  # or else what follows would belong to the last row

    def _show(self, lines: str) -> None:
        """Show whole lines, each behind the marks of the quotation, which stand before the first one already."""
        if not lines:
            return
        if not self._after_blank and not lines.startswith(FENCE):
            lines = f"\n{lines}"
        lines = "".join(f"{self._quotes.margin}{line}\n" for line in lines.removesuffix("\n").split("\n"))
        self._write.begin_line()
        lines = lines.removeprefix(self._marked)
        for line in lines.splitlines(keepends=True) if self._write.quoted else [lines]:
            self._write(line)
        self._after_blank, self._marked = True, ""
