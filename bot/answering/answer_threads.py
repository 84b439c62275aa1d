"""Starts a thread from an answer, in channels that have that set; the thread's conversation begins with the answer."""

import logging
from collections.abc import Awaitable, Callable

from bot.answering.active_runs import RunRequest
from bot.conversation.server_settings import AnswerConfig
from bot.domain.answer import Answer, Outcome
from bot.domain.errors import DatabaseUnavailable
from bot.domain.question import Question
from bot.domain.stores import ConversationStore
from bot.streaming.canvas import CanvasError, ThreadExists, Unconfirmed
from bot.strings.notices import UNTITLED

_log = logging.getLogger(__name__)

StartThread = Callable[[int, int, str], Awaitable[None]]
"""Starts a thread from a message: takes the ids of channel and message, and what names it. Raises `CanvasError`.

The thread has the message's id (documentation, "Start Thread from Message").
"""


class AnswerThreads:
    """Starts threads by `start_thread`. An answer is whole without one: what goes wrong is for the log alone."""

    def __init__(self, conversations: ConversationStore, start_thread: StartThread) -> None:
        self._conversations = conversations
        self._start_thread = start_thread

    async def start(self, request: RunRequest, message: int, title: str) -> None:
        """Start a thread from an answer's first message; a thread that somebody else started from it serves as well."""
        question = request.question
        try:
            await self._start_thread(question.location.channel, message, title)
        except (ThreadExists, Unconfirmed):
            pass
        except CanvasError as error:
            _log.info("question %d: no thread was started from its answer: %s", question.id, type(error).__name__)
            return
        try:
            await self._conversations.begin_with(message, request.answer)
        except DatabaseUnavailable:
            _log.warning("question %d: the thread of its answer begins without it", question.id)


def thread_title(question: Question, config: AnswerConfig, earlier: Answer | None, outcome: Outcome) -> str | None:
    """Return what names the thread that an answer gets, None if it gets none.

    There is one for each answer, from its first version that is whole. Threads have no threads, and what only one
    person sees has none.
    """
    location = question.location
    if not config.in_threads or location.is_thread or location.is_private or outcome != "whole":
        return None
    if earlier is not None and any(run.outcome == "whole" for run in earlier.runs):
        return None
    return _title(question)


def _title(question: Question) -> str:
    """Return what the question says, or what it consists of if it has no words."""
    quoted = question.quote.text if question.quote is not None else ""
    words = (question.text, quoted, *(file.name for file in question.files))
    return next((each for each in words if each.strip()), UNTITLED)
