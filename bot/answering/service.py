"""The answering service: takes a question, sees that its turn comes, and tells its asker where it does not."""

import asyncio
import logging
from secrets import token_urlsafe

from bot.answering.active_runs import ActiveRun, ActiveRuns
from bot.answering.answer_run import AnswerRunner
from bot.answering.provider_health import ProviderHealth
from bot.answering.queue_notice import QueueNotice
from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import write_question
from bot.answering.stream_reader import StreamReader
from bot.answering.turn_queue import TurnQueue
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import AnswerConfig, ServerSettings
from bot.domain.answer import Answer, RunStart
from bot.domain.controls import Controls
from bot.domain.errors import (
    AlreadyAnswering,
    AnswerError,
    Cancelled,
    EmptyQuestion,
    InternalError,
    NotStored,
    QuestionDeleted,
    QuestionTooLong,
)
from bot.domain.question import Question
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import Canvas, CanvasError, MessageNotFound, ThreadLocked, TokenExpired, WriteForbidden
from bot.streaming.edit_scheduler import EditScheduler
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import cannot_write, could_not_show, thread_closed, too_late

_log = logging.getLogger(__name__)

_BEFORE_BEGINNING = 1.5
"""Seconds within which a question can still be refused privately; Discord gives up on an interaction after 3."""

_UNSAYABLE = {WriteForbidden: cannot_write, ThreadLocked: thread_closed, TokenExpired: too_late}
"""What an asker is told outside the channel, by what keeps an answer out of it."""

_LAST_EDITS = 5.0
"""Seconds for the edits that mark interrupted answers before the process ends."""


