"""What a reader holds of an answer that is being shown: it pushes text, and in the end waits until all is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.content import Chunk
from bot.domain.controls import Controls
from bot.domain.runtime.slices import Slices
from bot.streaming.answer_content import AnswerContent
from bot.streaming.answer_messages import AnswerMessages
from bot.streaming.canvas import CanvasError
from bot.streaming.rate_limiter import Priority


@dataclass(frozen=True, slots=True)
class EditStats:
    """How an answer was shown: requests that Discord took, requests that were tried again, and the first text's time.

    `first_seen_at` is in the event loop's time; None until Discord shows text of the answer.
    """

    edits: int = 0
    retries: int = 0
    first_seen_at: float | None = None


class Schedule(Protocol):
    """What an answer needs of the edit scheduler."""

    stats: EditStats

    def changed(self, priority: Priority) -> None:
        """Send the answer's next request as soon as the rate limits allow. Cheap if that is already planned."""
        ...


class LiveAnswer:
    """An answer that is being shown. Only `finish`, `finish_as`, `remove` and `remove_quietly` wait for anything."""

    def __init__(self, content: AnswerContent, messages: AnswerMessages, schedule: Schedule) -> None:
        self._content = content
        self._messages = messages
        self._schedule = schedule

    @property
    def text(self) -> str:
        """The answer's text so far, as the provider gave it."""
        return self._content.text

    @property
    def pieces(self) -> Sequence[Chunk]:
        """Everything that came in so far."""
        return self._content.pieces

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show so far."""
        return self._content.empty

    @property
    def lost(self) -> CanvasError | None:
        """Why the answer cannot be shown any further; None if it can."""
        return self._messages.lost

    @property
    def messages(self) -> Sequence[int]:
        """Discord's ids of the messages that show it, in order."""
        return self._messages.ids

    @property
    def stats(self) -> EditStats:
        """How it was shown so far."""
        return self._schedule.stats

    def push(self, piece: Chunk) -> None:
        """Take the answer's next piece."""
        self._content.push(piece)
        if self._content.progressive:
            self._changed()

    def begin_again(self, *, progressive: bool) -> None:
        """Take another provider's answer from now on, since nothing came of the last one's; likewise `progressive`."""
        self._content.begin_again(progressive=progressive)

    def end_text(self) -> None:
        """Say that no more pieces come; from now on `empty` costs next to nothing."""
        self._content.end_text()

    def set_controls(self, controls: Controls | None) -> None:
        """Show `controls` below the answer from its next change on."""
        self._content.set_controls(controls)

    def show_placeholder(self, placeholder: str) -> None:
        """Show `placeholder` until there is something else to show."""
        self._content.set_placeholder(placeholder)
        self._changed()

    def hurry(self) -> None:
        """Post a notice as soon as an answer would be: it has waited long enough for those to leave room."""
        self._messages.hurry()
        self._changed()

    def replace(self, pieces: Sequence[Chunk]) -> None:
        """Show `pieces`, which are known from before, instead of what came in."""
        self._content.replace(pieces)

    def keep_shown(self) -> bool:
        """Go on with what Discord shows of the answer, after it refused the rest; returns whether that is anything.

        What came in beyond that is dropped, and `lost` is None again.
        """
        return self._messages.keep_shown()

    def try_again(self) -> None:
        """Have the next `finish` send again what Discord refused, as it is then."""
        self._messages.lost = None

    async def finish(self, notices: Sequence[str] = ()) -> None:
        """Show the whole answer with `notices` below it; returns when Discord shows it, raises `CanvasError`."""
        slices = Slices()
        while self._content.convert_slice():  # an answer that is known from before comes in one piece
            await slices.pause_if_due()
        self._content.finish(notices)
        await self._shown()

    async def finish_as(self, texts: Sequence[str], notices: Sequence[str]) -> None:
        """Show `texts`, a message each, instead of what came in, with `notices` below; raises `CanvasError`."""
        self._content.finish_as(texts, notices)
        await self._shown()

    async def remove(self) -> None:
        """Delete all of the answer's messages; returns when they are gone, raises `CanvasError`."""
        self._content.remove()
        await self._shown()

    async def remove_quietly(self) -> bool:
        """Delete the answer's messages as far as Discord lets the bot; returns whether all are gone."""
        try:
            await self.remove()
        except CanvasError:
            return False
        return True

    async def _shown(self) -> None:
        """Wait until Discord shows all there is to show."""
        if self.lost is None:
            self._messages.settled.clear()  # the answer may have been finished before, and be removed now
            self._changed()
            await self._messages.settled.wait()
        if self.lost is not None:
            raise self.lost

    def _changed(self) -> None:
        if self.lost is None:
            self._schedule.changed(self._messages.priority)
