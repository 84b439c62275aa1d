"""The pager: cuts an answer of any length into messages that each read well, while the answer is still growing.

Its promises, each held by a property test: no page is longer than Discord takes or empty; none has an open code fence;
every character of the answer, but for white space, stands on exactly one page; a page that is full never changes,
whatever comes after it.

The last follows from one rule: a page is full as soon as some beginning of it, drawn as a page of its own, would be too
long, and where it is cut depends on nothing beyond that beginning.
"""

import re
import sys
from dataclasses import dataclass

from bot.text.code_fences import FENCE, find_open
from bot.text.page_breaks import choose_break

MAX_PAGE_UNITS = 2000
"""The longest text of one message. Discord's limit for a bot is 2000 characters; an emoji counts as two here, in UTF-16
code units, since that is the strictest way in which Discord has been seen to count."""

_CLOSER = f"\n{FENCE}"
_BLANK = re.compile(r"\s*")

_UNDECIDED = re.compile(r"\s{0,20}`{0,2}$")
_CLOSES_AT_ONCE = re.compile(r"\s{0,20}```")
_UNFINISHED = re.compile(r"(?:```[A-Za-z0-9_+\-.#]{0,30}|`{1,2})$")
"""The beginning of a fence or of inline code at the end of a growing text: shown only once it is known what it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `body` is its stretch of the answer, `text` how a message shows it (trimmed, its fences balanced).

    White space before a page's text is part of no page.
    """

    body: str
    text: str


class Paginator:
    """Pages of a growing text: feed it with `add`, read it with `pages`. Work per call does not grow with the text."""

    def __init__(self) -> None:
        self._full: list[Page] = []
        self._pieces: list[str] = []
        self._language: str | None = None

    def add(self, text: str) -> None:
        """Append `text`; cheap, whatever has come before."""
        self._pieces.append(text)

    def is_beyond(self, max_pages: int) -> bool:
        """Tell whether more than `max_pages` pages are full already, so that what is added changes nothing."""
        return len(self._full) > max_pages

    def pages(self, *, ended: bool, max_pages: int = sys.maxsize) -> list[Page]:
        """Return the pages so far; all but the last are full and never change. One with nothing to show is left out.

        Until the text has `ended`, a few backticks at its very end are held back: they may become a fence. What goes
        beyond `max_pages` pages is not cut, which would hold everybody up: one full page more only tells that there is
        more.
        """
        if self.is_beyond(max_pages):
            return list(self._full)
        rest = "".join(self._pieces)
        start = _skip_blank(rest, 0, len(rest), self._language)
        while not self.is_beyond(max_pages) and (full_at := _overflow(rest, start, self._language)) is not None:
            _, shown, language = _open_page(rest, start, full_at, self._language)
            cut = choose_break(rest, shown, full_at, language)
            page, self._language = _draw(rest, start, cut, self._language, ended=True)
            if page.text:
                self._full.append(page)
            start = _skip_blank(rest, cut, len(rest), self._language)
        self._pieces = [rest[start:]]
        if self.is_beyond(max_pages):
            return list(self._full)
        end = len(rest)
        if not ended and (unfinished := _UNFINISHED.search(rest, max(start, end - 40))):
            end = unfinished.start()
            while end > start and rest[end - 1] == "`":
                end -= 1  # of many backticks in a row, the next one may change what all of them are
        last, _ = _draw(rest, start, end, self._language, ended=ended)
        return [*self._full, last] if last.text else list(self._full)


def paginate(text: str) -> list[Page]:
    """Return the pages of a whole text."""
    pager = Paginator()
    pager.add(text)
    return pager.pages(ended=True)


def utf16_len(text: str) -> int:
    """Return the length of `text` as Discord may count it at the strictest: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _open_page(text: str, start: int, end: int, language: str | None) -> tuple[str, int, str | None]:
    """Return how a page begins: what is put before its text, where its shown text starts, and the fence then open."""
    if language is not None and (closing := _CLOSES_AT_ONCE.match(text, start, end)):
        # The block's content ended with the page before; its closing fence would show as an empty block here.
        start, language = closing.end(), None
    opener = "" if language is None else f"{FENCE}{language}\n"
    return opener, _skip_blank(text, start, end, language), language


def _skip_blank(text: str, start: int, end: int, language: str | None) -> int:
    """Return where the white space ends that nobody sees before a page's text; in a block of code it is seen."""
    if language is not None:
        return start
    blank = _BLANK.match(text, start, end)
    return start if blank is None else blank.end()


def _overflow(text: str, start: int, language: str | None) -> int | None:
    """Return the end of the shortest beginning of `text[start:]` that is too long for a page, None if all fits."""
    if len(text) - start <= MAX_PAGE_UNITS // 2 - 50 or (language is not None and _UNDECIDED.match(text, start)):
        return None
    opener, shown, language = _open_page(text, start, len(text), language)
    room = MAX_PAGE_UNITS - len(opener) - len(_CLOSER)
    if utf16_len(text[shown : shown + MAX_PAGE_UNITS]) <= room:
        return None
    # So much fits, whatever it is: only what follows needs a look at each character.
    fits = text[shown : shown + room]
    fits = fits if utf16_len(fits) == len(fits) else fits[: room // 2]
    used = len(opener) + utf16_len(fits)
    in_block = (language is not None) != bool(fits.count(FENCE) % 2)
    ticks = (len(fits) - len(fits.rstrip("`"))) % len(FENCE)
    for index in range(shown + len(fits), min(len(text), shown + MAX_PAGE_UNITS + 1)):
        char = text[index]
        used += 2 if char > "\uffff" else 1
        ticks = ticks + 1 if char == "`" else 0
        if ticks == len(FENCE):
            in_block, ticks = not in_block, 0
        if used + (len(_CLOSER) if in_block else 0) > MAX_PAGE_UNITS:
            return index + 1
    return None


def _draw(text: str, start: int, end: int, language: str | None, *, ended: bool) -> tuple[Page, str | None]:
    """Return the page for `text[start:end]`, and the language of the block left open at its end, None if none is."""
    body = text[start:end]
    opener, shown, language = _open_page(text, start, end, language)
    last = find_open(text, shown, end, language)
    if last is None:
        return Page(body, (opener + text[shown:end]).rstrip()), None
    if not text[last.content : end].strip():
        # A block without content shows as bare backticks: not while there may be more, nor where this page reopened it.
        reopened = last.start == last.content
        if reopened or not ended:
            before = text[shown : last.start]
            return Page(body, (opener + before).rstrip() if before else ""), last.language
    return Page(body, (opener + text[shown:end]).rstrip() + _CLOSER), last.language
