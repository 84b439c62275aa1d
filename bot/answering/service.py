"""Queues questions, answers them one at a time per channel, and reports refusals."""

import asyncio
import logging
from dataclasses import replace
from secrets import token_urlsafe

from bot.answering.active_runs import ActiveRuns, ArrivingRun, QueuedRun, Reservation, RunRequest
from bot.answering.answer_run import AnswerRunner
from bot.answering.notices import explain_outside
from bot.answering.provider_health import ProviderHealth
from bot.answering.queue_notice import QueueNotice
from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import write_question
from bot.answering.stream_reader import Cancellation, StreamReader
from bot.answering.turn_queue import TurnQueue
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import AnswerConfig, ServerSettings
from bot.domain.answer import Answer, RunStart
from bot.domain.attachments import FileLoader
from bot.domain.controls import AnswerControls
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
from bot.streaming.canvas import Canvas, CanvasError, MessageNotFound
from bot.streaming.edit_scheduler import EditScheduler
from bot.strings.errors import explain
from bot.strings.markup import small

_log = logging.getLogger(__name__)

_ACKNOWLEDGE_AFTER = 1.5
"""Seconds within which a question can be refused privately; Discord gives up on an interaction after 3."""

_LAST_EDITS_SECONDS = 5.0
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
        controls: AnswerControls,
        file_loader: FileLoader,
    ) -> None:
        self.provider_health = ProviderHealth()
        self._server_settings = server_settings
        self._answer_store = answer_store
        self._reader = StreamReader()
        self._scheduler = scheduler
        self._controls = controls
        self._runner = AnswerRunner(
            scheduler, self._reader, prompt_builder, answer_store, self.provider_health, controls, file_loader
        )
        self._turn_queue = TurnQueue()
        self.active_runs = ActiveRuns()

    async def answer(self, question: Question, canvas: Canvas) -> None:
        """Answer `question` on `canvas`; returns when all is shown, or when the asker knows why not. Never raises.

        The question joins its channel's queue before anything is awaited: the questions of one asker are answered in
        the order of the calls.
        """
        await self._run(token_urlsafe(9), question, canvas)

    async def again(self, earlier: Answer, question: Question, canvas: Canvas) -> None:
        """Answer `question` as a new version of the `earlier` answer; otherwise like `answer`.

        The `refuse` of `canvas` tells the person who wants the answer why there is none.
        """
        await self.active_runs.wait_finishing(earlier.id)
        await self._run(earlier.id, question, canvas, earlier)

    async def say(self, canvas: Canvas, text: str) -> None:
        """Reply with something that is no answer, such as help; raises `CanvasError`."""
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
                async with asyncio.timeout(_LAST_EDITS_SECONDS):
                    await self.active_runs.idle()
            except TimeoutError:
                _log.warning("%d answers could not be marked as interrupted", len(self.active_runs))

    async def _run(self, answer: str, question: Question, canvas: Canvas, earlier: Answer | None = None) -> None:
        asked_at = asyncio.get_running_loop().time()
        request = RunRequest(answer, question, canvas, earlier, asked_at, Cancellation(canvas.deadline))
        try:
            with self.active_runs.reserve(answer, question.id) as reservation:
                await self._answer_or_refuse(request, reservation)
        except AlreadyAnswering as error:
            await self._refuse(question, canvas, error)

    async def _answer_or_refuse(self, request: RunRequest, reservation: Reservation) -> None:
        question, canvas = request.question, request.canvas
        try:
            await self._queued(request, reservation)
        except QuestionDeleted:
            _log.info("question %d was deleted", question.id)
        except AnswerError as error:
            _log.info("question %d refused: %s", question.id, type(error).__name__)
            await self._refuse(question, canvas, error)
        except CanvasError as error:
            await self._report_outside(question, canvas, error)
        except Exception:  # noqa: BLE001 - whatever it was, the asker is told, and the next question answered
            _log.exception("question %d: answering failed", question.id)
            await self._refuse(question, canvas, InternalError())

    async def _queued(self, request: RunRequest, reservation: Reservation) -> None:
        question, canvas = request.question, request.canvas
        notice = QueueNotice(self._scheduler, canvas, self._controls.waiting(request.answer))
        ticket = self._turn_queue.join(question.location.channel, question.asker, notice.set_position)
        try:
            queued = await self._record(ArrivingRun(request, ticket), reservation)
        except BaseException:
            ticket.leave()
            raise
        try:
            notice.watch(queued.recorder)
            async with ticket:
                notice.leave()
                _check(queued.question, queued.config)  # it may have been changed while it waited
                running = queued.start()
                reservation.advance(running)
                first_message = await self._runner.run(running)
            if first_message is not None:
                await self._runner.call_back(request, first_message)
        except AnswerError:
            queued.recorder.mark_lost()
            raise
        finally:
            await notice.close()
            await queued.recorder.flush()

    async def _record(self, arriving: ArrivingRun, reservation: Reservation) -> QueuedRun:
        """Record a run, and acknowledge its question: from now on something of it can be seen."""
        reservation.advance(arriving)
        request, ticket = arriving.request, arriving.ticket
        config = await self._answer_config(request.question, request.canvas)
        _check(arriving.question, config)
        if request.earlier is not None:
            request = replace(request, earlier=await self._known(request.earlier.id))
        request = replace(request, question=arriving.question)
        shown = request.earlier.messages if request.earlier is not None else ()
        recorder = RunRecorder(self._answer_store, _run_start(request, config), shown)
        queued = QueuedRun(request, ticket, config, recorder)
        reservation.advance(queued)
        try:
            await request.canvas.begin()
        except BaseException:
            await recorder.flush()
            raise
        return queued

    async def _known(self, answer: str) -> Answer:
        """Return an answer as it is now: it may have changed since it was looked up."""
        known = await self._answer_store.answer(answer)
        if known is None:
            raise NotStored
        return known

    async def _answer_config(self, question: Question, canvas: Canvas) -> AnswerConfig:
        """Return who answers. If the database is slow, acknowledge the question first, within Discord's deadline."""
        config = asyncio.create_task(self._server_settings.answer_config(question.location, question.provider))
        try:
            await asyncio.wait({config}, timeout=_ACKNOWLEDGE_AFTER)
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
            await self._report_outside(question, canvas, fault)

    async def _report_outside(self, question: Question, canvas: Canvas, error: CanvasError) -> None:
        """Tell the log, and the asker by direct message if possible, that the bot could not write in the channel."""
        channel = question.location.channel
        _log.warning("question %d: cannot write in channel %d: %s", question.id, channel, type(error).__name__)
        if isinstance(error, MessageNotFound):
            return  # somebody deleted the message or the channel: there is nothing to explain
        if not await canvas.send_dm(explain_outside(error, channel)):
            _log.warning("question %d: the asker could not be told either", question.id)


def _run_start(request: RunRequest, config: AnswerConfig) -> RunStart:
    question = request.question
    return RunStart(
        answer=request.answer,
        number=request.number,
        question_id=question.id,
        by_message=question.by_message,
        location=question.location,
        asker=question.asker,
        provider=config.provider.name,
        wording=write_question(question),
        token=request.canvas.token,
    )


def _check(question: Question, config: AnswerConfig) -> None:
    """Raise `EmptyQuestion` or `QuestionTooLong` for a question that the provider cannot take."""
    if question.jump is not None:
        return
    # Files are shortened, and the names of those that are not read left out, before a question is too long.
    length, limit = len(question.compose(with_names=False)), config.provider.question_limit
    if not (length or question.files or question.attachments):
        raise EmptyQuestion
    if limit is not None and length > limit:
        raise QuestionTooLong(config.provider.label, length, limit, alone=len(question.text))
