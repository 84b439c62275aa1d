"""Pings askers who have probably left before their answer was there, with a link to it."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.active_runs import RunRequest
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.streaming.canvas import CanvasError
from bot.streaming.edit_scheduler import EditScheduler
from bot.strings.notices import is_ready

if TYPE_CHECKING:
    from bot.streaming.live_answer import LiveAnswer

_log = logging.getLogger(__name__)

CALL_BACK_AFTER = 60.0
"""Seconds without any text of the answer, after which its asker has probably turned to something else."""

_OUT_OF_SIGHT = 15
"""How many messages of others below an answer push it out of sight."""

_PAUSE = 600.0
"""Seconds in which one person is called back at most once in one channel."""

_MAX_CALLED = 10_000


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer that is worth coming back for: its first and last message, and when its first text was shown.

    `first_seen_at` is in the event loop's time, None if no text of it was shown. `thread_title` names the thread that
    is to be started from it; None if there is to be none.
    """

    first_message: int
    last_message: int
    first_seen_at: float | None
    thread_title: str | None = None


class CallBacks:
    """Calls askers back, each at most once in ten minutes in one channel."""

    def __init__(self, scheduler: EditScheduler) -> None:
        self._scheduler = scheduler
        self._notices: dict[LiveAnswer, int] = {}
        """The notices that are being shown, with the questions' ids."""
        self._called = BoundedDict[tuple[int, int], float](_MAX_CALLED)
        """When a person was last called back in a channel."""

    async def call(self, request: RunRequest, answer: ShownAnswer) -> None:
        """Call the asker back if that helps: the first text came late, or the answer is out of sight."""
        now = asyncio.get_running_loop().time()
        seen_at = now if answer.first_seen_at is None else answer.first_seen_at
        is_late = seen_at - request.asked_at > CALL_BACK_AFTER
        if not is_late and request.canvas.others_below(answer.last_message) < _OUT_OF_SIGHT:
            return
        question = request.question
        called = question.asker, question.location.channel
        if now - self._called.get(called, -_PAUSE) < _PAUSE:
            return
        try:
            surface = request.canvas.ping_surface()
        except CanvasError:
            return  # the bot can only answer there, or nobody can write there any more
        self._called[called] = now
        notice = self._scheduler.open_notice(surface)
        self._notices[notice] = question.id
        try:
            await notice.finish([is_ready(question.location.server, question.location.channel, answer.first_message)])
            _log.debug("question %d: its asker is called back", question.id)
        except CanvasError as error:
            _log.info("question %d: its asker could not be called back: %s", question.id, type(error).__name__)
        finally:
            del self._notices[notice]

    async def withdraw(self, question: int) -> None:
        """Call the asker of a question back no more, since there is nothing to come back for."""
        for notice in [notice for notice, other in self._notices.items() if other == question]:
            await notice.remove_quietly()
