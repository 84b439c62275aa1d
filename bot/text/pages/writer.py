"""Puts a page's text together, and gives a backslash to each mark that is only a character, but a style for Discord.

Discord's rules are those of its client, which is built on simple-markdown: at each mark it takes the next one of the
same kind, also beyond paragraphs and within code.
"""

import re
from dataclasses import dataclass, field, replace

from bot.text.code_fences import FENCE
from bot.text.markdown.addresses import GAP
from bot.text.pages.inline_items import ESCAPE
from bot.text.pages.marks import SPOILER
from bot.text.pages.state import strip_end

DRAWN = {
    "*": re.compile(
        r"\*\*(?:\\[\s\S]|[^\\])+?\*\*(?!\*)|\*(?=\S)(?:\*\*|\\[\s\S]|\s++(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?\*(?!\*)"
    ),
    "_": re.compile(r"__(?:\\[\s\S]|[^\\])+?__(?!_)|_(?:__|\\[\s\S]|[^\\_])+?_(?![A-Za-z0-9_])"),
    "~": re.compile(r"~~[\s\S]+?~~"),
    "|": re.compile(r"\|\|[\s\S]+?\|\|"),
    "`": re.compile(r"(`+)[\s\S]*?[^`]\1(?!`)"),
}
"""What Discord draws in another way than it was typed, from a mark on."""

_MARKS = "*_~|`"

_SMALL_PRINT = re.compile(
    rf"{FENCE}[\s\S]*?{FENCE}|{ESCAPE}|(?<!`)`(?!`)[^`\n]+`(?!`)|(?<!`)``(?!`)(?:[^`\n]|`(?!`))+``(?!`)"
    r"|https?://[^\s<]+|\]\([^\s)]*|(?P<mark>-#)"
)
"""The mark of small print, and what no mark is read in: code, addresses, escaped characters.

It counts wherever it is: some readers of Discord's dialect begin a line within each style and link.
"""

_MAX_LOOKED_UP = 40
"""How many marks are held against Discord's rules on a page; if there are more, all get a backslash."""

APART = "\u200b"
"""A character without width: it keeps marks apart that Discord would read as one, or as the end of a spoiler."""


