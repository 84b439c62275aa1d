"""The end of the process: answers in flight may finish, and those that do not are marked as interrupted in time."""

import asyncio
import logging
from collections.abc import Callable

from bot.answering.active_runs import ActiveRuns
from bot.answering.question_log import log_left
from bot.answering.stream_reader import StreamReader
from bot.streaming.edit_scheduler import EditScheduler

_log = logging.getLogger(__name__)

MARKING_SECONDS = 0.55
"""Seconds for marking answers once their time is over. The rest of that second is for closing everything."""

MAX_EARLIER = 3.0
"""How many seconds sooner marking begins at the earliest, if more must be marked than Discord takes in that time."""

_ROUND_TRIP = 0.15
"""Seconds that the last of these edits gets from being sent until it has arrived."""

_LOOK_AGAIN = 0.1
_GIVE_UP_SECONDS = 0.05
"""Seconds for storing which answers are left to another process or the next start."""


class Draining:
    """Ends the answers of `active_runs`, which `reader` reads and `scheduler` shows.

    `reject_waiting` refuses the questions whose turn has not come.
    """

    def __init__(
        self,
        active_runs: ActiveRuns,
        reader: StreamReader,
        scheduler: EditScheduler,
        reject_waiting: Callable[[], None],
    ) -> None:
        self._active_runs = active_runs
        self._reader = reader
        self._scheduler = scheduler
        self._reject_waiting = reject_waiting
        self._clock = asyncio.get_running_loop().time

    async def run(self, seconds: float) -> None:
        """Let answers finish for `seconds`, then mark the rest interrupted; takes at most 0.7 s longer.

        An answer that cannot be marked by then is left to another process or the next start. Nothing can be shown then.
        """
        end = self._clock() + seconds
        if await self._idle_by(end - MAX_EARLIER):
            return
        while self._clock() < end and not self._is_urgent(end + MARKING_SECONDS):
            if await self._idle_by(min(end, self._clock() + _LOOK_AGAIN)):
                return
        self._reject_waiting()
        if interrupted := self._reader.interrupt():
            _log.warning("interrupted %d answers", interrupted)
        if await self._idle_by(end + MARKING_SECONDS):
            return
        unmarked = list(self._active_runs.requests())  # others were refused, or are changed without a run
        for request in unmarked:
            log_left(request)
        if unmarked:
            _log.warning(
                "%d answers could not be marked as interrupted; another process or the next start will do it",
                len(unmarked),
            )
        self._scheduler.stop()
        await self._idle_by(self._clock() + _GIVE_UP_SECONDS)

    def _is_urgent(self, last: float) -> bool:
        """Return whether it takes all the time until `last` to mark the answers.

        While Discord takes nothing at all, there is nothing to gain from cutting answers off.
        """
        count = sum(request.canvas.bucket("edit", first=False).counted for request in self._active_runs.requests())
        if not count or self._scheduler.final_edits_sent_at(1) > self._clock() + _ROUND_TRIP:
            return False
        return self._scheduler.final_edits_sent_at(count) + _ROUND_TRIP + _LOOK_AGAIN >= last

    async def _idle_by(self, time: float) -> bool:
        """Wait for the end of all answers until `time`, and return whether it came."""
        try:
            async with asyncio.timeout_at(time):
                await self._active_runs.idle()
        except TimeoutError:
            return False
        return True