class AnsweringService:
    """Answers questions, each channel's one after another. `answer` may be called any number of times at once.

    `outcomes` tells how each provider's latest answer ended.
    """

    def __init__(
        self, preferences: ServerSettings, journal: AnswerStore, recall: PromptBuilder, painter: EditScheduler
    ) -> None:
        self.outcomes = ProviderHealth()
        self._preferences = preferences
        self._journal = journal
        self._reader = StreamReader()
        self._painter = painter
        others = len(preferences.providers) > 1
        self._writer = AnswerRunner(painter, self._reader, recall, journal, self.outcomes, others=others)
        self._turnstile = TurnQueue()
        self.attempts = ActiveRuns()
        """The runs under way."""

    async def answer(self, question: Question, canvas: Canvas) -> None:
        """Answer `question` on `canvas`; returns when all is shown, or when the asker knows why not. Never raises.

        The place in the channel's queue is taken before anything is waited for: the questions of one asker are answered
        in the order in which this method was called.
        """
        await self._run(ActiveRun(token_urlsafe(9), question, canvas))

    async def again(self, earlier: Answer, question: Question, canvas: Canvas) -> None:
        """Answer `question` in place of the `earlier` answer, of which it becomes a version; otherwise like `answer`.

        What is refused is said by `canvas`, whose `refuse` speaks to whoever asked for it.
        """
        await self.attempts.concluded(earlier.id)
        await self._run(ActiveRun(earlier.id, question, canvas, earlier))

    async def say(self, canvas: Canvas, text: str) -> None:
        """Write something that is no answer, such as help, as a reply; raises `CanvasError`."""
        await self._painter.remark(canvas, text)

    def waiting(self, channel: int) -> int:
        """Return how many questions wait in the channel behind the one that is being answered."""
        return self._turnstile.waiting(channel)

    async def drain(self, seconds: float) -> None:
        """Take no more questions, let running answers finish for `seconds`, then mark the rest interrupted."""
        self._turnstile.close()
        try:
            async with asyncio.timeout(seconds):
                await self.attempts.idle()
        except TimeoutError:
            _log.warning("interrupted %d answers", self._reader.interrupt())
            try:
                async with asyncio.timeout(_LAST_EDITS):
                    await self.attempts.idle()
            except TimeoutError:
                _log.warning("%d answers could not be marked as interrupted", len(self.attempts))

    async def _run(self, attempt: ActiveRun) -> None:
        question, canvas = attempt.question, attempt.canvas
        if not self.attempts.enter(attempt):
            await self._refuse(question, canvas, AlreadyAnswering())
            return
        try:
            await self._queued(attempt)
        except QuestionDeleted:
            _log.info("question %d was deleted", question.id)
        except AnswerError as error:
            _log.info("question %d refused: %s", question.id, type(error).__name__)
            await self._refuse(question, canvas, error)
        except CanvasError as error:
            await self._unsayable(question, canvas, error)
        except Exception:  # noqa: BLE001 - whatever it was, the asker is told, and the next question answered
            _log.exception("question %d: answering failed", question.id)
            await self._refuse(question, canvas, InternalError())
        finally:
            self.attempts.leave(attempt)

    async def _queued(self, attempt: ActiveRun) -> None:
        question, canvas = attempt.question, attempt.canvas
        place = QueueNotice(self._painter, canvas, Controls(attempt.answer, "waiting"))
        attempt.ticket = ticket = self._turnstile.take(question.place.channel, question.asker, place.move)
        try:
            setup = await self._set_up(question, canvas)
            _check(attempt.question, setup)
            if attempt.earlier is not None:
                attempt.earlier = await self._known(attempt.earlier.id)
            attempt.record = record = await self._begin(attempt, setup)
        except BaseException:
            ticket.leave()
            raise
        try:
            place.watch(record)
            async with ticket:
                place.leave()
                _check(attempt.question, setup)  # it may have been changed while it waited
                await self._writer.write(attempt, setup, record)
            await self._writer.call_back(attempt)
        except AnswerError:
            record.lose()
            raise
        finally:
            await place.close()
            await record.close()

    async def _begin(self, attempt: ActiveRun, setup: AnswerConfig) -> RunRecorder:
        """Acknowledge the question, while the journal takes note of it: from now on something of it can be seen."""
        shown = attempt.earlier.messages if attempt.earlier is not None else ()
        record = RunRecorder(self._journal, _asked(attempt, setup), shown)
        try:
            await attempt.canvas.begin()
        except BaseException:
            await record.close()
            raise
        return record

    async def _known(self, answer: str) -> Answer:
        """Return an answer as it is now: whoever asks again may have looked at it a while ago."""
        known = await self._journal.answer(answer)
        if known is None:
            raise NotStored
        return known

    async def _set_up(self, question: Question, canvas: Canvas) -> AnswerConfig:
        """Return who answers. A slow database is not waited for beyond what an interaction's deadline allows."""
        setup = asyncio.create_task(self._preferences.setup(question.place, question.provider))
        try:
            await asyncio.wait({setup}, timeout=_BEFORE_BEGINNING)
            if not setup.done():
                await canvas.begin()
            return await setup
        finally:
            setup.cancel()

    async def _refuse(self, question: Question, canvas: Canvas, error: AnswerError) -> None:
        try:
            sentence = small(explain(error))
            if not await canvas.refuse(sentence) and not isinstance(error, Cancelled):
                await self._painter.remark(canvas, sentence)
        except CanvasError as fault:
            await self._unsayable(question, canvas, fault)

    async def _unsayable(self, question: Question, canvas: Canvas, error: CanvasError) -> None:
        """Say in the log, and to the asker if possible, that nothing could be said in the channel."""
        channel = question.place.channel
        _log.warning("question %d: cannot write in channel %d: %s", question.id, channel, type(error).__name__)
        if isinstance(error, MessageNotFound):
            return  # somebody took the message or the channel away: there is nothing to explain
        sentence = _UNSAYABLE.get(type(error), could_not_show)(channel)
        if not await canvas.whisper(sentence):
            _log.warning("question %d: the asker could not be told either", question.id)


def _asked(attempt: ActiveRun, setup: AnswerConfig) -> RunStart:
    question = attempt.question
    return RunStart(
        answer=attempt.answer,
        number=attempt.number,
        question_id=question.id,
        by_message=question.by_message,
        place=question.place,
        asker=question.asker,
        provider=setup.provider.name,
        wording=write_question(question),
        token=attempt.canvas.token,
    )


def _check(question: Question, setup: AnswerConfig) -> None:
    """Turn away what the provider would; raises `Refusal`."""
    if question.jump is not None:
        return
    length, limit = len(question.compose()), setup.provider.question_limit
    if not length:
        raise EmptyQuestion
    if limit is not None and length > limit:
        raise QuestionTooLong(setup.provider.label, length, limit, alone=len(question.text))
