"""Shows somebody who waits behind other questions how many there are, and lets them take theirs back."""

import asyncio
import time
from collections.abc import Callable, Sequence

from bot.answering.run_recorder import RunRecorder
from bot.domain.controls import Controls
from bot.streaming.canvas import Canvas
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer
from bot.strings.markup import small
from bot.strings.notices import in_line

_PATIENCE = 3.0
"""Seconds that somebody waits before being told: a short wait needs no message."""


class QueueNotice:
    """One question's place in its channel's line. `clock` returns the time in seconds since 1970 (UTC)."""

    def __init__(
        self, scheduler: EditScheduler, canvas: Canvas, controls: Controls, clock: Callable[[], float] = time.time
    ) -> None:
        self._scheduler = scheduler
        self._canvas = canvas
        self._controls = controls
        self._clock = clock
        self._before = 0
        self._timer: asyncio.TimerHandle | None = None
        self._note: LiveAnswer | None = None
        self._gone: asyncio.Task[None] | None = None
        self._has_turn = False

    def set_position(self, before: int) -> None:
        """Take note of how many questions are before this one now."""
        self._before = before
        if self._note is not None:
            self._tell(self._note)

    def watch(self, record: RunRecorder) -> None:
        """Tell the place from now on, unless the turn has come before anybody would miss a word of it."""
        if self._before:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._show, record)

    def leave(self) -> None:
        """Take the message away, where there is one: the turn has come."""
        # It stays recorded until something of the answer is: what the answer is written over does not go in between.
        self._has_turn = True
        self._take_away()

    async def close(self) -> None:
        """Wait until the message is gone, whether the turn has come or never will."""
        self._take_away()
        if self._gone is not None:
            await self._gone

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
        note.show_placeholder(small(in_line(self._before, self._clock())))
