"""Renders an answer: pieces of it go in, the frames that show it come out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.domain.content import Buttons, Card, Chunk, Image, RichContent
from bot.streaming.canvas import Frame, TextFile
from bot.strings.notices import too_many_messages
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.pagination import MAX_PAGE_UNITS, Page, Paginator, utf16_len

CURSOR = " ▌"
"""What marks the end of an answer that is still being written."""

MAX_MESSAGES = 25
"""How many messages one answer may take in a channel; a longer one comes as a file as well. 25 messages hold about
50,000 characters, and take 20 s to post at Discord's limit of 5 new messages per 5 s."""

_MAX_BUTTONS = 20
_MAX_PICTURES = 10
_MAX_CARD_CHARS = 6000
"""What a message may have below its text: 25 buttons in 5 rows, the last of which is for the answer's controls, 10
embeds, 6000 characters in all of them (Discord's documentation, "Component Reference" and "Message Resource")."""

_REPLACEMENT = "\ufffd"


class AnswerRenderer:
    """The text of one answer and what goes with it. Nothing here waits or sends.

    `max_messages` is how many messages the text may take.
    """

    def __init__(self, max_messages: int = MAX_MESSAGES) -> None:
        self._max_messages = max_messages
        self._segments = [_Segment()]
        self._texts: list[str] = []
        self._pieces: list[Chunk] = []
        self._half = ""
        self._rendered: tuple[bool, Sequence[str], list[Frame]] | None = None

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
        """Whether there is nothing to show: no text except white space, no picture, no button."""
        if any(segment.rich or segment.pages(ended=True, most=1) for segment in self._segments):
            return False
        return not to_discord_markdown(self.text).strip()  # a table may be held back from its first line to its last

    def push(self, piece: Chunk) -> None:
        """Take the next piece. Cheap, however long the answer is."""
        self._rendered = None
        self._pieces.append(piece)
        if isinstance(piece, str):
            self._push_text(piece)
            return
        if isinstance(piece, Buttons) and piece.title:
            self._push_text(f"\n\n{piece.title}" if self._texts else piece.title)
        for part in _split(piece):
            if not self._segments[-1].takes(part):
                self._segments.append(_Segment())
            self._segments[-1].end()
            self._segments[-1].rich.append(part)

    def end(self) -> None:
        """End the text: no more pieces follow."""
        self._rendered = None
        if self._half:
            self._half = ""
            self._push_text(_REPLACEMENT)
        self._segments[-1].end()

    def drop_extras(self, refused: tuple[RichContent, ...], accepted: tuple[RichContent, ...]) -> None:
        """Leave out the pictures and buttons that Discord refused below a text, except those it already shows."""
        self._rendered = None
        for segment in self._segments:
            if tuple(segment.rich[: len(refused)]) == refused:
                segment.rich = list(accepted)
                return

    def frames(self, *, ended: bool, notices: Sequence[str] = ()) -> list[Frame]:
        """Return the frames that show the answer so far or, if it has `ended`, all of it with `notices` below."""
        if self._rendered is None or self._rendered[:2] != (ended, notices):
            self._rendered = ended, notices, self._render(notices, ended=ended)
        return list(self._rendered[2])

    def _render(self, notices: Sequence[str], *, ended: bool) -> list[Frame]:
        frames = [frame for segment in self._segments for frame in segment.frames(ended=ended)]
        if not ended:
            return _with_cursor(frames[: self._max_messages])
        if len(frames) > self._max_messages:
            notice = "\n".join([too_many_messages(len(self.text), self._max_messages), *notices])
            return [*frames[: self._max_messages], Frame(notice, file=TextFile("answer.md", self.text))]
        return with_notices(frames, notices)

    def _push_text(self, text: str) -> None:
        text, self._half = _clean(self._half + text)
        if not text:
            return
        self._texts.append(text)
        if self._segments[-1].rich:
            # Text after a picture or a button goes below it, in a new message, which does not start with white space.
            if not (text := text.lstrip()):
                return
            self._segments.append(_Segment())
        self._segments[-1].add(text)


