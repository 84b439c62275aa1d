"""An answer while it grows: pieces go in, the messages that show it come out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.domain.content import MAX_BUTTONS, Buttons, Card, Chunk, Image, RichContent
from bot.streaming.canvas import Frame, TextFile
from bot.strings.notices import too_many_messages
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.pagination import MAX_PAGE_UNITS, Page, Paginator, utf16_len

CURSOR = " ▌"
"""The sign at the end of an answer that is still being written."""

MAX_MESSAGES = 25
"""How many messages one answer may take in a channel; a longer one goes on as a file. 25 messages hold about 50,000
characters and take Discord's limit of 5 new messages per 5 s some 20 s to accept."""

SLICE = 2048
"""How many characters are converted in one go: some 10 ms for the most laborious Markdown that was found."""

_MOST_PICTURES = 10
_MOST_CARD_CHARS = 6000
"""What a message may hold under its text besides buttons: 10 embeds, 6000 characters over all of them (Discord's
documentation, "Message Resource")."""

_REPLACEMENT = "\ufffd"


class AnswerRenderer:
    """The state of one answer. `frames` is a pure function of what was pushed; nothing here waits or sends.

    `most` is how many messages its text may take.
    """

    def __init__(self, most: int = MAX_MESSAGES) -> None:
        self._most = most
        self._sections = [_Segment()]
        self._texts: list[str] = []
        self._pieces: list[Chunk] = []
        self._half = ""
        self._ended = False
        self._drawn: tuple[bool, Sequence[str], list[Frame]] | None = None

    @property
    def pieces(self) -> Sequence[Chunk]:
        """Everything that was pushed, in order."""
        return self._pieces

    @property
    def text(self) -> str:
        """The answer's whole text, as the provider gave it."""
        return "".join(self._texts)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show: no text but white space, no picture, no button."""
        if any(section.rich or section.pages(ended=True, most=1) for section in self._sections):
            return False
        if self._ended:
            return True
        return not to_discord_markdown(self.text).strip()  # a table may be held back from its first line to its last

    def push(self, piece: Chunk) -> None:
        """Take the next piece; cheap, whatever has come before."""
        self._drawn = None
        self._pieces.append(piece)
        if isinstance(piece, str):
            self._push_text(piece)
            return
        if isinstance(piece, Buttons) and piece.title:
            self._push_text(f"\n\n{piece.title}" if self._texts else piece.title)
        for part in _split(piece):
            if not self._sections[-1].takes(part):
                self._sections.append(_Segment())
            self._sections[-1].end()
            self._sections[-1].rich.append(part)

    def end(self) -> None:
        """Say that there is no more to come; may be called again."""
        self._drawn = None
        self._ended = True
        if self._half:
            self._half = ""
            self._push_text(_REPLACEMENT)
        self._sections[-1].end()

    def drop_extras(self, refused: tuple[RichContent, ...], accepted: tuple[RichContent, ...]) -> None:
        """Leave out the pictures and buttons that Discord refused under a text, and keep those that it shows there."""
        self._drawn = None
        for section in self._sections:
            if tuple(section.rich[: len(refused)]) == refused:
                section.rich = list(accepted)
                return

    def frames(self, *, ended: bool, notices: Sequence[str] = ()) -> list[Frame]:
        """Return the messages that show the answer so far, or, once it has `ended`, all of it with `notices` below."""
        if self._drawn is None or self._drawn[:2] != (ended, notices):
            self._drawn = ended, notices, self._draw(notices, ended=ended)
        return list(self._drawn[2])

    def _draw(self, notices: Sequence[str], *, ended: bool) -> list[Frame]:
        frames: list[Frame] = []
        for section in self._sections:
            frames += section.frames(ended=ended)
            if len(frames) > self._most:
                break  # the rest is not shown, and may be long
        if not ended:
            return _with_sign(frames[: self._most])
        if len(frames) > self._most:
            notice = "\n".join([too_many_messages(len(self.text)), *notices])
            return [*frames[: self._most], Frame(notice, file=TextFile("answer.md", self.text))]
        return with_notices(frames, notices)

    def _push_text(self, text: str) -> None:
        text, self._half = _clean(self._half + text)
        if not text:
            return
        self._texts.append(text)
        if self._sections[-1].rich:
            # Text after a picture or a button stands below it, in a message of its own, which no white space begins.
            if not (text := text.lstrip()):
                return
            self._sections.append(_Segment())
        self._sections[-1].add(text)


def text_of(pieces: Iterable[Chunk]) -> str:
    """Return the text of an answer of `pieces`, as the history keeps it."""
    draft = AnswerRenderer()
    for piece in pieces:
        draft.push(piece)
    return draft.text


class _Segment:
    """A stretch of the answer: text, and what stands under its last page."""

    def __init__(self) -> None:
        self.rich: list[RichContent] = []
        self._arrived: list[str] = []
        self._waiting = 0
        self._ended = False
        self._readable = StreamingMarkdown()
        self._pager = Paginator()
        self._full: list[Frame] = []

    def add(self, text: str) -> None:
        """Append `text`. It is converted once a slice is full, or when its pages are wanted: not for every piece."""
        self._arrived.append(text)
        self._waiting += len(text)
        if self._waiting >= SLICE:
            self._convert(MAX_MESSAGES)

    def end(self) -> None:
        """Say that there is no more text in this section."""
        self._ended = True

    def pages(self, *, ended: bool, most: int) -> list[Page]:
        """Return the text's pages as they read well in Discord; arguments as of `Paginator.pages`.

        What comes behind more than `most` pages is not even read: nobody sees it.
        """
        self._convert(most)
        if self._ended and not self._arrived:
            self._pager.add(self._readable.end())
        return self._pager.pages(ended=ended, most=most)

    def _convert(self, most: int) -> None:
        self._waiting = 0
        if self._pager.is_beyond(most):
            return
        text, at = "".join(self._arrived), 0
        while at < len(text) and not self._pager.is_beyond(most):
            self._pager.add(self._readable.push(text[at : at + SLICE]))
            at += SLICE
            if at < len(text):
                self._pager.pages(ended=False, most=most)
        self._arrived = [text[at:]] if at < len(text) else []

    def takes(self, piece: RichContent) -> bool:
        """Tell whether `piece` can stand under the same text: one set of buttons, within Discord's counts."""
        pictures = sum(isinstance(item, Image | Card) for item in self.rich)
        buttons = sum(len(item.buttons) for item in self.rich if not isinstance(item, Image))
        if isinstance(piece, Image):
            return pictures < _MOST_PICTURES and not buttons
        if isinstance(piece, Card):
            characters = sum(_characters(item) for item in (*self.rich, piece))
            room = pictures < _MOST_PICTURES and characters <= _MOST_CARD_CHARS
            return room and not buttons and not (piece.buttons and self.rich)
        return buttons + len(piece.buttons) <= MAX_BUTTONS

    def frames(self, *, ended: bool) -> list[Frame]:
        """Return the section's messages."""
        pages = self.pages(ended=ended or bool(self.rich), most=MAX_MESSAGES)
        if not pages:
            return [Frame("", tuple(self.rich))] if self.rich else []
        # All but the last are full, and stay as they are.
        before = len(pages) - 1
        self._full += [Frame(page.text) for page in pages[len(self._full) : before]]
        return [*self._full[:before], Frame(pages[-1].text, tuple(self.rich))]


