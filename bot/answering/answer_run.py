"""Runs one question whose turn has come: reads the answer from its provider, shows it, and stores it."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.answering.active_runs import RunningRun, RunRequest
from bot.answering.provider_health import ProviderHealth
from bot.answering.stored_answers import read_pieces, write_pieces, write_question
from bot.answering.stored_buttons import Tokens, without_tokens
from bot.answering.stream_reader import StreamReader
from bot.conversation.prompt_builder import PromptBuilder
from bot.domain.answer import Outcome, RunMetrics, RunResult, StoredTexts
from bot.domain.controls import AnswerControls
from bot.domain.conversation import BuiltPrompt
from bot.domain.errors import AnswerError, DatabaseUnavailable, Interrupted, QuestionDeleted, QuestionEdited, Stopped
from bot.domain.question import Question
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import CanvasError, Unavailable
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import (
    asked_about,
    asking,
    is_ready,
    not_read,
    not_remembered,
    quote_empty,
    quote_not_read,
    stopped_early,
)

_log = logging.getLogger(__name__)

_CALL_BACK_AFTER = 30.0
"""Seconds after which an asker is called back, having probably turned to something else."""

_OUT_OF_SIGHT = 15
"""How many later messages push an answer out of sight."""


class AnswerRunner:
    """Runs questions, any number at once."""

    def __init__(
        self,
        scheduler: EditScheduler,
        reader: StreamReader,
        prompt_builder: PromptBuilder,
        answer_store: AnswerStore,
        provider_health: ProviderHealth,
        controls: AnswerControls,
    ) -> None:
        self._scheduler = scheduler
        self._reader = reader
        self._prompt_builder = prompt_builder
        self._answer_store = answer_store
        self._provider_health = provider_health
        self._controls = controls

    async def run(self, run: RunningRun) -> int | None:
        """Answer the question, and return the first message of the answer, None if there is nothing to come back for.

        Raises `CanvasError` if the answer cannot be shown, `QuestionDeleted`, and `DatabaseUnavailable`.
        """
        request, config, recorder = run.request, run.config, run.recorder
        earlier = request.earlier
        again = earlier.turn_with(config.provider.name) if earlier else None
        built_prompt = await self._prompt_builder.prompt(request.question, config, again=again)
        if built_prompt.thread is not None:
            request = replace(request, question=replace(request.question, thread=built_prompt.thread))
            run = replace(run, request=request)
            recorder.update_question(write_question(request.question))
        # Read before anything of it is written over: later the database may not answer.
        replaced = await self._answer_store.wording(earlier.id, earlier.shown) if earlier and earlier.shown else None
        shown = earlier.messages if earlier else ()
        live = self._scheduler.open(
            request.canvas,
            progressive=config.provider.streams,
            shown=shown,
            on_messages=recorder.set_messages,
            on_failure=partial(request.cancellation.end, None),
        )
        live.set_controls(self._controls.running(request.answer))
        if earlier is not None:
            live.show_placeholder(small(asking(config.provider.label)))
        tokens = Tokens(request.answer, request.number)
        error = await self._reader.read(config.provider, built_prompt.prompt, live, request.cancellation, tokens)
        self._provider_health.note(config.provider.name, error)
        if isinstance(error, QuestionDeleted):
            await live.remove_quietly()
            raise error
        outcome = _outcome(live, error)
        notices = await self._end(run, built_prompt, live, error, replaced)
        try:
            await live.finish(notices)
        except Unavailable:
            recorder.defer_to_restart()  # the answer may look unfinished for long, but not for ever
            raise
        except CanvasError:
            recorder.mark_lost()
            raise
        recorder.mark_done(live.messages, _metrics(run, live, built_prompt))
        kind = "in full" if error is None else type(error).__name__
        _log.info("question %d answered by %s: %s", request.question.id, config.provider.name, kind)
        return next(iter(live.messages), None) if outcome in ("whole", "partial") else None

    async def call_back(self, request: RunRequest, first_message: int) -> None:
        """Ping an asker who has probably left before the answer was there, with a link to its first message."""
        took = asyncio.get_running_loop().time() - request.asked_at
        if took <= _CALL_BACK_AFTER and request.canvas.messages_since() < _OUT_OF_SIGHT:
            return
        question = request.question
        try:
            ready = is_ready(question.location.server, question.location.channel, first_message)
            await self._scheduler.post_notice(request.canvas.ping_surface(), ready)
        except CanvasError as error:
            _log.info("question %d: its asker could not be called back: %s", question.id, type(error).__name__)

    async def _end(
        self,
        run: RunningRun,
        built_prompt: BuiltPrompt,
        live: LiveAnswer,
        error: AnswerError | None,
        replaced: StoredTexts | None,
    ) -> Sequence[str]:
        """Store what is kept of a run that was read, and return the notices to show below it.

        All is stored before the last edit, so that not even a kill loses an answer that somebody saw finished.
        """
        request = run.request
        earlier = request.earlier
        notices = _notices(request.question, error, live)
        turn = (
            self._prompt_builder.turn(request.question, run.config, built_prompt, live.text)
            if _is_whole(live, error)
            else None
        )
        wording = None if live.empty else write_pieces(live.pieces)
        kind = None if error is None else type(error).__name__
        is_stored = False
        if live.lost is None:
            try:
                result = RunResult(_outcome(live, error), wording, tuple(notices), kind)
                is_stored = (await run.recorder.end(result, turn)).journalled
            except DatabaseUnavailable:
                if turn is not None:
                    notices = [*notices, not_remembered()]
        versions = list(earlier.versions) if earlier else []
        shown = earlier.shown if earlier else 0
        if wording is not None:
            versions, shown = [*versions, request.number], request.number
            if not is_stored and (pieces := without_tokens(live.pieces)) != live.pieces:
                live.replace(pieces)
        elif replaced is not None and replaced.answer is not None and error is not None:
            live.replace(read_pieces(replaced.answer))
            notices = [*replaced.notices, not_again(error)]
        live.set_controls(self._controls.finished(request.answer, versions, shown) if is_stored else None)
        return notices


def _metrics(run: RunningRun, live: LiveAnswer, built_prompt: BuiltPrompt) -> RunMetrics:
    """Return the numbers of a run that is over."""
    stats = live.stats
    seen_at = stats.first_seen_at
    return RunMetrics(
        waited=_milliseconds(run.turn_at - run.request.asked_at),
        first_text=None if seen_at is None else _milliseconds(seen_at - run.turn_at),
        total=_milliseconds(asyncio.get_running_loop().time() - run.turn_at),
        edits=stats.edits,
        retries=stats.retries,
        history_sent=len(built_prompt.prompt.history),
        history_left_out=built_prompt.left_out,
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _is_whole(live: LiveAnswer, error: AnswerError | None) -> bool:
    return error is None and live.lost is None


def _outcome(live: LiveAnswer, error: AnswerError | None) -> Outcome:
    match error:
        case None:
            return "whole"
        case Stopped() | QuestionEdited():
            return "stopped"
        case Interrupted():
            return "interrupted"
        case _:
            return "failed" if live.empty else "partial"


def _notices(question: Question, error: AnswerError | None, live: LiveAnswer) -> Sequence[str]:
    notices = []
    if isinstance(error, Stopped) and live.empty:
        notices.append(stopped_early())
    elif error is not None:
        notices.append(small(explain(error)))
    if question.about is not None:
        notices.append(asked_about(question.about.link, question.about.asked))
    if question.quote is not None and not question.quote.text:
        notices.append(quote_empty() if question.quote.kind == "empty" else quote_not_read())
    if question.attachments:
        notices.append(not_read(question.attachments))
    return notices