def text_of(pieces: Iterable[Chunk]) -> str:
    """Return the text of an answer of `pieces`, as the history keeps it."""
    renderer = AnswerRenderer()
    for piece in pieces:
        renderer.push(piece)
    return renderer.text


class _Segment:
    """A part of the answer: text, and the pictures and buttons below its last page."""

    def __init__(self) -> None:
        self.rich: list[RichContent] = []
        self._arrived: list[str] = []
        self._markdown = StreamingMarkdown()
        self._paginator = Paginator()
        self._full: list[Frame] = []

    def add(self, text: str) -> None:
        """Append `text`. It is rendered when it is to be shown, not for every piece."""
        self._arrived.append(text)

    def end(self) -> None:
        """End the text of this segment."""
        self._read()
        self._paginator.add(self._markdown.end())

    def pages(self, *, ended: bool, most: int) -> list[Page]:
        """Return the text's pages in Discord's Markdown; arguments as of `Paginator.pages`."""
        self._read()
        return self._paginator.pages(ended=ended, most=most)

    def _read(self) -> None:
        self._paginator.add(self._markdown.push("".join(self._arrived)))
        self._arrived.clear()

    def takes(self, piece: RichContent) -> bool:
        """Return whether `piece` fits below the same text: one set of buttons, within Discord's limits."""
        pictures = sum(isinstance(item, Image | Card) for item in self.rich)
        buttons = sum(len(item.buttons) for item in self.rich if not isinstance(item, Image))
        if isinstance(piece, Image):
            return pictures < _MAX_PICTURES and not buttons
        if isinstance(piece, Card):
            characters = sum(_characters(item) for item in (*self.rich, piece))
            room = pictures < _MAX_PICTURES and characters <= _MAX_CARD_CHARS
            return room and not buttons and not (piece.buttons and self.rich)
        return buttons + len(piece.buttons) <= _MAX_BUTTONS

    def frames(self, *, ended: bool) -> list[Frame]:
        """Return the segment's messages."""
        pages = self.pages(ended=ended or bool(self.rich), most=MAX_MESSAGES)
        if not pages:
            return [Frame("", tuple(self.rich))] if self.rich else []
        # All except the last are full, and do not change.
        before = len(pages) - 1
        self._full += [Frame(page.text) for page in pages[len(self._full) : before]]
        return [*self._full[:before], Frame(pages[-1].text, tuple(self.rich))]


def _split(piece: RichContent) -> Iterator[RichContent]:
    """Yield `piece` with as many buttons as one message can have, then the rest of its buttons."""
    if isinstance(piece, Image):
        yield piece
        return
    yield replace(piece, buttons=piece.buttons[:_MAX_BUTTONS])
    for start in range(_MAX_BUTTONS, len(piece.buttons), _MAX_BUTTONS):
        yield Buttons("", piece.buttons[start : start + _MAX_BUTTONS])


def _characters(item: RichContent) -> int:
    return len(item.title) + len(item.subtitle) if isinstance(item, Card) else 0


def can_go_on(text: str) -> bool:
    """Return whether a message with this text has room for the cursor."""
    return utf16_len(text + CURSOR) <= MAX_PAGE_UNITS


def _with_cursor(frames: list[Frame]) -> list[Frame]:
    if frames and can_go_on(frames[-1].text):
        last = frames[-1]
        frames[-1] = Frame(last.text + CURSOR, last.rich)
    return frames


def with_notices(frames: list[Frame], notices: Sequence[str]) -> list[Frame]:
    """Return `frames` with `notices` below the last one, or in a message of their own if that is full."""
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
    """Replace characters in `text` that no database or API accepts; return half a surrogate pair at its end apart.

    A pair may arrive in two pieces: JSON escapes an emoji as two surrogates, and a stream may split between them.
    """
    half = ""
    if text and "\ud800" <= text[-1] <= "\udbff":
        text, half = text[:-1], text[-1]
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", _REPLACEMENT), half