def _split(piece: RichContent) -> Iterator[RichContent]:
    """Yield `piece` with as many buttons as one message holds, then the rest of its buttons."""
    if isinstance(piece, Image):
        yield piece
        return
    yield replace(piece, buttons=piece.buttons[:MAX_BUTTONS])
    for start in range(MAX_BUTTONS, len(piece.buttons), MAX_BUTTONS):
        yield Buttons("", piece.buttons[start : start + MAX_BUTTONS])


def _characters(item: RichContent) -> int:
    return len(item.title) + len(item.subtitle) if isinstance(item, Card) else 0


def can_go_on(text: str) -> bool:
    """Tell whether a message with this text has room for the sign that it goes on."""
    return utf16_len(text + CURSOR) <= MAX_PAGE_UNITS


def _with_sign(frames: list[Frame]) -> list[Frame]:
    if frames and can_go_on(frames[-1].text):
        last = frames[-1]
        frames[-1] = Frame(last.text + CURSOR, last.rich)
    return frames


def with_notices(frames: list[Frame], notices: Sequence[str]) -> list[Frame]:
    """Return `frames` with `notices` below the last of them, or in a message of their own where it is full."""
    if not notices:
        return frames
    notice = "\n".join(notices)
    if frames:
        last = frames[-1]
        joined = f"{last.text}\n{notice}" if last.text else notice
        if utf16_len(joined) <= MAX_PAGE_UNITS:
            return [*frames[:-1], Frame(joined, last.rich)]
    return [*frames, Frame(notice)]


def _clean(text: str) -> tuple[str, str]:
    """Return `text` with what no database or wire takes replaced, and apart a half surrogate pair at its end.

    A pair may arrive in two pieces: JSON escapes an emoji as two surrogates, and a stream may split between them.
    """
    half = ""
    if text and "\ud800" <= text[-1] <= "\udbff":
        text, half = text[:-1], text[-1]
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", _REPLACEMENT), half
