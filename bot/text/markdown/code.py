"""Blocks of code: whatever opened one in the source, it is shown between three backticks at the beginning of a line."""

import re

from bot.text.code_fences import FENCE
from bot.text.markdown.lookahead import MAX_LINE, LookaheadBuffer, Parser
from bot.text.markdown.writer import JOINER, Writer

LEAST_FENCE = 3
"""How many backticks or tildes in a row make a fence."""

_MAX_MARKS = 3
"""How many marks in a row begin a style."""

_MAX_DEEPER = 3
"""How much further than its opening fence a closing one may be indented: CommonMark 0.31, "Fenced code blocks"."""

_PAIR = re.compile("``(?=`)")
_REST = re.compile(r"[^\n]+")
_RESTS = {"`": re.compile(r"[^`\n]+"), "~": _REST}
_LANGUAGE = re.compile(
    r"(?:\{[\w-]+\}\s+)?(?:\{ *)?\.?(?:language-)?([A-Za-z][A-Za-z0-9_+\-.#]{0,29})(?=[\s{}:,;]|$)(?! *=)",
)
_CODE = re.compile(r"(?![\w-]+=[\"'{])[^{\s].*[\s=(]")
_HOLDS_FENCES = ("md", "markdown")
"""Languages whose code holds blocks of code, which chatbots put between fences of the same length."""


def read_language(info: str) -> str:
    """Return the language of an info string; an empty string if it names none that Discord takes."""
    found = _LANGUAGE.match(info.strip())
    return found[1] if found else ""


def measure_marks_before_fence(source: LookaheadBuffer) -> Parser[int]:
    """Return how many marks of style are directly before a fence here: they are left out, for code has no style."""
    char = yield from source.peek()
    if not char or char not in "*~":
        return 0
    end = yield from source.skip(0, char, _MAX_MARKS)
    fence = yield from source.skip(end, "`", end + LEAST_FENCE)
    line = (yield from source.line(fence)) if fence - end == LEAST_FENCE else None
    return end if line is not None and "`" not in line else 0


class CodeBlock:
    """A block of code as it is shown. Blank lines at its ends are left out, as by Discord; so is a block of nothing.

    A block without lines shows the `info` of its fence, if that is more than a word: it is the code then.
    """

    def __init__(self, writer: Writer, language: str = "", margin: str = "", info: str = "") -> None:
        self.language = language
        self._info = info if " " in info else ""
        self._writer = writer
        self._margin = margin or ("> " if writer.quoted else "")
        self._opened = False
        self._feeds = 0
        self._ticks = 0

    def add(self, text: str) -> None:
        """Write a part of a line."""
        before = ""
        if not self._opened:
            self._opened = True
            if self._writer.last == "|" and not self._writer.begins_line:
                self._writer(JOINER)  # a spoiler does not open before a line's end
            self._writer.begin_line()
            before = f"{FENCE}{self.language}\n{self._margin}"
        elif self._feeds:
            before = f"\n{self._margin}" * self._feeds
            self._ticks = 0
        self._feeds = 0
        if "`" in text or self._ticks:
            shown = _PAIR.sub("``" + JOINER, "`" * self._ticks + text)
            text = shown[self._ticks :]
            tail = shown[-2:]
            self._ticks = len(tail) - len(tail.rstrip("`"))
        self._writer(before + text)

    def end_line(self) -> None:
        """End the line; it is written when the next one begins."""
        self._feeds += self._opened

    def close(self, *, feed: bool) -> None:
        """Close the block, and with `feed` end the line of its fence."""
        if not self._opened and self._info:
            self.language = ""
            self.add(self._info)
        if self._opened:
            self._writer(f"\n{self._margin}{FENCE}" + ("\n" if feed else ""))

    def close_indented(self) -> None:
        """Close a block that has no fences in the source: the blank lines at its end are not its own."""
        self.close(feed=self._feeds > 0)
        for _ in range(self._feeds - 1):
            self._writer.prefix(self._margin)
            self._writer("\n")


