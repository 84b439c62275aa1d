"""Queues questions, answers up to three askers' at once per channel, and reports refusals."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from secrets import token_urlsafe

from bot.answering.active_runs import ActiveRuns, ArrivingRun, Reservation, RunRequest
from bot.answering.answer_run import AnswerRunner
from bot.answering.answer_threads import AnswerThreads
from bot.answering.asking.providers_of_run import ProvidersOfRun
from bot.answering.draining import Draining
from bot.answering.elsewhere.earlier_questions import EarlierQuestions
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.answering.health.breaker import Breaker
from bot.answering.health.provider_health import ProviderHealth
from bot.answering.notices.call_backs import CallBacks, ShownAnswer
from bot.answering.question_log import log_begin, log_end, log_turn
from bot.answering.queue.queue_notice import QueueNotice
from bot.answering.queue.turn_queue import TurnQueue
from bot.answering.refusing.asker_notices import AskerNotices
from bot.answering.refusing.outside_notices import OutsideNotices
from bot.answering.refusing.refusals import Refusals
from bot.answering.run_preparation import RunPreparation, check
from bot.answering.stream_reader import Cancellation, StreamReader
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.domain.answer import Answer
from bot.domain.attachments import FileLoader
from bot.domain.content import Button
from bot.domain.controls import AnswerControls
from bot.domain.errors import (
    AlreadyAnswering,
    AlreadyClaimed,
    AnswerError,
    InternalError,
    QuestionDeleted,
    ShuttingDown,
)
from bot.domain.fair_use.usage import UsageMeter
from bot.domain.question import Question
from bot.domain.runtime.correlation import correlated
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.stores import AnswerStore, RunOpener
from bot.limits.fair_use import FairUse
from bot.streaming.canvas import Canvas, CanvasError, MessageNotFound, Unavailable, Unconfirmed
from bot.streaming.edit_scheduler import EditScheduler

_log = logging.getLogger(__name__)


class AnsweringService:
    """Answers questions, up to three askers' at once in each channel, and one after another of each asker's there.

    An answer to a command counts for nobody but its asker: it is written by its own token, within limits of its own.
    In a conversation that its provider keeps, questions are answered one after another, also those of several askers.
    `answer` may be called any number of times at once.

    `provider_health` tells how each provider's latest answer ended, `breaker` which are left alone for now.
    """

    def __init__(
        self,
        server_settings: ServerSettings,
        run_opener: RunOpener,
        answer_store: AnswerStore,
        prompt_builder: PromptBuilder,
        scheduler: EditScheduler,
        controls: AnswerControls,
        file_loader: FileLoader,
        answer_threads: AnswerThreads,
        usage: UsageMeter,
        fair_use: FairUse,
        elsewhere: RunsElsewhere,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self.provider_health = ProviderHealth()
        self.breaker = Breaker()
        self._telemetry = telemetry
        self._scheduler = scheduler
        self._controls = controls
        earlier = EarlierQuestions(answer_store, elsewhere)
        self._preparation = RunPreparation(server_settings, run_opener, answer_store, prompt_builder, earlier)
        reader = StreamReader()
        providers = ProvidersOfRun(
            reader, prompt_builder, file_loader, self.provider_health, self.breaker, fair_use, telemetry
        )
        self._runner = AnswerRunner(scheduler, providers, prompt_builder, answer_store, controls, usage, telemetry)
        self._answer_threads = answer_threads
        self.call_backs = CallBacks(scheduler)
        self._turn_queue = TurnQueue()
        self._asker_notices = AskerNotices(scheduler)
        self._refusals = Refusals(self._asker_notices, self._turn_queue, fair_use)
        self._fair_use = fair_use
        self._outside_notices = OutsideNotices()
        self.active_runs = ActiveRuns()
        reject_waiting = partial(self._turn_queue.close, is_replaced=True)
        self._draining = Draining(self.active_runs, reader, scheduler, reject_waiting)

    async def answer(self, question: Question, canvas: Canvas) -> None:
        """Answer `question` on `canvas`; returns when all is shown, or when the asker knows why not. Never raises.

        The question joins its channel's queue before anything is awaited: the questions of one asker are answered in
        the order of the calls.
        """
        await self._run(token_urlsafe(9), question, canvas)

    async def answer_again(self, earlier: Answer, question: Question, canvas: Canvas) -> None:
        """Answer `question` as a new version of the `earlier` answer; otherwise like `answer`.

        The `refuse` of `canvas` tells the person who wants the answer why there is none.
        """
        await self.active_runs.wait_finishing(earlier.id)
        await self._run(earlier.id, replace(question, kind=earlier.kind), canvas, earlier)

    async def say(self, canvas: Canvas, channel: int, person: int, text: str, buttons: Sequence[Button] = ()) -> None:
        """Reply to a person with something that is no answer, such as help; raises `CanvasError`.

        A person who waits for such a reply in this channel gets no other one.
        """
        await self._asker_notices.tell(canvas, channel, person, lambda: text, buttons=buttons)

    @property
    def takes_questions(self) -> bool:
        """Whether questions are taken: until `drain` is called."""
        return not self._turn_queue.is_closed

    def waiting(self, channel: int | None = None) -> int:
        """Return how many questions wait in a channel behind those that are being answered, in all if it is None."""
        return self._turn_queue.waiting(channel)

    async def drain(self, seconds: float, *, answers_waiting: bool = False) -> None:
        """Take no more questions, let running answers finish for `seconds`, then mark the rest interrupted.

        Questions that wait in line are refused: at once, or if it `answers_waiting`, only then. Returns at most 0.7 s
        after that. What could not be marked is left to another process or the next start.
        """
        self._turn_queue.close(rejects_waiting=not answers_waiting)
        await self._draining.run(seconds)

    async def _run(self, answer: str, question: Question, canvas: Canvas, earlier: Answer | None = None) -> None:
        self._telemetry.question_came()
        asked_at = asyncio.get_running_loop().time()
        request = RunRequest(answer, question, canvas, earlier, asked_at, Cancellation(canvas.deadline))
        with correlated(question.id), self.active_runs.working():
            log_begin(request)
            try:
                with self.active_runs.reserve(answer, question.id) as reservation:
                    shown = await self._answer_or_refuse(request, reservation)
            except AlreadyAnswering as error:
                log_end(question, "refused", f"refused: {type(error).__name__}", error)
                await self._refuse(question, canvas, error)
            else:
                # There may be no room for these for long. Nothing that is done with the answer waits for them.
                if shown is not None:
                    await asyncio.gather(
                        self._answer_threads.start(answer, question, shown.first_message, shown.thread_title),
                        self.call_backs.call(request, shown),
                    )

    async def _answer_or_refuse(self, request: RunRequest, reservation: Reservation) -> ShownAnswer | None:
        """Return where an answer is that is worth coming back for, None if there is none."""
        question, canvas = request.question, request.canvas
        try:
            return await self._queued(request, reservation)
        except AlreadyClaimed:
            log_end(question, "elsewhere", "is answered elsewhere")
            await canvas.withdraw()
        except QuestionDeleted:
            log_end(question, "deleted", "was deleted")
        except AnswerError as error:
            log_end(question, "refused", f"refused: {type(error).__name__}", error)
            await self._refuse(question, canvas, error)
        except CanvasError as error:
            await self._report_outside(question, canvas, error)
        except Exception:  # noqa: BLE001 - whatever it was, the asker is told, and the next question answered
            _log.exception("question %d: answering failed", question.id, extra={"fields": {"outcome": "failed"}})
            await self._refuse(question, canvas, InternalError())
        return None

    async def _queued(self, request: RunRequest, reservation: Reservation) -> ShownAnswer | None:
        question, canvas = request.question, request.canvas
        notice = QueueNotice(self._scheduler, canvas, self._controls.waiting(request.answer))
        try:
            ticket = self._turn_queue.join(
                question.location.channel, question.asker, notice.set_position, counts=canvas.token is None
            )
        except ShuttingDown:
            if request.earlier is None:
                await self._preparation.raise_if_claimed_elsewhere(question.id)
            raise
        try:
            queued = await self._preparation.prepare(ArrivingRun(request, ticket), reservation)
        except BaseException:
            ticket.leave()
            raise
        try:
            ticket.get_ready()
            notice.watch(queued.recorder, request.asked_at)
            async with ticket:
                await self._preparation.earlier_questions.wait(queued, notice)
                notice.leave()
                question, config = queued.question, queued.config
                check(question, config)  # it may have been changed while it waited
                reading = request.cancellation
                async with self._fair_use.counting(question, config.limits, config.owner, lambda: reading.has_asked):
                    running = queued.start()
                    log_turn(running)
                    reservation.advance(running)
                    return await self._runner.run(running)
        except ShuttingDown as error:
            log_end(question, "refused", f"refused: {type(error).__name__}", error)
            told = await self._refuse(question, canvas, error)
            if await notice.close() and told:
                queued.recorder.mark_lost()  # else another process or the next start tells the asker
            return None
        except AnswerError:
            if await notice.close():
                queued.recorder.mark_lost()
            raise
        finally:
            await notice.close()
            await queued.recorder.flush()

    async def _refuse(self, question: Question, canvas: Canvas, error: AnswerError) -> bool:
        """Tell the asker why there is no answer, and return whether they know."""
        self._telemetry.question_refused(error)
        try:
            return await self._refusals.refuse(question, canvas, error)
        except CanvasError as fault:
            await self._report_outside(question, canvas, fault)
            return False

    async def _report_outside(self, question: Question, canvas: Canvas, error: CanvasError) -> None:
        """Tell the log, and the asker by direct message if possible, that the bot could not write in the channel."""
        if isinstance(error, Unavailable) and self._turn_queue.is_closed:
            return  # the process ends: another one or the next start shows what is left
        channel = question.location.channel
        fields = {"outcome": "lost", "error": type(error).__name__}
        _log.warning(
            "question %d: cannot write in channel %d: %s",
            *(question.id, channel, type(error).__name__),
            extra={"fields": fields},
        )
        if isinstance(error, MessageNotFound | Unconfirmed):
            return  # somebody deleted the message or the channel, or the message is there: nothing is to be explained
        if not await self._outside_notices.tell(question, canvas, error):
            _log.warning("question %d: the asker could not be told either", question.id)
