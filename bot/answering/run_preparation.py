"""What happens to a question before its turn: who answers is looked up, the run recorded, the question acknowledged."""

import asyncio
import logging
from dataclasses import replace
from functools import partial

from bot.answering.active_runs import ArrivingRun, QueuedRun, Reservation, RunRequest
from bot.answering.elsewhere.earlier_questions import EarlierQuestions
from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import write_question
from bot.conversation.answer_config import AnswerConfig
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.domain.answer import Answer, RunStart
from bot.domain.errors import AlreadyClaimed, AnswerError, EmptyQuestion, NotStored, QuestionDeleted, QuestionTooLong
from bot.domain.opening import Opened, Opening
from bot.domain.question import MIN_CONTEXT_CHARS, Question
from bot.domain.runtime.timing import DEFER_AFTER
from bot.domain.settings.server_settings import StoredSettings
from bot.domain.stores import AnswerStore, RunOpener

_log = logging.getLogger(__name__)

_MOMENT_SECONDS = 0.05
"""How long to wait for a question's turn before preparing it: the answer before it is often just ending, and then one
transaction does everything."""

_CLAIM_SECONDS = 1.0
"""How long nothing is shown of a question until the database says that no other process answers it. If that takes
longer, the question is answered all the same: a slow database must not keep people from their answers."""


class RunPreparation:
    """Prepares runs, any number at once."""

    def __init__(
        self,
        server_settings: ServerSettings,
        run_opener: RunOpener,
        answer_store: AnswerStore,
        prompt_builder: PromptBuilder,
        earlier_questions: EarlierQuestions,
    ) -> None:
        self._server_settings = server_settings
        self._run_opener = run_opener
        self._answer_store = answer_store
        self._prompt_builder = prompt_builder
        self.earlier_questions = earlier_questions

    async def prepare(self, arriving: ArrivingRun, reservation: Reservation) -> QueuedRun:
        """Record a run, and acknowledge its question: from now on something of it can be seen.

        Raises `AnswerError` if the question cannot be answered, `AlreadyClaimed` if it is answered elsewhere, and
        `CanvasError` if it cannot be acknowledged.
        """
        reservation.advance(arriving)
        request = arriving.request
        opened = await self._open(arriving)
        config = self._server_settings.config(request.question.location, opened.settings, request.question.provider)
        if not opened.is_begun:
            check(arriving.question, config)
        is_kept = config.provider.remembers == "conversations"
        key = self._prompt_builder.key(request.question, config)
        arriving.ticket.settle((config.provider.name, key) if is_kept else None)
        if request.earlier is not None:
            request = replace(request, earlier=await self._known(request.earlier.id))
        shown = request.earlier.messages if request.earlier is not None else ()
        recorder = RunRecorder(
            self._answer_store,
            _run_start(request, config),
            shown,
            is_begun=opened.is_begun,
            on_refused=partial(_withdraw, request, reservation),
        )
        if arriving.question is not request.question:
            recorder.update_question(write_question(arriving.question))
        request = replace(request, question=arriving.question)
        queued = QueuedRun(request, arriving.ticket, config, recorder, opened.context)
        reservation.advance(queued)
        try:
            if not opened.is_begun:
                await recorder.claim(_left_until(request.asked_at + _CLAIM_SECONDS))
            _log.debug("question %d is claimed", request.question.id)
            await request.canvas.begin()
        except BaseException:
            await recorder.flush()
            raise
        return queued

    async def raise_if_claimed_elsewhere(self, question_id: int) -> None:
        """Give another process, such as the next version of this one, time to claim a question.

        Raises `AlreadyClaimed` if one does, and `DatabaseUnavailable`.
        """
        await asyncio.sleep(_CLAIM_SECONDS)
        if await self._answer_store.answer_to(question_id) is not None:
            raise AlreadyClaimed

    async def _open(self, arriving: ArrivingRun) -> Opened:
        """Read what is needed. If the database is slow, acknowledge the question first, within Discord's deadline."""
        await self.earlier_questions.give_way(arriving.question)
        request, has_turn = arriving.request, await arriving.ticket.comes_within(_MOMENT_SECONDS)
        place = self._server_settings.place(request.question.location)
        reads_context = has_turn and not self.earlier_questions.may_be(request.question)
        plan = partial(self._plan, request, reads_context=reads_context)
        opening = asyncio.create_task(self._run_opener.open(place, plan))
        try:
            await asyncio.wait({opening}, timeout=DEFER_AFTER)
            if not opening.done():
                await request.canvas.begin()
            return await opening
        finally:
            opening.cancel()

    def _plan(self, request: RunRequest, settings: StoredSettings, *, reads_context: bool) -> Opening | None:
        """Return the run to begin, None if the question is refused or its run has no number yet."""
        if request.earlier is not None:
            return None
        try:
            config = self._server_settings.config(request.question.location, settings, request.question.provider)
            check(request.question, config)
        except AnswerError:
            return None
        # Of a conversation that the provider keeps nothing is read before the run holds it.
        is_early = not reads_context or config.provider.remembers == "conversations"
        context = None if is_early else self._prompt_builder.context_query(request.question, config)
        return Opening(_run_start(request, config), context)

    async def _known(self, answer: str) -> Answer:
        """Return an answer as it is now: it may have changed since it was looked up."""
        known = await self._answer_store.answer(answer)
        if known is None:
            raise NotStored
        return known


def check(question: Question, config: AnswerConfig) -> None:
    """Raise `EmptyQuestion` or `QuestionTooLong` for a question that the provider cannot take."""
    if question.jump is not None:
        return
    # All that goes along is shortened or left out before a question is too long; a quotation alone is the question.
    provider = config.provider
    alone = replace(question, quote=None) if question.text else question.with_quote_of(MIN_CONTEXT_CHARS)
    text = alone.compose(with_names=False)
    length, limit = len(text), provider.max_chars(text)
    if not (length or question.files or question.attachments):
        raise EmptyQuestion
    if limit is not None and length > limit:
        raise QuestionTooLong(config.provider.label, length, limit, alone=len(question.text))


def _withdraw(request: RunRequest, reservation: Reservation) -> None:
    """Remove an answer that another process gives too, as if the question were deleted; a new version goes on."""
    if request.earlier is None:
        reservation.end(QuestionDeleted(), waiting=QuestionDeleted())


def _left_until(moment: float) -> float:
    """Return the seconds until a moment of the event loop's time, 0 if it is over."""
    return max(0.0, moment - asyncio.get_running_loop().time())


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
        kind=question.kind or question.location.kind(is_personal=config.is_personal),
    )