class Fence:
    """What opened a block of code in the source: so many of `char`, a backtick or a tilde, indented so far."""

    def __init__(self, char: str, size: int, indent: int, info: str) -> None:
        self._info = info.strip()
        self.language = read_language(info)
        self.marks = ""
        """The marks of style that were left out before it."""
        self._char = char
        self._size = size
        self._indent = indent
        self._inner = 0

    def open_block(self, writer: Writer, margin: str) -> CodeBlock:
        """Return the block that it opens, with the code in the fence's own line if that is no language."""
        block = CodeBlock(writer, self.language, margin, self._info)
        if not self.language and _CODE.match(self._info):
            block.add(self._info)
            block.end_line()
        return block

    def pass_line(self, source: LookaheadBuffer, block: CodeBlock) -> Parser[str]:
        """Pass on a line of the block; returns what comes then: "code", "text" in the same line, or the "end"."""
        indent = yield from source.skip(0)
        char = yield from source.peek(indent)
        if char in ("", "\n"):
            source.take(indent + 1)
            block.end_line()
            return "code"
        if char == self._char and indent <= self._indent + _MAX_DEEPER:
            end = yield from source.skip(indent, char)
            if end - indent >= self._size and (then := (yield from self._close(source, block, end))):
                return then
        blanks = source.take(indent)
        blanks = blanks.expandtabs(4)[self._indent :] if self._indent else blanks
        fence = source.take((yield from source.skip(0, char))) if char == self._char else ""
        block.add(blanks + fence + source.take_run(_RESTS[self._char]))
        return (yield from self._pass_rest(source, block))

    def _close(self, source: LookaheadBuffer, block: CodeBlock, end: int) -> Parser[str]:
        """Close the block by a fence that ends at an offset, and tell what comes then; nothing if it closes nothing.

        Behind a closing fence, CommonMark has nothing, and else goes on with code. But Discord ends the block there,
        and so do authors who forget the line's end. A word directly behind a fence opens one within the code.
        """
        after = yield from source.skip(end)
        if self.marks and (yield from source.skip(end, self.marks[0], end + len(self.marks))) == end + len(self.marks):
            after = yield from source.skip(end + len(self.marks))
        char = yield from source.peek(after)
        if char in ("", "\n"):
            if self._inner:
                self._inner -= 1
                return ""
            source.take(after + 1)
            block.close(feed=char == "\n")
            return "end"
        if self._char == "~" or (after == end and (char.isalnum() or char in "{_")):
            self._inner += self.language.lower() in _HOLDS_FENCES
            return ""
        source.take(after)
        block.close(feed=True)
        return "text"

    def _pass_rest(self, source: LookaheadBuffer, block: CodeBlock) -> Parser[str]:
        while (char := (yield from source.peek())) not in ("", "\n"):
            if char != "`" or self._char != "`":
                block.add(source.take_run(_RESTS[self._char]))
                continue
            end = yield from source.skip(0, "`")
            after = (yield from source.skip(end)) if end >= self._size else end
            if end >= self._size and not self._inner and (yield from source.peek(after)) in ("", "\n"):
                block.close(feed=bool(source.take(after + 1)[after:]))
                return "end"
            block.add(source.take(end))
        source.take(1)
        block.end_line()
        return "code"


def pass_rest_of_line(source: LookaheadBuffer, block: CodeBlock) -> Parser[None]:
    """Pass on what is left of a line of code, with its end."""
    while (yield from source.peek()) not in ("", "\n"):
        block.add(source.take_run(_REST))
    source.take(1)
    block.end_line()


def read_tilde_fence(source: LookaheadBuffer, at: int) -> Parser[Fence | None]:
    """Take the line at whose offset a fence of tildes begins, and return the fence; None if there is none."""
    size = (yield from source.skip(at, "~")) - at
    info = (yield from source.line(at + size)) if size >= LEAST_FENCE else None
    if info is None:
        return None
    source.take(at + size + len(info) + 1)
    return Fence("~", size, at, info)


def skip_columns(source: LookaheadBuffer, columns: int) -> Parser[str | None]:
    """Take so many columns of blanks, and return what is left of a tab; None if the line is indented less."""
    end = yield from source.skip(0, " \t", MAX_LINE)
    blanks = source.ahead(0, end).expandtabs(4)
    if len(blanks) < columns:
        return None
    source.take(end)
    return blanks[columns:]
