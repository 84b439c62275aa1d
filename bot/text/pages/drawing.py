"""Draws one page: closes at its end what is open there, and opens at its beginning what was."""

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from bot.text.code_fences import FENCE
from bot.text.pages.marks import SPOILER, Event
from bot.text.pages.state import QUOTE, PageState, fence_closer, strip_end
from bot.text.pages.writer import APART, PageWriter

_MARK = re.compile(r"[*_~|]")
_MAY_BE_PLAIN = ("whole", "code")


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page's text, and what is open at its end."""

    text: str
    state: PageState


class PageDrawer:
    """Draws `text[start:end]` as a page, event after event; `state` is what is open at its start."""

    def __init__(self, start: int, state: PageState) -> None:
        self._start, self._state = start, state
        self._at, self._end, self._text = start, start, ""
        self._quote = self._spoiler_quote = state.quote
        self._code = ""
        self._block: Event | None = None
        opener = [] if state.language is not None or not state.opener else [state.opener]
        self.writer = PageWriter(opener, len(opener))

    def copy(self) -> "PageDrawer":
        """Return one that has drawn the same, and draws on by itself."""
        drawer = copy(self)
        drawer.writer = self.writer.copy()
        return drawer

    def draw(self, text: str, end: int, events: Iterable[Event], *, literal_before: int = 0) -> None:
        """Draw on up to `end`, as far as events are drawn before it. Those that wait to be closed are left out.

        Of these, the ones before `literal_before` are only characters.
        """
        self._text, self._end = text, end
        for event in events:
            if event.start >= end:
                break
            if event.end <= end and event.kind in _MAY_BE_PLAIN and self._is_plain(event):
                continue
            if event.start > self._at:
                self.writer.write(text[self._at : event.start])
            self._at = min(event.end, end)
            found = text[event.start : self._at]
            if event.kind == "waiting" and event.start < literal_before and found:
                self.writer.write_literal(found)
            self._draw(event, found)

    def finish(self, text: str, end: int, *, shows_empty_block: bool = True) -> DrawnPage:
        """Return the page that ends there. An open block without content is left out if told so."""
        self.writer.write(text[self._at : end])
        before = text[end - 1 : end] or self._state.before
        if self._block is None:
            state = PageState(None, self._quote, (*self.writer.styles, *filter(None, [self._code])), before)
            return DrawnPage(self.writer.finish(), state)
        block = self._block
        is_inherited = self._is_inherited(block)
        found = text[block.start : end]
        state = PageState(block.style, self._quote, tuple(self.writer.styles), before)
        content = found if is_inherited else found[len(FENCE) + len(block.style) :]
        if not content.strip() and (is_inherited or not shows_empty_block):
            return DrawnPage(self.writer.finish(), state)
        self._write_block(strip_end(found) if self._quote == QUOTE else found.rstrip(), is_inherited=is_inherited)
        return DrawnPage(self.writer.finish(fence_closer(self._quote)), state)

    def _draw(self, event: Event, found: str) -> None:
        match event.kind:  # the most frequent first
            case "literal" if found:
                self.writer.write_literal(found)
            case "line":
                self._draw_margin(event, found)
            case "open":
                self.writer.open(event.style)
                if event.style == SPOILER:
                    self._spoiler_quote = self._quote
            case "close":
                self.writer.close(event.style)
            case "code":
                self._draw_code(event, found)
            case "block":
                if event.end > self._end:
                    self._block = event
                else:
                    self._write_block(found, is_inherited=self._is_inherited(event))
            case "whole" if found[0] == "\\":
                self.writer.write(found)
            case "whole":
                words, bracket, target = found.partition("](")
                if SPOILER in self.writer.styles:
                    target = target.replace(SPOILER, "%7C%7C")
                self.writer.write_apart(self._keep_hidden(words) + bracket + target)

    def _is_plain(self, event: Event) -> bool:
        """Tell whether code, a link or an address is drawn like any text: it has no marks in it, and is not cut."""
        return _MARK.search(self._text, event.start, event.end) is None and not self._is_inherited(event)

    def _is_inherited(self, event: Event) -> bool:
        """Tell whether the page before ended within this code or block."""
        if event.kind == "block":
            return event.start == self._start and self._state.language is not None
        return event.start == self._start and self._state.styles[-1:] == (event.style,)

    def _draw_margin(self, event: Event, found: str) -> None:
        """Open a spoiler that began in a quotation again after it: Discord ends it with the quotation."""
        if self._spoiler_quote == QUOTE != event.style:
            self.writer.reopen(SPOILER)
        if SPOILER not in self.writer.styles or self._spoiler_quote == QUOTE or event.start == self._start:
            self._spoiler_quote = event.style
        self._quote = event.style
        self.writer.write_margin(found)

    def _draw_code(self, event: Event, found: str) -> None:
        ticks = event.style
        is_inherited = self._is_inherited(event)
        is_open = event.end > self._end
        content = found[0 if is_inherited else len(ticks) : None if is_open else len(found) - len(ticks)]
        if is_inherited or is_open:
            content = content.lstrip() if is_inherited else content
            content = content.rstrip() if is_open else content
            self._code = ticks if is_open else ""
            if not content.strip():
                return
            content = f" {content}" if content[0] == "`" else content
            content = f"{content} " if content[-1] == "`" else content
        self.writer.write_apart(self._keep_hidden(f"{ticks}{content}{ticks}"))

    def _write_block(self, found: str, *, is_inherited: bool) -> None:
        found = self._keep_hidden(found)
        if is_inherited:
            margin, fence, line = self._state.opener.partition(FENCE)
            self.writer.write_margin(margin)
            found = fence + line + found
        self.writer.write(found)

    def _keep_hidden(self, code: str) -> str:
        """Return code as it may be shown within a spoiler: Discord would end that at two bars."""
        return code.replace(SPOILER, f"|{APART}|") if SPOILER in self.writer.styles else code