@dataclass(slots=True)
class PageWriter:
    """Puts a page together from left to right. Styles are opened before the first visible character, not before."""

    parts: list[str]
    without: int = 0
    """How many parts there are without any text of the page."""
    styles: list[str] = field(default_factory=list)
    """The marks of the styles that are open, the outermost first; the last `pending` are not written yet."""
    pending: int = 0
    doubled: list[str] = field(default_factory=list)
    """Styles that were opened once more while they were open."""
    literals: dict[int, bool] = field(default_factory=dict)
    """Which parts are marks that are only characters, and whether they would end a style that is open there."""
    blank: str = ""
    """White space, and what a line begins with, before the next visible character."""
    closed_at: int = -1
    """How many parts there were when a style was closed last."""
    address_at: int = -1
    """How many parts there were when an address was written outside of styles that go on behind it."""
    has_struck: bool = False
    """Whether a style was closed that Discord does not draw before an underscore."""

    def copy(self) -> "PageWriter":
        """Return one that has written the same, and writes on by itself."""
        parts, styles, doubled = self.parts.copy(), self.styles.copy(), self.doubled.copy()
        return replace(self, parts=parts, styles=styles, doubled=doubled, literals=self.literals.copy())

    def write(self, text: str) -> None:
        """Add text without marks that are only characters."""
        visible = text.lstrip()
        if not visible:
            self.blank += text
            return
        blank = self.blank + text[: len(text) - len(visible)]
        shown = visible.rstrip()
        self.blank = visible[len(shown) :]
        parts = self.parts
        if not self.pending:
            if not blank and self._would_join(visible[0]):
                blank = APART
            parts += (blank, shown) if blank else (shown,)
            return
        opened = self.styles[-self.pending :]
        self.pending = 0
        if not blank:
            blank = GAP if self.address_at == len(parts) else APART if self._would_join(opened[0][0]) else ""
        parts += (blank, *opened, shown)

    def write_margin(self, text: str) -> None:
        """Add what a line begins with: styles are opened behind it."""
        self.blank += text

    def write_literal(self, text: str) -> None:
        """Add marks that are only characters."""
        if self.pending:
            self.write(text)
        else:
            self.parts += (self.blank, text) if self.blank else (text,)
            self.blank = ""
        ends_style = False
        for style in self.styles:
            ends_style = ends_style or (style[0] == text[0] and (len(text) > 1 or len(style) == 1))
        self.literals[len(self.parts) - 1] = ends_style

    def write_apart(self, text: str) -> None:
        """Add code, a link or an address: styles whose mark is in it are closed before it, and opened again behind."""
        torn = next((at for at, style in enumerate(self.styles) if style in text and style != SPOILER), None)
        if torn is None:
            self.write(text)
            return
        again = self._close_from(torn)
        if SPOILER in again:
            again.remove(SPOILER)
            self.open(SPOILER)
        self.write(text)
        self.address_at = len(self.parts) if text[0] == "h" else -1
        for style in again:
            self.open(style)

    def open(self, style: str) -> None:
        """Open a style; one that is open already stays so until both are closed."""
        if style in self.styles:
            self.doubled.append(style)
            return
        self.styles.append(style)
        self.pending += 1

    def close(self, style: str) -> None:
        """Close a style behind the last visible character."""
        if style in self.doubled:
            self.doubled.remove(style)
        elif style in self.styles:
            again = self._close_from(self.styles.index(style))[1:]
            if self.blank == GAP and not again:
                self.blank = ""
            for inner in again:
                self.open(inner)

    def reopen(self, style: str) -> None:
        """Close `style` and all that is in it, and open them again before the next visible character."""
        if style in self.styles:
            for again in self._close_from(self.styles.index(style)):
                self.open(again)

    def _close_from(self, at: int) -> list[str]:
        """Close the style at an index and all that are in it, and return them."""
        closed = self.styles[at:]
        written = len(self.styles) - self.pending
        self.parts += reversed(self.styles[at:written])
        if at < written:
            self.closed_at = len(self.parts)
            self.has_struck |= "~~" in self.styles[at:written]
        self.pending -= len(self.styles) - max(at, written)
        del self.styles[at:]
        return closed

    def _would_join(self, char: str) -> bool:
        """Tell whether Discord would read a mark at the end and `char` behind it as one, or not end a style there."""
        last = self._last_char(len(self.parts))
        return (
            last != ""
            and last in _MARKS
            and (last == char or (last == "_" and self.closed_at == len(self.parts) and char.isalnum()))
        )

    def _last_char(self, end: int) -> str:
        """Return the character before the part number `end`."""
        while end > 0 and not self.parts[end - 1]:
            end -= 1
        return self.parts[end - 1][-1] if end else ""

    def finish(self, closer: str = "") -> str:
        """Return the page's text with all closed that is open; `closer` is what closes a block of code."""
        if len(self.parts) == self.without and not strip_end(self.blank):
            return ""
        written = self.styles[: len(self.styles) - self.pending]
        rest = closer + "".join(reversed(written)) + strip_end(self.blank)
        if len(self.literals) > _MAX_LOOKED_UP:
            return self._finish_escaping(rest)
        end = len(self.parts)
        for index, ends_style in reversed(self.literals.items()):
            rest = "".join(self.parts[index + 1 : end]) + rest
            mark, end = self.parts[index], index
            is_drawn = ends_style or mark[0] in (rest[:1], self._last_char(index))
            if is_drawn or _is_drawn(mark, rest):
                mark = _escape(mark)
            rest = mark + rest
        return self._join(self.parts[:end], rest)

    def _finish_escaping(self, rest: str) -> str:
        parts = self.parts.copy()
        for index in self.literals:
            parts[index] = _escape(parts[index])
        return self._join(parts, rest)

    def _join(self, parts: list[str], rest: str) -> str:
        text = "".join(parts) + rest
        if "-#" in text:
            text = _SMALL_PRINT.sub(_as_typed, text)
        return text.replace("~~_", f"~~{APART}_") if self.has_struck else text


def _as_typed(found: re.Match[str]) -> str:
    """Return the mark without its meaning: small print is how the bot's own lines are known."""
    return "\\-#" if found["mark"] else found[0]


def _escape(mark: str) -> str:
    return "\\" + "\\".join(mark)


def _is_drawn(mark: str, rest: str) -> bool:
    """Tell whether Discord draws a style, a spoiler or code from `mark` on if `rest` comes after it."""
    char = mark[0]
    if len(mark) < 4 and char not in (rest if char == "`" else rest.replace(f"\\{char}", "")):
        return False
    return any(DRAWN[char].match(mark[at:] + rest) for at in range(min(3, len(mark))))
