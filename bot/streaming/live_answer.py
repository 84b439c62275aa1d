"""One answer as it is being shown: what came in, what stands in Discord, and what has to be sent next."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.content import Chunk
from bot.domain.controls import Controls
from bot.streaming.canvas import (
    BadRequest,
    BucketKey,
    CanvasError,
    Frame,
    MessageNotFound,
    MessageSurface,
    PostedMessage,
)
from bot.streaming.renderer import MAX_MESSAGES, AnswerRenderer, can_go_on, with_notices
from bot.strings.notices import without_extras

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to Discord: create the answer's message number `index`, or edit it where `message` is its id.

    Where there is no `frame` for that message any more, it is deleted.
    """

    bucket: BucketKey
    frame: Frame | None
    index: int
    message: int | None
    final: bool


class LiveAnswer:
    """The hinge between a reader, who pushes and at last waits for `finish`, and the painter, who does the rest.

    `shown` are the messages of an answer that is asked again: they are written over, and deleted where fewer are
    needed.
    """

    def __init__(
        self,
        canvas: MessageSurface,
        clock: Callable[[], float],
        changed: Callable[["LiveAnswer"], None],
        *,
        progressive: bool,
        is_notice: bool = False,
        shown: Sequence[int] = (),
    ) -> None:
        self.canvas = canvas
        self.on_failure: Callable[[], None] | None = None
        """Called once when the answer can be shown no further, so that nobody goes on reading for nothing."""
        self.on_messages: Callable[[Sequence[int]], None] | None = None
        """Called with the ids of the answer's messages whenever one was added or taken away."""
        self.ended = False
        self.ended_at = self.unseen_since = clock()
        self.started = False
        self.in_flight = False
        self.queued_at: tuple[int, float] | None = None
        self.delayed_as: int | None = None
        self.painted_at = self.not_before = _NEVER
        self.failures = self.retries = self.edits = 0
        self.first_seen_at: float | None = None
        """When the first of its text stood in Discord."""
        self.lost: CanvasError | None = None
        self._clock = clock
        self._changed = changed
        self._progressive = progressive
        self._is_remark = is_notice
        self._draft = self._blank()
        self._is_new = True
        self._headline = ""
        self._controls: Controls | None = None
        self._notices: tuple[str, ...] = ()
        self._lacks_extras = self._removed = False
        self._set: list[Frame] | None = None
        self._shown: list[tuple[int, Frame | None]] = [(message, None) for message in shown]
        self._all_seen = True
        self._settled = asyncio.Event()

    @property
    def text(self) -> str:
        """The answer's text so far, as the provider gave it."""
        return self._draft.text

    @property
    def pieces(self) -> Sequence[Chunk]:
        """Everything that came in so far."""
        return self._draft.pieces

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show so far."""
        return self._draft.empty

    @property
    def messages(self) -> Sequence[int]:
        """Discord's ids of the messages that show it, in order."""
        return [message for message, _ in self._shown]

    @property
    def is_notice(self) -> bool:
        """Whether what is to be sent is no answer's text, and has to leave room for those of others."""
        return self._is_remark or (not self._draft.pieces and not self.ended)

    @property
    def is_low_priority(self) -> bool:
        """Whether it is no answer, and what stands there already only changes: that can wait for a quiet moment."""
        return self._is_remark and bool(self._shown) and not self.ended

    def push(self, piece: Chunk) -> None:
        """Take the answer's next piece, without waiting for anything."""
        self._draft.push(piece)
        if self._progressive and self.lost is None:
            if self._all_seen:
                self.unseen_since, self._all_seen = self._clock(), False
            self._changed(self)

    def set_controls(self, controls: Controls | None) -> None:
        """Have `controls` stand under the answer from its next change on."""
        self._controls = controls

    def show_placeholder(self, headline: str) -> None:
        """Show `headline` until there is something else to show."""
        self._headline = headline
        if self.lost is None:
            self._changed(self)

    def adopt(self, remnants: Sequence[PostedMessage]) -> None:
        """Take `remnants` for what Discord shows of it now, so that only what differs is written over.

        A page so full that it could not say it goes on may look finished, and have a button of a running answer still.
        """
        self._shown = [
            (each.message, Frame(each.text) if can_go_on(each.text) and not each.steered else None) for each in remnants
        ]

    def replace(self, pieces: Sequence[Chunk]) -> None:
        """Show `pieces`, which are known from before, instead of what has come in so far."""
        self._draft, self._is_new = self._blank(), False
        for piece in pieces:
            self._draft.push(piece)

    async def finish(self, notices: Sequence[str] = ()) -> None:
        """Show the whole answer with `notices` below it, and return when it stands there; raises `CanvasError`."""
        self._draft.end()
        self._notices = tuple(notices)
        await self._conclude()

    async def finish_as(self, texts: Sequence[str], notices: Sequence[str]) -> None:
        """Show `texts`, a message each, instead of what came in, with `notices` below; raises `CanvasError`."""
        self._set = with_notices([Frame(text) for text in texts if text], notices)
        await self._conclude()

    async def remove(self) -> None:
        """Take away all that was shown, and return when it is gone; raises `CanvasError`."""
        self._removed = True
        await self._conclude()

    async def remove_quietly(self) -> None:
        """Take away all that was shown, as far as Discord lets the bot: what stays, others may take away."""
        try:
            await self.remove()
        except CanvasError:
            return

    async def _conclude(self) -> None:
        self.ended, self.ended_at = True, self._clock()
        if self.lost is None:
            self._settled.clear()  # it may have been finished before, and is taken away now
            self._changed(self)
            await self._settled.wait()
        if self.lost is not None:
            raise self.lost

    def next_operation(self) -> Operation | None:
        """Return what has to be sent next, None where Discord shows all there is to show."""
        if self.lost is not None:
            return None
        frames = self._frames()
        announced = not frames and bool(self._headline) and not self.ended
        if announced:
            frames = [Frame(self._headline)]
        if frames and self._controls is not None:
            last = frames[-1]
            frames[-1] = Frame(last.text, last.rich, last.file, self._controls)
        for index, frame in enumerate(frames):
            first = index == 0
            if index == len(self._shown):
                return Operation(self.canvas.bucket("create", first=first), frame, index, None, self.ended)
            message, shown = self._shown[index]
            if shown != frame:
                return Operation(self.canvas.bucket("edit", first=first), frame, index, message, self.ended)
        # What is only announced may fail yet: until then, the pages of what stands there from before stay.
        if len(frames) < len(self._shown) and ((frames and not announced) or self._removed):
            index = len(self._shown) - 1
            bucket = self.canvas.bucket("delete", first=index == 0)
            return Operation(bucket, None, index, self._shown[index][0], final=True)
        return None

    def _blank(self) -> AnswerRenderer:
        return AnswerRenderer(self.canvas.max_messages or MAX_MESSAGES)

    def _frames(self) -> list[Frame]:
        """Return what the messages of what came in are to look like now."""
        if self._removed:
            return []
        if self._set is not None:
            return list(self._set)
        if not self.ended and not self._progressive:
            return []
        notices = (*self._notices, without_extras()) if self._lacks_extras else self._notices
        return self._draft.frames(ended=self.ended, notices=notices)

    async def perform(self, operation: Operation) -> None:
        """Send `operation`; raises `CanvasError`."""
        self.started = self._all_seen = True
        has_text = self._is_new and bool(self._draft.pieces)
        first = operation.index == 0
        if operation.message is None:
            assert operation.frame is not None
            message = await self.canvas.create(operation.frame, first=first)
            self._shown.append((message, operation.frame))
            self._tell_messages()
        elif operation.frame is not None:
            await self.canvas.edit(operation.message, operation.frame, first=first)
            self._shown[operation.index] = (operation.message, operation.frame)
        else:
            await self._delete(operation.message)
            del self._shown[operation.index]
            self._tell_messages()
        self.failures = 0
        self.edits += 1
        if has_text:
            self.painted_at = self._clock()
            if self.first_seen_at is None:
                self.first_seen_at = self.painted_at

    async def _delete(self, message: int) -> None:
        try:
            await self.canvas.delete(message)
        except MessageNotFound:
            return  # somebody else was quicker

    def _tell_messages(self) -> None:
        if self.on_messages is not None:
            self.on_messages(self.messages)

    def mark_shown(self) -> None:
        """Take note that nothing is left to send."""
        if self.ended:
            self._settled.set()

    def fail(self, error: CanvasError) -> None:
        """Take note that the answer can be shown no further."""
        self.lost = error
        self._settled.set()
        if self.on_failure is not None:
            self.on_failure()

    def reject(self, operation: Operation, error: CanvasError) -> None:
        """Take note that Discord turned `operation` down, and go on without what it did not like, if that can be."""
        refused = () if operation.frame is None else operation.frame.rich
        shown = None if operation.message is None else self._shown[operation.index][1]
        accepted = () if shown is None else shown.rich
        if isinstance(error, MessageNotFound) and operation.message is not None and shown is None:
            # Somebody took away what stood there from before; what was to be written over it is written anew.
            del self._shown[operation.index]
            self._tell_messages()
        elif isinstance(error, BadRequest) and refused != accepted:
            self._draft.drop_extras(refused, accepted)
            self._lacks_extras = True
        else:
            self.fail(error)
