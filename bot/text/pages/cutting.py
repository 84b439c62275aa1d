"""Decides where a page ends. What it decides for the beginning of a text, it decides for all that begins so."""

import re
import sys
from dataclasses import dataclass, replace

from bot.text.code_fences import FENCE, find_open
from bot.text.pages.breaks import choose_break
from bot.text.pages.drawing import DrawnPage, PageDrawer
from bot.text.pages.inline_items import MAX_HELD, find_unfinished
from bot.text.pages.marks import SPOILER, Event
from bot.text.pages.plain_styles import is_all_plain
from bot.text.pages.state import PageState, fence_closer, skip_blank
from bot.text.pages.styles import StyleScanner

MAX_WAIT = 300
"""How many characters after a cut a mark that is open there may be closed. If it is not, it is shown as typed."""

_LOOKAHEAD = MAX_WAIT + 4
"""The marks of `MAX_WAIT` characters, of which the last may be `***`, and the character behind them."""

_NO_STYLES = ("block", "line", "code")
_MAX_TRIES = 6
_MANY_MARKS = 400
"""From how many marks on a page is cut as if each needed a backslash, so as not to be drawn again and again."""
_UNDECIDED = re.compile(r"[\s>]{0,20}`{0,2}$")
_CLOSES_AT_ONCE = re.compile(r"[\s>]{0,20}```")


@dataclass(frozen=True, slots=True)
class CutPage:
    """A full page: where it ends, its text, what is open there, and where on it a spoiler begins that stays open."""

    end: int
    text: str
    state: PageState
    spoiler: int | None


