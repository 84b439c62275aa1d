r"""Bare addresses: Discord takes all that follows up to a blank for a part of one, so the rest is kept apart.

What Discord takes: `https?://[^\s<]+[^<.,:;"')\]\s]`. That is the rule `url` of Khan Academy's simple-markdown, which
its parser is built on.
"""

import re

from bot.text.markdown.html.tags import read_entity
from bot.text.markdown.lookahead import LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer

GAP = "\u200a"
"""What ends an address for Discord: a hair space. It is white space, but hardly seen."""

_SAFE = re.compile(r"(?:[A-Za-z0-9/=#%@+$-]+|[.,:;_~'!?](?=[A-Za-z0-9/=#%@+$-]))+")
_TAIL = "?!.,:;*_~'()[]{}"
"""What belongs to an address only if more of it follows."""

_ESCAPED = "_*~&#=%+-.!@$"
"""What chatbots escape in addresses as in words."""

_MAX_TAIL = 12
_MAX_MARKS = 3
_OPENERS = {")": "(", "]": "[", "}": "{"}
_STYLES = re.compile(r"\*\*|~~")
_STOPS = ".,:;\"')]"
"""What Discord leaves out of an address if a blank or nothing follows."""

_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u11ff"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u30ff"),
    ("\u3130", "\u318f"),
    ("\u3400", "\u9fff"),
    ("\uac00", "\ud7af"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)
"""Letters of Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean: often no blank is between them and an address."""

_BEGINS_WORD = re.compile(r"//|[^/:]/|.?[=#&?%_-]")
"""Behind this, such a letter is a part of the address, as in `/wiki/日本`; but not behind the slash after the host."""


def _is_unspaced(char: str) -> bool:
    return any(first <= char <= last for first, last in _UNSPACED)


class AddressParser:
    """Passes on an address whose scheme was passed on already."""

    def __init__(self, source: LookaheadBuffer, write: Writer) -> None:
        self._source = source
        self._write = write
        self._open = {"(": 0, "[": 0, "{": 0}
        self._slashes = 0
        self._foreign = False

    def rest_of_address(self) -> Parser[None]:
        """Pass on the address from its `://` on, and keep what follows it apart."""
        before = self._source.line_so_far()
        self._write(self._source.take(3))
        while True:
            if run := self._source.take_run(_SAFE):
                self._slashes += run.count("/")
                self._foreign = False
                self._write(run)
            char = yield from self._source.peek()
            if _SAFE.match(char):
                continue
            if char == "&" and not (yield from self._ampersand()):
                break
            if char == "&":
                continue
            if char == "\\" and (marks := (yield from self._escaped_marks())):
                self._write(marks)
                continue
            if char and char in "*_~" and (marks := (yield from self._closing_marks(char, before))):
                self._write(self._source.take(len(marks)))
                if (yield from self._source.peek()).isalnum() or (yield from needs_gap(self._source)):
                    self._write(GAP)  # or else our own reader of styles would take them for a part of it
                return
            if char and char in _TAIL:
                size = yield from self._tail()
            else:
                size = int(self._belongs(char, self._source.before(2)))
            if not size:
                break
            self._foreign = self._foreign or _is_unspaced(char)
            self._write(self._source.take(size))
        if (yield from needs_gap(self._source)):
            self._write(GAP)

    def _closing_marks(self, char: str, before: str) -> Parser[str]:
        """Return the marks of style here if they close what was opened in the line `before` the address."""
        marks = char * (yield from self._source.skip(0, char, _MAX_MARKS))
        after = yield from self._source.peek(len(marks))
        if len(marks) == 1 and (after.isascii() or char == "~"):
            return ""
        if char == "_" and not self._source.last.isalnum():
            return ""  # `/__init__`
        return marks if before.count(marks) % 2 else ""

    def _escaped_marks(self) -> Parser[str]:
        """Take marks that chatbots escape in addresses too, and return them; none if the address ends with them."""
        at, marks = 0, ""
        while at < 2 * _MAX_TAIL and (char := (yield from self._source.peek(at))):
            escaped = char == "\\"
            mark = (yield from self._source.peek(at + 1)) if escaped else char
            if not mark or mark not in _ESCAPED:
                break
            marks += mark
            at += 1 + escaped
        if not marks or not self._belongs(char, f" {marks}"[-2:]):
            return ""
        self._source.take(at)
        return marks

    def _ampersand(self) -> Parser[bool]:
        """Pass on an ampersand, written as HTML's entity or not; returns whether there is one, and no other entity."""
        entity, length = yield from read_entity(self._source)
        if entity in ("", "&"):
            self._source.take(length or 1)
            self._write("&")
        return entity in ("", "&")

    def _belongs(self, char: str, before: str) -> bool:
        """Tell whether `char` goes on with the address behind these two characters."""
        if not char or char.isascii():
            return _SAFE.match(char) is not None
        if not _is_unspaced(char):
            return char.isalnum()
        at_root = self._slashes == 1 and before[-1:] == "/"
        return self._foreign or (not at_root and _BEGINS_WORD.fullmatch(before) is not None)

    def _tail(self) -> Parser[int]:
        """Return how many of the marks that stand here belong to the address."""
        end = yield from self._source.skip(0, _TAIL, _MAX_TAIL)
        marks = self._source.ahead(0, end)
        char = yield from self._source.peek(end)
        goes_on = self._belongs(char, f" {marks}"[-2:]) and _STYLES.search(marks) is None
        kept = 0
        for at, mark in enumerate(marks, start=1):
            if opener := _OPENERS.get(mark):
                if not self._open[opener]:
                    return at - 1 if goes_on else kept
                self._open[opener] -= 1
                kept = at
            elif mark in self._open:
                self._open[mark] += 1
        return len(marks) if goes_on else kept


def needs_gap(source: LookaheadBuffer) -> Parser[bool]:
    """Tell whether Discord would take what stands here for a part of the address before it.

    Marks of style that close something are none: Discord reads what they enclose by itself.
    """
    for at in range(_MAX_TAIL):
        char = yield from source.peek(at)
        if not char or char.isspace():
            return False
        if char == "<" or char in "*_~|":
            after = yield from source.peek(at + 1)
            if char == "<" or after.isalnum() or after not in "*_~|":
                return after.isascii() and after.isalnum()  # a tag, or a mark that opens something
        elif char not in _STOPS:
            return True
    return True
