"""The paginator: cuts an answer of any length into messages that each read well, while the answer is still growing.

Its promises, each held by a property test: no page is longer than Discord takes or empty; no page leaves a block of
code, a style or a spoiler open, or loses one that goes on; every character of the answer, but for white space and
marks, is on exactly one page; a page that is full never changes, whatever comes after it.

The last follows from one rule: a page is full as soon as some beginning of it would be too long, and where it is cut
depends on nothing beyond that beginning, but for the marks that are open there: they wait for 300 characters. There is
one exception. What is behind `||` is hidden at once; if an answer ends without the closing bars, they were no spoiler,
and the end shows what was hidden.
"""

import sys
from dataclasses import dataclass, replace

from bot.text.pages.cutting import CutPage, PageCutter, utf16_len
from bot.text.pages.growing_page import GrowingPage
from bot.text.pages.marks import SPOILER
from bot.text.pages.state import MAX_PAGE_UNITS, PageState, skip_blank

__all__ = ["MAX_PAGE_UNITS", "Page", "Paginator", "paginate", "utf16_len"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `body` is its stretch of the answer, `text` how a message shows it: trimmed, with all closed.

    White space before a page's text is part of no page.
    """

    body: str
    text: str


class Paginator:
    """Pages of a growing text: feed it with `add`, read it with `pages`. Work per call does not grow with the text.

    `state` is what is open where the text starts. A spoiler that begins at `shown_spoiler` or later is none.
    """

    def __init__(self, state: PageState | None = None, shown_spoiler: int = sys.maxsize) -> None:
        self._full: list[Page] = []
        self._pieces: list[str] = []
        self._state = state or PageState()
        self._shown_spoiler = shown_spoiler
        self._last: GrowingPage | None = None
        self._typed: tuple[int, Paginator] | None = None
        """While a spoiler is open: how many pages are before it, and those from there on with its bars as typed."""

    def add(self, text: str) -> None:
        """Append `text`; cheap, whatever has come before."""
        self._pieces.append(text)
        if self._typed is not None:
            self._typed[1].add(text)

    def is_beyond(self, max_pages: int) -> bool:
        """Tell whether more than `max_pages` pages are full already, so that what is added changes nothing."""
        return len(self._full) > max_pages

    def pages(self, *, ended: bool, reveals: bool = True, max_pages: int = sys.maxsize) -> list[Page]:
        """Return the pages so far; all but the last are full and never change. One with nothing to show is left out.

        Once the text has `ended`, a spoiler that is not closed is shown as typed if it `reveals` that. What goes beyond
        `max_pages` pages is not cut, which would hold everybody up: one full page more only tells that there is more.
        """
        rest = self.cut(max_pages)
        if self.is_beyond(max_pages):
            return list(self._full)
        if ended:
            return self._finish(rest, max_pages, reveals=reveals)
        if self._last is None:
            self._last = GrowingPage(self._state)
        text = self._last.draw(rest)
        return [*self._full, Page(rest, text)] if text else list(self._full)

    def cut(self, max_pages: int) -> str:
        """Cut off all pages that are full, and return the rest."""
        if self.is_beyond(max_pages):
            return ""
        rest = "".join(self._pieces)
        start = self._skip_blank(rest, 0)
        while not self.is_beyond(max_pages):
            page = PageCutter(rest, start, self._state, self._shown_spoiler).cut(ended=False)
            if page is None:
                break
            self._note_spoiler(page, rest[start:], page.spoiler - start if page.spoiler is not None else 0)
            self._state = _state_behind(page, self._state)
            if page.text:
                self._full.append(Page(rest[start : page.end], page.text))
            start = self._skip_blank(rest, page.end)
        if start:
            self._last = None
            self._shown_spoiler -= start
        self._pieces = [rest[start:]]
        if self._typed is not None:
            before, typed = self._typed
            typed.cut(max_pages - before)
        return rest[start:]

    def _skip_blank(self, rest: str, at: int) -> int:
        if self._state.language is not None:
            return at
        start = skip_blank(rest, at, len(rest))
        if start > at:
            self._state = replace(self._state, before="\n" if "\n" in (self._state.before, *rest[at:start]) else " ")
        return start

    def _note_spoiler(self, page: CutPage, text: str, start: int) -> None:
        """Cut the text from a page on a second time while a spoiler is open that begins there at `start`."""
        if page.spoiler is not None:
            typed = Paginator(self._state, start)
            typed.add(text)
            self._typed = len(self._full), typed
        elif SPOILER not in page.state.styles:
            self._typed = None

    def _finish(self, rest: str, max_pages: int, *, reveals: bool) -> list[Page]:
        """Return all pages of a text that has ended; nothing is noted, so that more may follow all the same."""
        limit = max_pages + 1 - len(self._full)
        last = _cut_all(rest, self._state, limit, self._shown_spoiler)
        if len(last.pages) >= limit or not reveals or SPOILER not in last.state.styles:
            return [*self._full, *last.pages]
        if last.spoiler is not None:
            return [*self._full, *_cut_all(rest, self._state, limit, last.spoiler).pages]
        if self._typed is None:
            return [*self._full, *last.pages]
        before, typed = self._typed
        return [*self._full[:before], *typed.pages(ended=True, max_pages=max_pages - before)]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The pages of a whole text, what is open at its end, and where a spoiler begins that is open there."""

    pages: list[Page]
    state: PageState
    spoiler: int | None


def _cut_all(text: str, state: PageState, max_pages: int, shown_spoiler: int) -> _Cut:
    """Cut a text that has ended; a spoiler that begins at `shown_spoiler` is shown as typed."""
    pages, start, spoiler = list[Page](), 0, None
    while start < len(text) and len(pages) < max_pages:
        page = PageCutter(text, start, state, shown_spoiler).cut(ended=True)
        assert page is not None
        if page.spoiler is not None:
            spoiler = page.spoiler
        elif SPOILER not in page.state.styles:
            spoiler = None
        if page.text:
            pages.append(Page(text[start : page.end], page.text))
        start, state = page.end, _state_behind(page, state)
    return _Cut(pages, state, spoiler)


def _state_behind(page: CutPage, state: PageState) -> PageState:
    """Return what is open behind a page that began with `state`; what was above it is above the next if it is empty."""
    return page.state if page.text else replace(page.state, above=state.above)


def paginate(text: str) -> list[Page]:
    """Return the pages of a whole text."""
    paginator = Paginator()
    paginator.add(text)
    return paginator.pages(ended=True)
