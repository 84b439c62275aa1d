"""What is open where a page ends, and goes on where the next one begins."""

import re
from dataclasses import dataclass

from bot.text.code_fences import FENCE

MAX_PAGE_UNITS = 2000
"""The longest text of one message. Discord's limit for a bot is 2000 characters; an emoji counts as two here, in UTF-16
code units, since that is the strictest way in which Discord has been seen to count."""

QUOTE, QUOTE_TO_END = "> ", ">>> "
"""The marks of a quoted line, and of a quotation that goes on to the end of its message."""

_EMPTY_LINES = re.compile(r"(?:\s|(?:^|(?<=\n))[ ]*>[ \t]*(?=\n))*")

_QUOTE_TO_END = re.compile(rf"^ *{QUOTE_TO_END}", re.MULTILINE)
_CODE = re.compile(rf"{FENCE}.*?{FENCE}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageState:
    """What is open at the end of a page.

    `language` is that of the block of code, None if none is open; `quote` is `QUOTE`, `QUOTE_TO_END` or empty, `styles`
    are the marks that are open, the outermost first. `before` is the character before the next page's text, a line feed
    if that begins a line. So many UTF-16 units of the next page's message are taken by what is `above` the page.
    """

    language: str | None = None
    quote: str = ""
    styles: tuple[str, ...] = ()
    before: str = "\n"
    above: int = 0

    @property
    def room(self) -> int:
        """How long the next page may be, in UTF-16 units."""
        return MAX_PAGE_UNITS - self.above

    @property
    def mid_line(self) -> bool:
        """Whether the next page begins within a line."""
        return self.before != "\n"

    @property
    def is_plain(self) -> bool:
        """Whether nothing is open."""
        return self.language is None and not self.styles and not self.quote

    @property
    def opener(self) -> str:
        """What the next page begins with, except for its styles."""
        quote = self.quote if self.quote == QUOTE_TO_END or self.mid_line or self.language is not None else ""
        if self.language is None:
            return quote
        again = QUOTE if self.quote == QUOTE and self.mid_line else ""
        return f"{quote}{FENCE}{self.language}\n{again}"


def fence_closer(quote: str) -> str:
    """Return what closes a block of code, in a quotation or outside of any."""
    return f"\n{QUOTE if quote == QUOTE else ''}{FENCE}"


def quotes_to_end(text: str) -> bool:
    """Tell whether a message's last part is a quotation that would go on in what is added."""
    return _QUOTE_TO_END.search(_CODE.sub("", text)) is not None


def skip_blank(text: str, start: int, end: int) -> int:
    """Return where the white space and the empty lines of a quotation end that nobody sees before a page's text."""
    blank = _EMPTY_LINES.match(text, start, end)
    return start if blank is None else blank.end()


def strip_end(text: str) -> str:
    """Return `text` without the white space and the empty lines of a quotation that nobody sees at a page's end."""
    while True:
        text = text.rstrip()
        line = text.rfind("\n") + 1
        if len(text) - line > 3 or text[line:] not in (">", ">>>"):
            return text
        text = text[:line]
