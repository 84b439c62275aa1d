"""What an answer's messages should look like: its text, or what stands in for it, with notices and controls below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.content import Chunk, RichContent
from bot.domain.controls import Controls
from bot.domain.question import Caption
from bot.streaming.canvas import Frame
from bot.streaming.renderer import CURSOR, AnswerRenderer, with_caption, with_notices, without_caption
from bot.streaming.segment import MAX_MESSAGES
from bot.strings.notices import asked_above, posted_below, without_extras


@dataclass(frozen=True, slots=True)
class View:
    """How an answer should look now.

    `replaces_posted` is False if it only stands in for an answer that may still fail, or is empty: then messages from
    before that it does not need stay. `has_new_text` tells whether it shows text that has just come from the provider.
    """

    frames: Sequence[Frame]
    replaces_posted: bool
    has_new_text: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How an answer is to be laid out: with a `caption` above it, and its text in at most `max_messages` messages."""

    caption: Caption | None = None
    max_messages: int | None = None


class AnswerContent:
    """Everything that was said about one answer, and how it should look. Nothing here waits or sends.

    If it is not `progressive`, its text is shown when it is complete. `max_messages` is how many messages the text may
    take there, None for the usual number.
    """

    def __init__(self, *, progressive: bool, max_messages: int | None, layout: Layout | None = None) -> None:
        self.ended = False
        """Whether there is nothing to come: it is complete, or to be removed."""
        self.progressive = progressive
        layout = layout or Layout()
        self._max_messages = min(max_messages or MAX_MESSAGES, layout.max_messages or MAX_MESSAGES)
        self._above, self._bare = (asked_above(layout.caption, quoting=quoting) for quoting in (True, False))
        self._renderer = self._new_renderer()
        self._is_new = True
        self._placeholder = ""
        self._controls: Controls | None = None
        self._notices: tuple[str, ...] = ()
        self._own_notices: tuple[str, ...] = ()
        self._fixed: Sequence[Frame] | None = None
        self._kept: Sequence[Frame] = ()
        self.removed = False
        """Whether its messages are to be deleted."""

    @property
    def text(self) -> str:
        """The text so far, as the provider gave it."""
        return self._renderer.text

    @property
    def pieces(self) -> Sequence[Chunk]:
        """Everything that came in so far."""
        return self._renderer.pieces

    @property
    def begun(self) -> bool:
        """Whether anything came in."""
        return self._renderer.begun

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show so far."""
        return self._renderer.empty

    def push(self, piece: Chunk) -> None:
        """Add the next piece of the answer."""
        self._renderer.push(piece)

    def end_text(self) -> None:
        """Say that no more pieces come; may be called again."""
        self._renderer.end()

    def begin_again(self, *, progressive: bool) -> None:
        """Forget what came in, which was nothing to show: another provider is asked instead."""
        self._renderer, self.progressive = self._new_renderer(), progressive

    def replace(self, pieces: Sequence[Chunk]) -> None:
        """Show `pieces`, which are known from before, instead of what came in."""
        self._renderer, self._is_new, self._kept = self._new_renderer(), False, ()
        for piece in pieces:
            self._renderer.push(piece)

    def keep(self, frames: Sequence[Frame]) -> None:
        """Show `frames`, which Discord shows of the answer by now, instead of all that came in."""
        kept = [Frame(frame.text.removesuffix(CURSOR), frame.rich) for frame in frames]
        kept[:1] = [replace(first, text=without_caption(first.text, self._above)) for first in kept[:1]]
        texts = [f"{frame.text}\n" if frame.text else "" for frame in kept]
        self.replace([piece for text, frame in zip(texts, kept, strict=True) for piece in (text, *frame.rich)])
        self._kept = kept

    def set_controls(self, controls: Controls | None) -> None:
        """Show `controls` below the last message."""
        self._controls = controls

    def set_placeholder(self, placeholder: str) -> None:
        """Show `placeholder` until there is something else to show."""
        self._placeholder = placeholder

    def convert_slice(self) -> bool:
        """Convert some of the text that waits to be shown, if any does; returns whether it did."""
        return not self._kept and self._renderer.convert_slice()

    def finish(self, notices: Sequence[str]) -> None:
        """Show the whole text, with `notices` below it."""
        self._renderer.end()
        self._notices = tuple(notices)
        self.ended = True

    def finish_as(self, texts: Sequence[str], notices: Sequence[str]) -> None:
        """Show `texts`, a message each, instead of what came in, with `notices` below."""
        frames = with_caption([Frame(text) for text in texts if text], self._above)
        self._fixed = with_notices(frames, notices, self._above)
        self.ended = True

    def remove(self) -> None:
        """Show nothing."""
        self.removed = self.ended = True

    def drop_extras(self, refused: tuple[RichContent, ...], accepted: tuple[RichContent, ...]) -> None:
        """Leave out pictures and buttons that Discord refused, except `accepted`, and say so in a notice."""
        self._renderer.drop_extras(refused, accepted)
        self._note(without_extras())

    def drop_file(self) -> None:
        """Leave out the file that Discord refused, and say so."""
        self._renderer.drop_file()

    def shorten_caption(self) -> bool:
        """Leave out what was asked above the answer, since Discord may refuse that; returns whether it was there."""
        if self._above == self._bare:
            return False
        self._above = self._bare
        self._renderer.shorten_caption(self._bare)
        return True

    def say_posted_below(self) -> None:
        """Say in a notice that this is shown in a new message, since Discord takes no edit of the old one."""
        self._note(posted_below())

    def _new_renderer(self) -> AnswerRenderer:
        return AnswerRenderer(self._max_messages, self._above, self._bare)

    def _note(self, notice: str) -> None:
        if notice not in self._own_notices:
            self._own_notices = (*self._own_notices, notice)

    def view(self) -> View:
        """Return how the answer should look now."""
        frames = self._frames()
        stands_in = not frames and bool(self._placeholder) and not self.ended
        if stands_in:
            frames = with_caption([Frame(self._placeholder)], self._above)
        replaces_posted = self.removed or (bool(frames) and not stands_in)
        if frames and self._controls is not None:
            frames[-1] = replace(frames[-1], controls=self._controls)
        return View(frames, replaces_posted, self._is_new and self.begun and not stands_in)

    def _frames(self) -> list[Frame]:
        if self.removed:
            return []
        if self._fixed is not None:
            return list(self._fixed)
        if not self.ended and not self.progressive:
            return []
        notices = (*self._notices, *self._own_notices)
        if self._kept:
            # As they are: what was held back for them may be what Discord refused.
            return with_notices(with_caption(list(self._kept), self._above), notices, self._above)
        return self._renderer.frames(ended=self.ended, notices=notices)
