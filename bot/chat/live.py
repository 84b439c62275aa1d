"""One answer as it is being shown: what came in, what stands in Discord, and what has to be sent next."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.chat.canvas import Canvas, CanvasError, Frame, Invalid, Lane
from bot.chat.draft import MOST_MESSAGES, Draft
from bot.chat.rich import Piece
from bot.chat.sentences import without_extras

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to Discord: create the answer's message number `index`, or edit it where `message` is its id."""

    lane: Lane
    frame: Frame
    index: int
    message: int | None
    final: bool


class LiveAnswer:
    """The hinge between a reader, who pushes and at last waits for `finish`, and the painter, who does the rest."""

    def __init__(
        self,
        canvas: Canvas,
        clock: Callable[[], float],
        changed: Callable[["LiveAnswer"], None],
        *,
        progressive: bool,
        remark: bool = False,
    ) -> None:
        self.canvas = canvas
        self.remark = remark
        self.on_lost: Callable[[], None] | None = None
        """Called once when the answer can be shown no further, so that nobody goes on reading for nothing."""
        self.ended = False
        self.ended_at = self.unseen_since = clock()
        self.started = False
        self.in_flight = False
        self.queued_at: tuple[int, float] | None = None
        self.painted_at = self.not_before = _NEVER
        self.failures = 0
        self.lost: CanvasError | None = None
        self._clock = clock
        self._changed = changed
        self._progressive = progressive
        self._draft = Draft(canvas.most_messages or MOST_MESSAGES)
        self._notices: tuple[str, ...] = ()
        self._lacks_extras = False
        self._shown: list[tuple[int, Frame]] = []
        self._all_seen = True
        self._settled = asyncio.Event()

    @property
    def text(self) -> str:
        """The answer's text so far, as the provider gave it."""
        return self._draft.text

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show so far."""
        return self._draft.empty

    def push(self, piece: Piece) -> None:
        """Take the answer's next piece, without waiting for anything."""
        self._draft.push(piece)
        if self._progressive and self.lost is None:
            if self._all_seen:
                self.unseen_since, self._all_seen = self._clock(), False
            self._changed(self)

    async def finish(self, notices: Sequence[str] = ()) -> None:
        """Show the whole answer with `notices` below it, and return when it stands there; raises `CanvasError`."""
        self._draft.end()
        self._notices = tuple(notices)
        self.ended, self.ended_at = True, self._clock()
        if self.lost is None:
            self._changed(self)
            await self._settled.wait()
        if self.lost is not None:
            raise self.lost

    def next_operation(self) -> Operation | None:
        """Return what has to be sent next, None where Discord shows all there is to show."""
        if self.lost is not None or (not self.ended and not self._progressive):
            return None
        notices = (*self._notices, without_extras()) if self._lacks_extras else self._notices
        frames = self._draft.frames(ended=self.ended, notices=notices)
        for index, frame in enumerate(frames):
            first = index == 0
            if index == len(self._shown):
                return Operation(self.canvas.lane("create", first=first), frame, index, None, self.ended)
            message, shown = self._shown[index]
            if shown != frame:
                return Operation(self.canvas.lane("edit", first=first), frame, index, message, self.ended)
        return None

    async def perform(self, operation: Operation) -> None:
        """Send `operation`; raises `CanvasError`."""
        self.started = self._all_seen = True
        first = operation.index == 0
        if operation.message is None:
            message = await self.canvas.create(operation.frame, first=first)
            self._shown.append((message, operation.frame))
        else:
            message = operation.message
            await self.canvas.edit(message, operation.frame, first=first)
            self._shown[operation.index] = (message, operation.frame)
        self.painted_at, self.failures = self._clock(), 0

    def settle(self) -> None:
        """Take note that nothing is left to send."""
        if self.ended:
            self._settled.set()

    def lose(self, error: CanvasError) -> None:
        """Take note that the answer can be shown no further."""
        self.lost = error
        self._settled.set()
        if self.on_lost is not None:
            self.on_lost()

    def refuse(self, operation: Operation, error: CanvasError) -> None:
        """Take note that Discord turned `operation` down: go on without its new pictures and buttons, if it had any."""
        refused = operation.frame.rich
        accepted = () if operation.message is None else self._shown[operation.index][1].rich
        if isinstance(error, Invalid) and refused != accepted:
            self._draft.drop_extras(refused, accepted)
            self._lacks_extras = True
        else:
            self.lose(error)
