"""An answer while it grows: pieces go in, the messages that show it come out."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

from bot.domain.content import Chunk, RichContent
from bot.streaming.answer_text import AnswerText
from bot.streaming.canvas import Frame, TextFile
from bot.streaming.segment import MAX_MESSAGES, Segment, split_extras
from bot.strings.notices import file_refused, too_many_messages
from bot.text.markdown import to_discord_markdown
from bot.text.pages.own_lines import keep_above
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len

CURSOR = " ▌"
"""The sign at the end of an answer that is still being written."""

_PEEK = 1024
"""How many characters of an unfinished text tell whether there is anything to show of it."""


class AnswerRenderer:
    """The state of one answer. `frames` is a pure function of what was pushed; nothing here waits or sends.

    `max_messages` is how many messages its text may take; `caption` is a line above the first, for which
    `bare_caption` may be put later.
    """

    def __init__(self, max_messages: int = MAX_MESSAGES, caption: str = "", bare_caption: str = "") -> None:
        self._max_messages = max_messages
        self._caption = caption
        self._segments = [Segment(max(utf16_len(f"{line}\n") if line else 0 for line in (caption, bare_caption)))]
        self._text = AnswerText()
        self._pieces: list[StringIO | RichContent] = []
        self._ended = False
        self._drops_file = False
        self._last_frames: tuple[bool, Sequence[str], list[Frame]] | None = None

    @property
    def pieces(self) -> Sequence[Chunk]:
        """Everything that was pushed, in order; texts that followed one another are one."""
        return [piece.getvalue() if isinstance(piece, StringIO) else piece for piece in self._pieces]

    @property
    def begun(self) -> bool:
        """Whether anything was pushed."""
        return bool(self._pieces)

    @property
    def text(self) -> str:
        """The answer's whole text, as the provider gave it."""
        return str(self._text)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show: no text but white space, no picture, no button."""
        if any(segment.rich or segment.pages(ended=True, max_pages=1) for segment in self._segments):
            return False
        if self._ended:
            return True
        # A table may be held back from its first line to its last.
        return not to_discord_markdown(self.text.lstrip()[:_PEEK]).strip()

    def push(self, piece: Chunk) -> None:
        """Take the next piece; cheap, whatever has come before."""
        self._last_frames = None
        added = self._text.push(piece)
        self._lay_out(added)
        if isinstance(piece, str):
            self._note(added)
            return
        self._pieces.append(piece)
        for part in split_extras(piece):
            if not self._segments[-1].takes(part):
                self._segments.append(Segment())
            self._segments[-1].end()
            self._segments[-1].rich.append(part)

    def end(self) -> None:
        """Say that there is no more to come; may be called again."""
        self._last_frames = None
        self._ended = True
        if rest := self._text.end():
            self._lay_out(rest)
            self._note(rest)
        self._segments[-1].end()

    def drop_extras(self, refused: tuple[RichContent, ...], accepted: tuple[RichContent, ...]) -> None:
        """Leave out the pictures and buttons that Discord refused under a text, and keep those that it shows there."""
        self._last_frames = None
        for segment in self._segments:
            if tuple(segment.rich[: len(refused)]) == refused:
                segment.rich = list(accepted)
                return

    def shorten_caption(self, caption: str) -> None:
        """Have this above the first message instead."""
        self._last_frames = None
        self._caption = caption

    def drop_file(self) -> None:
        """Leave out the file with the whole text, which Discord refused."""
        self._last_frames = None
        self._drops_file = True

    def convert_slice(self) -> bool:
        """Convert some of what waits to be shown, if any does; returns whether it did.

        `frames` converts all of that in one go.
        """
        return any(segment.convert_slice() for segment in self._segments[: self._max_messages + 1])

    def frames(self, *, ended: bool, notices: Sequence[str] = ()) -> list[Frame]:
        """Return the messages that show the answer so far, or, once it has `ended`, all of it with `notices` below."""
        if self._last_frames is None or self._last_frames[:2] != (ended, notices):
            self._last_frames = ended, notices, self._draw(notices, ended=ended)
        return list(self._last_frames[2])

    def _draw(self, notices: Sequence[str], *, ended: bool) -> list[Frame]:
        frames: list[Frame] = []
        for segment in self._segments:
            # Only the first has room for the caption: if Discord refused all there was in it, that is left alone.
            if self._caption and not frames and segment is not self._segments[0]:
                frames.append(Frame(""))
            frames += segment.frames(ended=ended)
            if len(frames) > self._max_messages:
                break  # the rest is not shown, and may be long
        frames = with_caption(frames, self._caption)
        if not ended:
            return _with_cursor(frames[: self._max_messages])
        if len(frames) > self._max_messages:
            say = file_refused if self._drops_file else too_many_messages
            file = None if self._drops_file else TextFile("answer.md", self.text)
            notice = "\n".join([say(len(self.text)), *notices])
            return [*frames[: self._max_messages], Frame(notice, file=file)]
        return with_notices(frames, notices, self._caption)

    def _note(self, text: str) -> None:
        last = self._pieces[-1] if self._pieces else None
        if not isinstance(last, StringIO):
            last = StringIO(newline="")
            self._pieces.append(last)
        last.write(text)

    def _lay_out(self, text: str) -> None:
        if not text:
            return
        if self._segments[-1].rich:
            # Text after a picture or a button goes below it, into a message of its own, which no white space begins.
            if not (text := text.lstrip()):
                return
            self._segments.append(Segment())
        self._segments[-1].add(text)


def can_go_on(text: str) -> bool:
    """Tell whether a message with this text has room for the sign that it goes on."""
    return utf16_len(text + CURSOR) <= MAX_PAGE_UNITS


def _with_cursor(frames: list[Frame]) -> list[Frame]:
    if frames and can_go_on(frames[-1].text):
        last = frames[-1]
        frames[-1] = Frame(last.text + CURSOR, last.rich)
    return frames


def with_caption(frames: list[Frame], caption: str) -> list[Frame]:
    """Return `frames` with a line above the first of them; `without_caption` takes it off again."""
    if not frames or not caption:
        return frames
    first = frames[0]
    return [replace(first, text=f"{caption}\n{first.text}" if first.text else caption), *frames[1:]]


def without_caption(text: str, caption: str) -> str:
    """Return the first message's text without the line above it, if it has that."""
    return text.removeprefix(caption).removeprefix("\n") if caption and text.startswith(caption) else text


def with_notices(frames: list[Frame], notices: Sequence[str], caption: str = "") -> list[Frame]:
    """Return `frames` with `notices` below the last of them, or in a message of their own if that is full.

    They also get one if the last would quote them, or draw them in its own style. The `caption` is above them if there
    are no frames.
    """
    if not notices:
        return frames
    frames = frames or with_caption([Frame("")], caption)
    notice = "\n".join(notices)
    if frames:
        last = frames[-1]
        above = keep_above(last.text, notice)
        joined = f"{above}\n{notice}" if above else notice
        if above is not None and utf16_len(joined) <= MAX_PAGE_UNITS:
            return [*frames[:-1], Frame(joined, last.rich)]
    return [*frames, Frame(notice)]