def utf16_len(text: str) -> int:
    """Return the length of `text` as Discord may count it at the strictest: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class PageCutter:
    """Cuts one page from `text[start:]`, where `state` is what is open at `start`.

    A spoiler that begins at `shown_spoiler` or later is shown as typed.
    """

    def __init__(self, text: str, start: int, state: PageState, shown_spoiler: int = sys.maxsize) -> None:
        self._text = text
        self._shown_spoiler = shown_spoiler
        self._start, self._state = open_page(text, start, state)

    def cut(self, *, ended: bool) -> CutPage | None:
        """Return the page if it is full, or else None: also while it may depend on what follows where it is cut.

        Once the text has `ended`, it always has a page.
        """
        full_at = find_overflow(self._text, self._start, self._state)
        if full_at is None:
            if not ended:
                return None
            page = self._draw(len(self._text), ended=True)
            if page is not None and utf16_len(page.text) <= self._state.room:
                return page
            full_at = len(self._text)
        full_at = self._with_escapes(full_at)
        for _ in range(_MAX_TRIES):
            end = choose_break(self._text, self._start, full_at, self._state.language)
            page = self._draw(end, ended=ended)
            if page is None or utf16_len(page.text) <= self._state.room:
                return page
            full_at = self._shorter(end, page.text)
        return self._draw_plain(full_at)

    def draw_growing(self, end: int, too_long: str = "") -> str:
        """Return how a text is shown that is still growing, and is read up to `end`.

        `too_long` is how it is shown up to there, if that is known to be too long.
        """
        full_at = find_overflow(self._text, self._start, self._state)
        if full_at is not None:
            end = self._choose_break(self._with_escapes(full_at))
        elif too_long:
            end = self._choose_break(self._shorter(end, too_long))
        for _ in range(_MAX_TRIES):
            scanner = self._scan(end, complete=False, patience=MAX_HELD)
            shown = max(self._start, min(end, scanner.stopped_at))
            drawer = PageDrawer(self._start, self._state)
            drawer.draw(self._text, shown, scanner.events, literal_before=shown - MAX_HELD)
            page = drawer.finish(self._text, shown, shows_empty_block=False)
            if utf16_len(page.text) <= self._state.room:
                return page.text
            end = self._choose_break(self._shorter(shown, page.text))
        return self._draw_plain(end).text

    def _choose_break(self, full_at: int) -> int:
        return choose_break(self._text, self._start, full_at, self._state.language)

    def _with_escapes(self, full_at: int) -> int:
        """Return where a page is too long that has so many marks that most may need a backslash, or be opened again."""
        page = self._text[self._start : full_at]
        marks = page.count("*") + page.count("_") + page.count("~") + page.count("|") + page.count("`")
        if SPOILER in self._state.styles or SPOILER in page:
            marks += 2 * len(SPOILER) * page.count("\n>")
        if marks <= _MANY_MARKS:
            return full_at
        return self._start + (full_at - self._start) * self._state.room // (self._state.room + marks)

    def _shorter(self, end: int, drawn: str) -> int:
        """Return where a page is too long for certain that is drawn as `drawn` if it ends at `end`."""
        fits = (end - self._start) * self._state.room // utf16_len(drawn)
        return max(self._start + 2, min(self._start + fits + 1, end))

    def _scan(self, end: int, *, complete: bool, cut: int = sys.maxsize, patience: int = sys.maxsize) -> StyleScanner:
        scanner = StyleScanner(self._start, self._state, shown_spoiler=self._shown_spoiler, patience=patience)
        scanner.read(self._text, end, complete=complete, cut=cut)
        return scanner

    def _draw(self, end: int, *, ended: bool) -> CutPage | None:
        """Return the page that ends there, None if that depends on what has not arrived."""
        shown = self._text[self._start : end].rstrip()
        if self._state.is_plain and is_all_plain(self._text, self._start, self._start + len(shown)):
            return CutPage(end, shown, replace(self._state, before=self._text[end - 1 : end], above=0), None)
        known = min(len(self._text), end + _LOOKAHEAD)
        complete = ended or known == end + _LOOKAHEAD
        if not complete and find_open(self._text, self._start, known, self._state.language) is None:
            known = find_unfinished(self._text, self._start, known)
        scanner = self._scan(known, complete=complete, cut=end)
        if not complete and (scanner.stopped_at < end or any(event.start < end for event in scanner.waiting)):
            return None
        page = self._draw_until(end, scanner.events)
        spoiler = scanner.open_spoiler
        is_new = spoiler is not None and self._start <= spoiler.start < min(end, spoiler.end)
        return CutPage(end, page.text, page.state, spoiler.start if spoiler is not None and is_new else None)

    def _draw_plain(self, full_at: int) -> CutPage:
        """Return a short page without any style, for a text in which nearly all would have to be opened again."""
        end = self._choose_break(min(full_at, self._start + self._state.room // 3))
        events = self._scan(end, complete=True).events
        page = self._draw_until(end, [event for event in events if event.kind in _NO_STYLES or event.style == SPOILER])
        return CutPage(end, page.text, page.state, None)

    def _draw_until(self, end: int, events: list[Event]) -> DrawnPage:
        drawer = PageDrawer(self._start, self._state)
        drawer.draw(self._text, end, events)
        return drawer.finish(self._text, end)


def open_page(text: str, start: int, state: PageState) -> tuple[int, PageState]:
    """Return where a page's shown text starts, and what is open there."""
    if state.language is not None:
        closing = _CLOSES_AT_ONCE.match(text, start)
        if closing is None:
            return start, state
        # The block's content ended with the page before; its closing fence would show as an empty block here.
        start, state = closing.end(), replace(state, language=None, before="`")
    shown = skip_blank(text, start, len(text))
    if shown > start:
        state = replace(state, before="\n" if "\n" in (state.before, *text[start:shown]) else " ")
    return shown, state


def find_overflow(text: str, start: int, state: PageState) -> int | None:
    """Return the end of the shortest beginning of `text[start:]` that is too long for a page, None if all fits."""
    if len(text) - start <= state.room // 2 - 50 or (state.language is not None and _UNDECIDED.match(text, start)):
        return None
    marks = sum(map(len, state.styles))
    before, closer = len(state.opener) + 2 * marks, len(fence_closer(state.quote))
    room = state.room - before - closer
    if utf16_len(text[start : start + state.room]) <= room:
        return None
    # So much fits, whatever it is: only what follows needs a look at each character.
    fits = text[start : start + room]
    fits = fits if utf16_len(fits) == len(fits) else fits[: room // 2]
    used = before + utf16_len(fits)
    in_block = (state.language is not None) != bool(fits.count(FENCE) % 2)
    rest = text[start + len(fits) : start + state.room + 1]
    if rest.isascii() and "`" not in rest:
        too_many = max(1, state.room - used - (closer if in_block else 0) + 1)
        return start + len(fits) + too_many if too_many <= len(rest) else None
    ticks = (len(fits) - len(fits.rstrip("`"))) % len(FENCE)
    for index in range(start + len(fits), min(len(text), start + state.room + 1)):
        char = text[index]
        used += 2 if char > "\uffff" else 1
        ticks = ticks + 1 if char == "`" else 0
        if ticks == len(FENCE):
            in_block, ticks = not in_block, 0
        if used + (closer if in_block else 0) > state.room:
            return index + 1
    return None
