"""A stretch of an answer: text, and the pictures and buttons under its last page."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.content import MAX_BUTTONS, Buttons, Card, Image, RichContent
from bot.streaming.canvas import Frame
from bot.text.markdown import StreamingMarkdown
from bot.text.pages.state import PageState
from bot.text.pagination import Page, Paginator

MAX_MESSAGES = 25
"""How many messages one answer may take in a channel; a longer one goes on as a file. 25 messages hold about 50,000
characters and take Discord's limit of 5 new messages per 5 s some 20 s to accept."""

SLICE = 1024
"""How many characters are converted in one go: some 10 ms for the most laborious Markdown that was found."""

_MAX_PICTURES = 10
_MAX_CARD_CHARS = 6000
"""What a message may hold under its text besides buttons: 10 embeds, 6000 characters over all of them (Discord's
documentation, "Message Resource")."""


class Segment:
    """A stretch of the answer: text, and what is below its last page.

    So many UTF-16 units of the first message are taken by what is `above` its text.
    """

    def __init__(self, above: int = 0) -> None:
        self.rich: list[RichContent] = []
        self._arrived = deque[str]()
        self._waiting = 0
        self._ended = False
        self._markdown = StreamingMarkdown()
        self._paginator = Paginator(PageState(above=above))
        self._full: list[Frame] = []

    def add(self, text: str) -> None:
        """Append `text`. A slice is converted once it is full, the rest when its pages are wanted: not every piece."""
        if self._paginator.is_beyond(MAX_MESSAGES):
            return
        self._arrived.extend(text[start : start + SLICE] for start in range(0, len(text), SLICE))
        self._waiting += len(text)
        if self._waiting >= SLICE:
            self._convert(MAX_MESSAGES)

    def end(self) -> None:
        """Say that there is no more text in this segment."""
        self._ended = True

    def pages(self, *, ended: bool, max_pages: int, reveals: bool = True) -> list[Page]:
        """Return the text's pages as they read well in Discord; arguments as of `Paginator.pages`.

        What comes behind more than `max_pages` pages is not even read: nobody sees it.
        """
        while self._arrived and not self._paginator.is_beyond(max_pages):
            self._convert(max_pages)
        if self._ended and not self._arrived:
            self._paginator.add(self._markdown.end())
        return self._paginator.pages(ended=ended, reveals=reveals, max_pages=max_pages)

    def convert_slice(self) -> bool:
        """Convert a slice of what waits to be shown, if any does; returns whether it did."""
        if not self._arrived or self._paginator.is_beyond(MAX_MESSAGES):
            return False
        self._convert(MAX_MESSAGES)
        return True

    def _convert(self, max_pages: int) -> None:
        """Convert one slice, and cut off the pages that are full by that."""
        parts, room = list[str](), SLICE
        while self._arrived and room:
            part = self._arrived.popleft()
            if len(part) > room:
                self._arrived.appendleft(part[room:])
                part = part[:room]
            parts.append(part)
            room -= len(part)
        self._waiting -= SLICE - room
        self._paginator.add(self._markdown.push("".join(parts)))
        self._paginator.cut(max_pages)

    def takes(self, piece: RichContent) -> bool:
        """Tell whether `piece` can go below the same text: one set of buttons, within Discord's counts."""
        pictures = sum(isinstance(item, Image | Card) for item in self.rich)
        buttons = sum(len(item.buttons) for item in self.rich if not isinstance(item, Image))
        if isinstance(piece, Image):
            return pictures < _MAX_PICTURES and not buttons
        if isinstance(piece, Card):
            characters = sum(_characters(item) for item in (*self.rich, piece))
            room = pictures < _MAX_PICTURES and characters <= _MAX_CARD_CHARS
            return room and not buttons and not (piece.buttons and self.rich)
        return buttons + len(piece.buttons) <= MAX_BUTTONS

    def frames(self, *, ended: bool) -> list[Frame]:
        """Return the segment's messages; `ended` tells whether the whole answer has."""
        pages = self.pages(ended=ended or bool(self.rich), reveals=ended, max_pages=MAX_MESSAGES)
        if not pages:
            return [Frame("", tuple(self.rich))] if self.rich else []
        last = Frame(pages[-1].text, tuple(self.rich))
        if ended:
            return [*(Frame(page.text) for page in pages[:-1]), last]  # which may show a spoiler that was none
        # All but the last are full, and stay as they are.
        before = len(pages) - 1
        self._full += [Frame(page.text) for page in pages[len(self._full) : before]]
        return [*self._full[:before], last]


def split_extras(piece: RichContent) -> Iterator[RichContent]:
    """Yield `piece` with as many buttons as one message holds, then the rest of its buttons."""
    if isinstance(piece, Image):
        yield piece
        return
    yield replace(piece, buttons=piece.buttons[:MAX_BUTTONS])
    for start in range(MAX_BUTTONS, len(piece.buttons), MAX_BUTTONS):
        yield Buttons("", piece.buttons[start : start + MAX_BUTTONS])


def _characters(item: RichContent) -> int:
    return len(item.title) + len(item.subtitle) if isinstance(item, Card) else 0
