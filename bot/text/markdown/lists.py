"""Lists: Discord draws items behind `-`, `*` and `1.`; and how far in an item's own lines are indented."""

from bot.text.markdown.lookahead import LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer

_BOXES = {"[ ]": "☐", "[x]": "☑", "[X]": "☑"}
_MAX_DIGITS = 9
_MAX_LEVELS = 20
MARKERS = "-*+0123456789"
"""What an item's mark begins with."""

_DRAWN = {"+": "-", ")": "."}


class ListParser:
    """The marks of lists' items at the beginnings of lines."""

    def __init__(self, source: LookaheadBuffer, write: Writer) -> None:
        self._source = source
        self._write = write
        self._columns: list[int] = []
        self._outside = 0
        """How many of them are around the quotation."""

    @property
    def column(self) -> int:
        """Where the text of the innermost open item begins, 0 if none is open in the quotation, if that is open."""
        return self._columns[-1] if len(self._columns) > self._outside else 0

    def begin_line(self, column: int) -> None:
        """Close the items that a line indented so far does not belong to; many authors indent by one blank too few."""
        while len(self._columns) > self._outside and self._columns[-1] > column + 1:
            self._columns.pop()

    def begin_quotation(self, column: int) -> None:
        """Say that a quotation begins, indented so far: its items end with it."""
        self.begin_line(column)
        self._outside = len(self._columns)

    def end_quotation(self) -> None:
        """Say that the quotation has ended."""
        del self._columns[self._outside :]
        self._outside = 0

    def pass_markers(self, column: int) -> Parser[int]:
        """Pass on the marks that stand here, as Discord draws them; returns the column behind them, 0 if none do."""
        found, char = 0, (yield from self._source.peek())
        while char and char in MARKERS and (size := (yield from self._measure_marker())):
            marker = self._source.take(size)
            sign = marker.rstrip()
            self._write(sign[:-1] + _DRAWN.get(sign[-1], sign[-1]) + marker[len(sign) :])
            self._write.in_bare_item = True
            column += size
            found = column
            if len(self._columns) < _MAX_LEVELS:
                self._columns.append(column)
            char = yield from self._source.peek()
        if not found:
            return 0
        if char == ">" and (yield from self._source.peek(1)) == " ":
            self._source.take(2)  # Discord draws no quotation in an item
        elif char == "[":
            yield from self._box()
        return found

    def _measure_marker(self) -> Parser[int]:
        """Return the length of the mark of a list's item that stands here, with the blanks behind it; 0 for none."""
        end = yield from self._source.skip(0, "0123456789", _MAX_DIGITS)
        char = yield from self._source.peek(end)
        if not char or char not in (".)" if end else "-*+"):
            return 0
        content = yield from self._source.skip(end + 1)
        return content if content > end + 1 else 0

    def _box(self) -> Parser[None]:
        """Rewrite the box of a task, if there is one."""
        after = yield from self._source.peek(3)
        box = _BOXES.get(self._source.ahead(0, 3))
        if box is not None and after and after.isspace() and after != "\n":
            self._source.take(3)
            self._write(box)
