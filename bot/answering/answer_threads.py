"""Starts a thread from an answer, in channels that have that set; the thread's conversation begins with the answer."""

import logging
from collections.abc import Awaitable, Callable

from bot.conversation.answer_config import AnswerConfig
from bot.conversation.speakers import from_first_seen
from bot.domain.answer import Answer, Outcome
from bot.domain.errors import DatabaseUnavailable
from bot.domain.question import Question
from bot.domain.stores import ConversationStore
from bot.streaming.canvas import CanvasError, StartThread, ThreadExists, Unavailable, Unconfirmed
from bot.strings.notices import UNTITLED

_log = logging.getLogger(__name__)

ThreadsIn = Callable[[int], StartThread]
"""Returns what starts threads in the channel with this id; raises `CanvasError` if the bot cannot start any there."""


class AnswerThreads:
    """Starts threads by `threads_in`. An answer is whole without one: what goes wrong is for the log alone."""

    def __init__(self, conversations: ConversationStore, threads_in: ThreadsIn) -> None:
        self._conversations = conversations
        self._threads_in = threads_in

    async def start(self, answer: str, question: Question, message: int, title: str | None) -> None:
        """Start a thread from an answer's first message unless `title` is None; one that somebody started will do.

        Its conversation begins before it is there: nobody can ask in it too soon, and nothing is missing if Discord's
        response is late.
        """
        if title is None:
            return
        try:
            start = self._threads_in(question.location.channel)
        except CanvasError as error:
            self._note(question, error)
            return
        if not await self._change(self._conversations.begin_with, message, answer):
            _log.warning("question %d: the thread of its answer begins without it", question.id)
        try:
            await start(message, title)
            _log.debug("question %d: a thread was started from its answer", question.id)
        except ThreadExists:
            pass
        except CanvasError as error:
            self._note(question, error)
            if not isinstance(error, Unconfirmed | Unavailable):  # else it may be there
                await self._change(self._conversations.take_back, message, answer)

    def _note(self, question: Question, error: CanvasError) -> None:
        _log.info("question %d: no thread was started from its answer: %s", question.id, type(error).__name__)

    async def _change(self, change: Callable[[int, str], Awaitable[object]], message: int, answer: str) -> bool:
        """Change what the thread's conversation begins with; returns whether the database did."""
        try:
            await change(message, answer)
        except DatabaseUnavailable:
            return False
        return True


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
    """Return what the question says, or what it consists of if it has no words that show."""
    chosen = question.caption.text if question.caption is not None else ""
    quoted = question.quote.text if question.quote is not None else ""
    words = (question.text, chosen, quoted, *(file.name for file in question.files))
    return next(filter(None, map(from_first_seen, words)), UNTITLED)
