"""Reads the marks of style in a stretch of text: which open a style, which close one, and which are only characters.

The rules are those of CommonMark, made narrower so that Discord can draw what they find: a style begins before a word
and ends behind one, `_` never within a word, and no style goes beyond its paragraph, item or heading. A spoiler does.
Discord takes the next mark of the same kind, wherever that is: `drawing.py` changes the text if the two disagree.
"""

import re
import sys

from bot.text.code_fences import FENCE, language_at
from bot.text.markdown.addresses import GAP
from bot.text.pages.marks import SPOILER, STYLES, Event, Kind, find_sides, is_python_name
from bot.text.pages.plain_styles import before_marks, is_in_heading, skip_plain
from bot.text.pages.state import QUOTE_TO_END, PageState
from bot.text.pages.tokens import BEFORE_FENCE, CODE_END, LINE, SPECIAL, TICKS, TOKEN

_MAX_OPEN = 30
"""How many marks wait to be closed at a time; those that wait longest are only characters then."""


class StyleScanner:
    """Reads a page's text from `start` on; `state` is what is open there. More of the text may be read later.

    A spoiler that begins at `shown_spoiler` or later is none. `patience` is how many characters a backtick waits to be
    closed.
    """

    def __init__(self, start: int, state: PageState, *, shown_spoiler: int, patience: int) -> None:
        self.events: list[Event] = []
        self.stopped_at = start
        """Where reading stopped, before what may yet become code."""
        self._start, self._state = start, state
        self._text, self._at, self._end, self._complete = "", start, start, False
        self._shown_spoiler, self._patience = shown_spoiler, patience
        self._stack: list[Event] = []
        self._quote = state.quote
        self._begun = False
        self._in_heading: bool | None = None  # not looked at yet

    @property
    def waiting(self) -> list[Event]:
        """The marks that open a style only if it is closed by what has not been read yet."""
        return [event for event in self._stack if event.kind == "waiting"]

    @property
    def open_spoiler(self) -> Event | None:
        """The spoiler that is not closed, None if there is none."""
        return next((event for event in self._stack if event.style == SPOILER), None)

    def read(self, text: str, end: int, *, complete: bool, cut: int = sys.maxsize) -> None:
        """Read on up to `end`. Unless the text is `complete` there, it may go on, and marks wait to be closed.

        What is plain before `cut` makes no event, and what is behind it is read only while marks before it wait.
        """
        self._text, self._end, self._complete, self.stopped_at = text, end, complete, end
        at, limit = self._go_on() if self._begun else self._begin(), before_marks(text, self._start, min(end, cut))
        while at is not None:
            self._begun = True
            if at >= cut and not any(event.start < cut for event in self.waiting):
                break
            if not self._stack and not self._quote and at < cut:
                plain = skip_plain(text, at, limit)
                if plain > at:
                    at, self._in_heading = plain, None
            self._at = at
            special = SPECIAL.search(text, at, end)
            if special is None:
                self._at = max(at, text.rfind(" ", at, end))  # the last word may be the beginning of an address
                break
            if special[0] == "\n":
                at = self._line(special.start(), special.end())
                continue
            start = special.start() if special[0] != ":" else max(at, text.rfind("http", at, special.start()))
            token = TOKEN.match(text, start, end)
            if token is None or token.end() <= special.start():
                at = special.end()
            else:
                at = self._run(start, token.end()) if token.lastgroup == "run" else self._read_token(token)
        if complete:
            self._end_block()

    def _read_token(self, token: re.Match[str]) -> int | None:
        """Read something that is not just text; returns where it ends, None if it may not be all there."""
        start, end = token.span()
        if token.lastgroup == "fence":
            return self._block(start, end, language_at(self._text, end, self._end))
        if token.lastgroup == "ticks":
            return self._code(start, end, end - start)
        self._add("whole", start, end)
        return end

    def _begin(self) -> int | None:
        state = self._state
        if not self.events:
            for style in state.styles:
                if style[0] != "`":
                    self._stack.append(
                        self._add("open" if style == SPOILER else "waiting", self._start, self._start, style)
                    )
        if state.language is not None:
            self._begun = True
            return self._block(self._start, self._start, state.language)
        if state.styles and state.styles[-1][0] == "`":
            return self._code(self._start, self._start, len(state.styles[-1]))
        return self._start if state.mid_line else self._line(self._start, self._start)

    def _go_on(self) -> int | None:
        last = self.events[-1] if self.events else None
        if last is None or last.kind != "block" or last.end < sys.maxsize:
            return self._at
        return self._close_block(last, self._at)

    def _add(self, kind: Kind, start: int, end: int, style: str = "") -> Event:
        event = Event(kind, start, end, style)
        self.events.append(event)
        return event

    def _end_block(self) -> None:
        """Let no style go on: those that are not closed are only characters."""
        for event in self.waiting:
            event.kind = "literal"
        self._stack = [event for event in self._stack if event.style == SPOILER]

    def _block(self, start: int, content: int, language: str) -> int | None:
        self._end_block()
        return self._close_block(self._add("block", start, sys.maxsize, language), content)

    def _close_block(self, block: Event, begin: int) -> int | None:
        closer = self._text.find(FENCE, begin, self._end)
        if closer < 0:
            self._at = max(begin, self._end - len(FENCE) + 1)
            return None
        block.end = closer + len(FENCE)
        return block.end

    def _code(self, start: int, end: int, size: int) -> int | None:
        """Read code within lines; `start` is `end` if the page before ended in it."""
        if start < end == self._end and not self._complete:
            self.stopped_at = start
            return None
        closer = TICKS[size].search(self._text, end, self._end)
        limit = CODE_END[self._quote].search(self._text, end, self._end if closer is None else closer.end())
        if closer is not None and limit is None and (self._complete or closer.end() < self._end):
            self._add("code", start, closer.end(), "`" * size)
            return closer.end()
        if limit is None and not self._complete and self._end - start <= self._patience:
            self.stopped_at = start
            return None
        if start < end:
            self._add("literal", start, end)
        return end

    def _line(self, start: int, end: int) -> int | None:
        """Read a line's end, and what the line after it begins with."""
        line = LINE.match(self._text, end, self._end)
        assert line is not None
        if line.end() == self._end and not self._complete:
            self.stopped_at = start
            return None
        quote = self._quote if self._quote == QUOTE_TO_END else line["quote"] or ""
        group, behind = line.lastgroup, line.end()
        begins_block = group not in (None, "quote") or behind == self._end
        if self._stack and start < end:
            if self._in_heading is None:
                self._in_heading = is_in_heading(self._text, start)
            if begins_block or quote != self._quote or self._in_heading:
                self._end_block()
        self._quote, self._in_heading = quote, group == "heading"
        end = behind - 1 if group == "blank" else behind
        self.events.append(Event("line", start, end, quote))
        return end

    def _run(self, start: int, end: int) -> int | None:
        """Read marks in a row."""
        if end == self._end and not self._complete:
            self.stopped_at = start
            return None
        run = self._text[start:end]
        after = self._text[end] if end < self._end else " "
        if run[0] == "|":
            return self._bars(start, end, after)
        if run not in STYLES:
            self._add("literal", start, end)
            return end
        before = self._text[start - 1] if start > self._start else self._state.before
        styles = list(STYLES[run])
        opens, closes = find_sides(run, before, after)
        if before == GAP and start - 2 >= self._start:  # the gap behind an address is ours: it may close behind that
            closes = find_sides(run, self._text[start - 2], after)[1]
        if closes and run == "__" and self._stack and is_python_name(self._text, self._stack[-1], start, after):
            self._stack.pop().kind = "literal"
            closes = opens = False
        at = self._close(styles, start) if closes else start
        if opens:
            for style in styles:
                self._stack.append(self._add("waiting", at, at + len(style), style))
                at += len(style)
            if len(self._stack) > _MAX_OPEN:
                self._stack.pop(0 if self._stack[0].style != SPOILER else 1).kind = "literal"
        if at < end:
            self._add("literal", at, end)
        return end

    def _close(self, styles: list[str], at: int) -> int:
        """Close those of `styles` that are open, the innermost first; returns where their marks end."""
        while styles:
            index = len(self._stack) - 1
            while index >= 0 and (style := self._stack[index].style) not in styles and style != SPOILER:
                index -= 1
            if index < 0 or self._stack[index].style == SPOILER:
                return at
            opener = self._stack[index]
            for event in self._stack[index + 1 :]:
                if not opener.is_same_run(event):
                    event.kind = "literal"
            self._stack[index:] = [event for event in self._stack[index + 1 :] if event.kind != "literal"]
            opener.kind = "open"
            styles.remove(opener.style)
            self._add("close", at, at + len(opener.style), opener.style)
            at += len(opener.style)
        return at

    def _bars(self, start: int, end: int, after: str) -> int | None:
        """Read two bars or more: they close a spoiler wherever they are, and open one before a word or a block."""
        blank = BEFORE_FENCE.match(self._text, end, self._end) if after.isspace() else None
        if blank is not None and blank.end() == self._end and not self._complete:
            self.stopped_at = start
            return None
        hides_block = blank is not None and self._text.startswith(FENCE, blank.end(), self._end)
        opener, at = self.open_spoiler, start
        if opener is not None:
            index = self._stack.index(opener)
            for event in self._stack[index + 1 :]:
                event.kind = "literal"
            del self._stack[index:]
            at += len(SPOILER)
            self._add("close", start, at, SPOILER)
        opens = (hides_block or not after.isspace()) and at < self._shown_spoiler
        if opens and len(SPOILER) <= end - at < 2 * len(SPOILER):
            if blank is not None and blank[0].isspace() and end == at + len(SPOILER) and not self._quote:
                end = blank.end()  # no line's end between them, as it was written
                self._stack.append(self._add("open", at, end, SPOILER))
                return end
            self._stack.append(self._add("open", at, at + len(SPOILER), SPOILER))
            at += len(SPOILER)
        if at < end:
            self._add("literal", at, end)
        return end
