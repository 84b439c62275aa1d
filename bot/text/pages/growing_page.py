"""The page that is still growing. What is settled of it is read and drawn once, so that a frame costs little."""

import re

from bot.text.code_fences import FENCE, find_open, language_at
from bot.text.pages.cutting import PageCutter, find_overflow, open_page, utf16_len
from bot.text.pages.drawing import PageDrawer
from bot.text.pages.inline_items import MAX_HELD, find_unfinished
from bot.text.pages.plain_styles import before_marks, begins_quoted, skip_plain
from bot.text.pages.state import PageState, fence_closer
from bot.text.pages.styles import StyleScanner

_OPENS_FENCE = re.compile(r"(?:```[A-Za-z0-9_+\-.#]{0,30}|`{1,2})$")
"""The beginning of a fence or of inline code at the end of a growing text: shown only once it is known what it is."""

_NEVER = 1 << 62


class GrowingPage:
    """A page whose text may grow; `state` is what is open where it starts."""

    def __init__(self, state: PageState) -> None:
        self._before = state
        self._opened = (0, state)
        self._begin()

    def _begin(self) -> None:
        start, state = self._opened
        self._scanner = StyleScanner(start, state, shown_spoiler=_NEVER, patience=MAX_HELD)
        self._drawer = PageDrawer(start, state)
        self._plain = start
        self._waits_as: str | None = None
        """How the page is shown from where it is too long until it is full."""
        self._settled = 0
        """How many of the scanner's events are drawn."""

    def draw(self, text: str) -> str:
        """Return how `text` is shown, which is all of the page so far and grows from call to call.

        At its end, what may still become something else is held back, and marks of style that are not closed are left
        out, both for at most `MAX_HELD` characters. What was longer than that is shown as typed.
        """
        opened = open_page(text, 0, self._before)
        if opened != self._opened:
            self._opened = opened
            self._begin()
        start, state = opened
        end = _find_end(text, start, state)
        if self._waits_as is not None:
            return self._waits_as
        if find_overflow(text, start, state) is not None:
            self._waits_as = PageCutter(text, 0, self._before).draw_growing(end)
            return self._waits_as
        plain = self._draw_plain(text, end)
        if plain is not None:
            return plain
        self._scanner.read(text, end, complete=False)
        shown = max(start, min(end, self._scanner.stopped_at))
        self._settle(text, shown)
        drawer = self._drawer.copy()
        drawer.draw(text, shown, self._scanner.events[self._settled :], literal_before=shown - MAX_HELD)
        drawn = drawer.finish(text, shown, shows_empty_block=False).text
        if utf16_len(drawn) > self._before.room:
            self._waits_as = drawn = PageCutter(text, 0, self._before).draw_growing(shown, drawn)
        return drawn

    def _draw_plain(self, text: str, end: int) -> str | None:
        """Return the page if all up to `end` is shown as it is, but for the end of an open block; None if it is not."""
        start, state = self._opened
        if state.styles or state.quote or (self._plain == start and begins_quoted(text, start)) or "-#" in text:
            return None
        content, language = start, state.language
        if language is None:
            # What was found so before is not read again.
            self._plain = skip_plain(text, self._plain, before_marks(text, start, end))
            if not text[self._plain : end].strip():
                return text[start:end].rstrip()
            if not text.startswith(FENCE, self._plain):
                return None
            content = self._plain + len(FENCE)
            content += len(language_at(text, content, end))
        if text.find(FENCE, content, end) >= 0:
            return None
        if not text[content:end].strip():
            return text[start : self._plain].rstrip()
        drawn = f"{state.opener}{text[start:end].rstrip()}{fence_closer('')}"
        return drawn if utf16_len(drawn) <= state.room else None

    def _settle(self, text: str, shown: int) -> None:
        """Draw what no longer changes: all before the first mark that may yet be closed."""
        events, settled = self._scanner.events, self._settled
        while settled < len(events) and events[settled].kind != "waiting" and events[settled].end <= shown:
            settled += 1
        self._drawer.draw(text, shown, events[self._settled : settled])
        self._settled = settled


def _find_end(text: str, start: int, state: PageState) -> int:
    """Return where the part of `text[start:]` ends that can be read already."""
    end = len(text)
    if opens := _OPENS_FENCE.search(text, max(start, end - 40)):
        end = opens.start()
        while end > start and text[end - 1] == "`":
            end -= 1  # of many backticks in a row, the next one may change what all of them are
    if find_open(text, start, end, state.language) is not None:
        return end
    return find_unfinished(text, start, end)
