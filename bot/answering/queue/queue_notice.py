"""Shows an asker how many questions are ahead of theirs, and lets them cancel it."""

import asyncio
import time
from collections.abc import Callable, Sequence

from bot.answering.run_recorder import RunRecorder
from bot.domain.controls import Controls
from bot.streaming.canvas import Canvas
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer
from bot.strings.markup import small
from bot.strings.queue import in_line

NOTICE_DELAY = 3.0
"""Seconds until an asker is told: a short wait needs no message."""


class QueueNotice:
    """The message about one question's place in its channel's queue. `clock` returns seconds since 1970 (UTC)."""

    def __init__(
        self, scheduler: EditScheduler, canvas: Canvas, controls: Controls, clock: Callable[[], float] = time.time
    ) -> None:
        self._scheduler = scheduler
        self._canvas = canvas
        self._controls = controls
        self._clock = clock
        self._ahead = 0
        self._timer: asyncio.TimerHandle | None = None
        self._note: LiveAnswer | None = None
        self._gone: asyncio.Task[bool] | None = None
        self._has_turn = False

    def set_position(self, ahead: int) -> None:
        """Show that so many questions are ahead of this one now."""
        self._ahead = ahead
        if self._note is not None:
            self._tell(self._note)

    def watch(self, record: RunRecorder, asked_at: float) -> None:
        """Show the place in the queue, unless the turn comes soon after `asked_at`, in the event loop's time."""
        if self._ahead and self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(asked_at + NOTICE_DELAY, self._show, record)

    def leave(self) -> None:
        """Remove the message, if there is one: the turn has come."""
        # It stays recorded until something of the answer is: what the answer is written over does not go in between.
        self._has_turn = True
        self._take_away()

    async def close(self) -> bool:
        """Remove the message, whether the turn has come or never will; returns whether nothing of it is left."""
        self._take_away()
        return self._gone is None or await self._gone

    def _take_away(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._note is not None and self._gone is None:
            self._gone = asyncio.create_task(self._note.remove_quietly())

    def _show(self, record: RunRecorder) -> None:
        def record_messages(messages: Sequence[int]) -> None:
            if not self._has_turn:
                record.set_queue_message(messages)

        surface = self._canvas.queue_notice_surface()
        self._note = self._scheduler.open_notice(surface, on_messages=record_messages)
        self._note.set_controls(self._controls)
        self._tell(self._note)

    def _tell(self, note: LiveAnswer) -> None:
        note.show_placeholder(small(in_line(self._ahead, self._clock())))
