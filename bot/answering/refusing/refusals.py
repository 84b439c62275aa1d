"""Tells askers why their questions are not answered: in private if possible, else in the channel."""

from bot.answering.queue.turn_queue import TurnQueue
from bot.answering.refusing.asker_notices import AskerNotices
from bot.domain.errors import (
    AnswerError,
    AskerQueueFull,
    Cancelled,
    DatabaseUnavailable,
    InternalError,
    LimitReached,
    QueueFull,
    ShuttingDown,
)
from bot.domain.question import Question
from bot.limits.fair_use import FairUse
from bot.streaming.canvas import Canvas
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.queue import was_full

_OF_CROWDS = (QueueFull, AskerQueueFull, ShuttingDown, DatabaseUnavailable, InternalError)
"""Errors that are not about one question: it is enough to tell each asker once."""


class Refusals:
    """Refuses questions, whose places in `turn_queue` may be why."""

    def __init__(self, asker_notices: AskerNotices, turn_queue: TurnQueue, fair_use: FairUse) -> None:
        self._asker_notices = asker_notices
        self._turn_queue = turn_queue
        self._fair_use = fair_use

    async def refuse(self, question: Question, canvas: Canvas, error: AnswerError) -> bool:
        """Tell the asker of `question` about `error`; returns whether they know. Raises `CanvasError`."""
        if await canvas.refuse(small(explain(error))):
            return True
        if isinstance(error, Cancelled):
            return False
        if isinstance(error, LimitReached) and not await self._fair_use.is_to_be_told(error):
            return True  # they know since an earlier question
        channel, asker = question.location.channel, question.asker
        kind = type(error).__name__ if isinstance(error, _OF_CROWDS) else None
        return await self._asker_notices.tell(
            canvas, channel, asker, lambda: small(self._sentence(channel, asker, error)), kind
        )

    def _sentence(self, channel: int, asker: int, error: AnswerError) -> str:
        """Return what is true now: a queue that was full may have room again."""
        if isinstance(error, QueueFull | AskerQueueFull) and self._turn_queue.has_room(channel, asker):
            return was_full()
        return explain(error)
