"""Quotations: Discord draws one level, and only lines whose mark has a space behind it."""

from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser

_MAX_INDENT = 3
_MAX_MARKS = 40


class BlockquoteParser:
    """The marks of quotation at the beginnings of lines; `depth` is how many the line has."""

    def __init__(self, source: LookaheadBuffer) -> None:
        self.depth = 0
        self.indent = 0
        """How far the first mark is indented."""
        self._source = source

    @property
    def margin(self) -> str:
        """What a line that is added begins with."""
        return "> " if self.depth else ""

    def take_marks(self) -> Parser[str]:
        """Take the marks of a line, and return the one that Discord draws, an empty string if there are none."""
        self.depth = 0
        start = yield from self._source.skip(0, " ", _MAX_INDENT + 1)
        if start > _MAX_INDENT or (yield from self._source.peek(start)) != ">":
            return ""
        self.indent = start
        end = yield from self._source.skip(start, ">" + BLANKS, start + _MAX_MARKS)
        marks = self._source.ahead(0, end)
        after = yield from self._source.peek(end)
        if not marks[-1].isspace() and after not in ("", "\n"):
            behind = yield from self._source.peek(end + 1)
            if marks.strip() != ">>>" and (_begins_words(after) or (after in "-*+" and behind in BLANKS)):
                self.depth = marks.count(">")
                self._source.take(len(marks))
                return "> "
            marks = marks.rstrip(">")  # these stand directly before a face or an arrow, and are a part of it
        if ">" not in marks or marks.strip() == ">>>":
            return ""  # three in a row are Discord's own: all that follows is quoted
        self.depth = marks.count(">")
        length = len(marks.rstrip(BLANKS)) + 1
        bare = length > len(marks)
        self._source.take(min(length, len(marks)))
        return "> " if self.depth > 1 or bare else marks[:length].lstrip(" ")

    def take_marks_of_code(self) -> Parser[bool]:
        """Take the marks before a line of code, and tell whether there are any: a block ends with its quotation."""
        at, marks = (yield from self._source.skip(0, " ", _MAX_INDENT)), 0
        while marks < self.depth and (yield from self._source.peek(at)) == ">":
            at = yield from self._source.skip(at + 1, " ", at + 2)
            marks += 1
        if marks:
            self._source.take(at)
        return marks > 0 or not self.depth

    def find_content(self, start: int) -> Parser[int | None]:
        """Return the offset of what the line at `start` says, None if it is not quoted and the line here is."""
        at = yield from self._source.skip(start, BLANKS + (">" if self.depth else ""), start + _MAX_MARKS)
        return None if self.depth and ">" not in self._source.ahead(start, at) else at


def _begins_words(char: str) -> bool:
    """Tell whether a mark of quotation that no blank follows is one before `char`: faces and arrows have others."""
    return char.isalnum() or char in "*`[#\"'"
