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

    `provider_health` tells how each provider's latest answer ended.
    """

    def __init__(
        self,
        server_settings: ServerSettings,
        answer_store: AnswerStore,
        prompt_builder: PromptBuilder,
        scheduler: EditScheduler,
    ) -> None:
        self.provider_health = ProviderHealth()
        self._server_settings = server_settings
        self._answer_store = answer_store
        self._reader = StreamReader()
        self._scheduler = scheduler
        others = len(server_settings.providers) > 1
        self._writer = AnswerRunner(
            scheduler, self._reader, prompt_builder, answer_store, self.provider_health, others=others
        )
        self._turn_queue = TurnQueue()
        self.active_runs = ActiveRuns()
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
        await self.active_runs.wait_finishing(earlier.id)
        await self._run(ActiveRun(earlier.id, question, canvas, earlier))

    async def say(self, canvas: Canvas, text: str) -> None:
        """Write something that is no answer, such as help, as a reply; raises `CanvasError`."""
        await self._scheduler.post_notice(canvas, text)

    def waiting(self, channel: int) -> int:
        """Return how many questions wait in the channel behind the one that is being answered."""
        return self._turn_queue.waiting(channel)

    async def drain(self, seconds: float) -> None:
        """Take no more questions, let running answers finish for `seconds`, then mark the rest interrupted."""
        self._turn_queue.close()
        try:
            async with asyncio.timeout(seconds):
                await self.active_runs.idle()
        except TimeoutError:
            _log.warning("interrupted %d answers", self._reader.interrupt())
            try:
                async with asyncio.timeout(_LAST_EDITS):
                    await self.active_runs.idle()
            except TimeoutError:
                _log.warning("%d answers could not be marked as interrupted", len(self.active_runs))

    async def _run(self, active_run: ActiveRun) -> None:
        question, canvas = active_run.question, active_run.canvas
        if not self.active_runs.add(active_run):
            await self._refuse(question, canvas, AlreadyAnswering())
            return
        try:
            await self._queued(active_run)
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
            self.active_runs.remove(active_run)

    async def _queued(self, active_run: ActiveRun) -> None:
        question, canvas = active_run.question, active_run.canvas
        notice = QueueNotice(self._scheduler, canvas, Controls(active_run.answer, "waiting"))
        active_run.ticket = ticket = self._turn_queue.join(
            question.location.channel, question.asker, notice.set_position
        )
        try:
            config = await self._set_up(question, canvas)
            _check(active_run.question, config)
            if active_run.earlier is not None:
                active_run.earlier = await self._known(active_run.earlier.id)
            active_run.record = record = await self._begin(active_run, config)
        except BaseException:
            ticket.leave()
            raise
        try:
            notice.watch(record)
            async with ticket:
                notice.leave()
                _check(active_run.question, config)  # it may have been changed while it waited
                await self._writer.write(active_run, config, record)
            await self._writer.call_back(active_run)
        except AnswerError:
            record.mark_lost()
            raise
        finally:
            await notice.close()
            await record.close()

    async def _begin(self, active_run: ActiveRun, config: AnswerConfig) -> RunRecorder:
        """Acknowledge the question, while the journal takes note of it: from now on something of it can be seen."""
        shown = active_run.earlier.messages if active_run.earlier is not None else ()
        record = RunRecorder(self._answer_store, _asked(active_run, config), shown)
        try:
            await active_run.canvas.begin()
        except BaseException:
            await record.close()
            raise
        return record

    async def _known(self, answer: str) -> Answer:
        """Return an answer as it is now: whoever asks again may have looked at it a while ago."""
        known = await self._answer_store.answer(answer)
        if known is None:
            raise NotStored
        return known

    async def _set_up(self, question: Question, canvas: Canvas) -> AnswerConfig:
        """Return who answers. A slow database is not waited for beyond what an interaction's deadline allows."""
        config = asyncio.create_task(self._server_settings.answer_config(question.location, question.provider))
        try:
            await asyncio.wait({config}, timeout=_BEFORE_BEGINNING)
            if not config.done():
                await canvas.begin()
            return await config
        finally:
            config.cancel()

    async def _refuse(self, question: Question, canvas: Canvas, error: AnswerError) -> None:
        try:
            sentence = small(explain(error))
            if not await canvas.refuse(sentence) and not isinstance(error, Cancelled):
                await self._scheduler.post_notice(canvas, sentence)
        except CanvasError as fault:
            await self._unsayable(question, canvas, fault)

    async def _unsayable(self, question: Question, canvas: Canvas, error: CanvasError) -> None:
        """Say in the log, and to the asker if possible, that nothing could be said in the channel."""
        channel = question.location.channel
        _log.warning("question %d: cannot write in channel %d: %s", question.id, channel, type(error).__name__)
        if isinstance(error, MessageNotFound):
            return  # somebody took the message or the channel away: there is nothing to explain
        sentence = _UNSAYABLE.get(type(error), could_not_show)(channel)
        if not await canvas.send_dm(sentence):
            _log.warning("question %d: the asker could not be told either", question.id)


def _asked(active_run: ActiveRun, config: AnswerConfig) -> RunStart:
    question = active_run.question
    return RunStart(
        answer=active_run.answer,
        number=active_run.number,
        question_id=question.id,
        by_message=question.by_message,
        location=question.location,
        asker=question.asker,
        provider=config.provider.name,
        wording=write_question(question),
        token=active_run.canvas.token,
    )


def _check(question: Question, config: AnswerConfig) -> None:
    """Turn away what the provider would; raises `Refusal`."""
    if question.jump is not None:
        return
    length, limit = len(question.compose()), config.provider.question_limit
    if not length:
        raise EmptyQuestion
    if limit is not None and length > limit:
        raise QuestionTooLong(config.provider.label, length, limit, alone=len(question.text))
