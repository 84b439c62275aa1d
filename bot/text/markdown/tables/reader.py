"""Tables in a text that is still arriving: where one begins and ends, and its rows one after another."""

from bot.text.code_fences import FENCE
from bot.text.markdown.blockquotes import BlockquoteParser
from bot.text.markdown.html.parser import RULE
from bot.text.markdown.inline import ACTIVE_FIRST
from bot.text.markdown.lookahead import BLANKS, MAX_LINE, LookaheadBuffer, Parser
from bot.text.markdown.tables.cells import draw_cell, read_delimiter, split_row
from bot.text.markdown.tables.layout import Table
from bot.text.markdown.writer import Writer


class TableParser:
    """Reads tables; whether a line is the header of one shows only in the line below it."""

    def __init__(self, source: LookaheadBuffer, write: Writer, quotes: BlockquoteParser) -> None:
        self._source = source
        self._write = write
        self._quotes = quotes
        self._after_blank = True
        self._marked = self._indent = ""

    def rewrite_table(self, at: int, *, after_blank: bool, indent: str = "") -> Parser[bool]:
        """Rewrite the table whose header begins with a bar at an offset; returns whether there is one.

        What is below its first line is indented by `indent`, unless it is code.
        """
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
        self._after_blank, self._marked, self._indent = after_blank, self._quotes.margin, indent
        yield from self._rewrite_rows(table)
        return True

    def rewrite_rows_below(self, header: str) -> Parser[bool]:
        """Rewrite the rows below a header that begins with no bar, and so was shown as it is; returns as above.

        They are shown like it, each in a line.
        """
        sides, end = yield from self._read_sides(0)
        if not sides or len(split_row(header)) != len(sides):
            return False
        self._source.take(end)
        self._write(f"{RULE}\n")
        while (line := (yield from self._row(0))) is not None:
            shown = " | ".join(map(draw_cell, split_row(line, len(sides))))
            self._write(("\\" if shown[:1] in ACTIVE_FIRST else "") + f"{shown}\n")
        return True

    def _row(self, at: int) -> Parser[str | None]:
        """Take the row whose text begins at an offset, and return it; None if there is none."""
        if (yield from self._source.peek(at)) in ("", "\n"):
            return None
        line = yield from self._source.line(at)
        if line is None or "|" not in line:
            return None
        self._source.take(at + len(line) + 1)
        return line

    def _read_sides(self, start: int) -> Parser[tuple[list[str], int]]:
        """Return how a table's columns are aligned, and the offset of its first row; no sides where it is no table."""
        at = yield from self._quotes.find_content(start)
        if at is None:
            return [], 0
        end = yield from self._source.skip(at, "|:-" + BLANKS, at + MAX_LINE)
        line = self._source.ahead(at, end)
        if (yield from self._source.peek(end)) not in ("", "\n") or "|" not in line or "-" not in line:
            return [], 0
        return read_delimiter(line), end + 1

    def _rewrite_rows(self, table: Table) -> Parser[None]:
        while True:
            at = yield from self._quotes.find_content(0)
            char = "" if at is None else (yield from self._source.peek(at))
            line = (yield from self._row(at)) if at is not None and char == "|" else None
            if line is None:
                break
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
        in_item = self._write.in_bare_item and not lines.startswith(FENCE)
        quote = self._quotes.margin
        margin = quote if lines.startswith(FENCE) else quote + self._indent
        lines = "".join(f"{margin if line else quote}{line}\n" for line in lines.removesuffix("\n").split("\n"))
        if in_item:
            lines = lines.removeprefix(margin)
        else:
            self._write.begin_line()
            lines = lines.removeprefix(self._marked)
        for line in lines.splitlines(keepends=True) if self._write.quoted else [lines]:
            self._write(line)
        self._after_blank, self._marked = True, ""
