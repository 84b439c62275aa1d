"""Writes one answer whose turn has come: reads it from the provider, has it shown, and keeps what is to be kept."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from bot.answering.active_runs import ActiveRun
from bot.answering.provider_health import ProviderHealth
from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import read_pieces, write_pieces
from bot.answering.stored_buttons import Tokens, without_tokens
from bot.answering.stream_reader import StreamReader
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import AnswerConfig
from bot.domain.answer import Outcome, RunResult, StoredTexts
from bot.domain.controls import Controls, finished_controls
from bot.domain.conversation import BuiltPrompt
from bot.domain.errors import AnswerError, DatabaseUnavailable, Interrupted, QuestionDeleted, QuestionEdited, Stopped
from bot.domain.question import Question
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import CanvasError, Unavailable
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import asked_about, asking, is_ready, not_read, not_remembered, quote_not_read, stopped_early

_log = logging.getLogger(__name__)

_LONG = 30.0
"""Seconds after which an asker has probably turned to something else, and is called back."""

_FAR = 15
"""So many messages of others push an answer out of sight."""


class AnswerRunner:
    """Writes answers, any number at once. `others` tells whether there is more than one provider to ask."""

    def __init__(
        self,
        scheduler: EditScheduler,
        reader: StreamReader,
        prompt_builder: PromptBuilder,
        answer_store: AnswerStore,
        provider_health: ProviderHealth,
        *,
        others: bool,
    ) -> None:
        self._scheduler = scheduler
        self._reader = reader
        self._prompt_builder = prompt_builder
        self._answer_store = answer_store
        self._provider_health = provider_health
        self._others = others

    async def write(self, active_run: ActiveRun, config: AnswerConfig, record: RunRecorder) -> None:
        """Answer the question of `active_run`; raises `CanvasError` and `DatabaseUnavailable`."""
        earlier = active_run.earlier
        active_run.turn_at = asyncio.get_running_loop().time()
        again = earlier.turn_with(config.provider.name) if earlier else None
        built_prompt = await self._prompt_builder.prompt(active_run.question, config, again=again)
        # Read before anything of it is written over: later the database may be away.
        before = await self._answer_store.wording(earlier.id, earlier.shown) if earlier and earlier.shown else None
        shown = earlier.messages if earlier else ()
        live = self._scheduler.open(
            active_run.canvas,
            progressive=config.provider.streams,
            shown=shown,
            on_messages=record.set_messages,
            on_failure=partial(active_run.reading.end, None),
        )
        live.set_controls(Controls(active_run.answer, "running"))
        if earlier is not None:
            live.show_placeholder(small(asking(config.provider.label)))
        tokens = Tokens(active_run.answer, active_run.number)
        error = await self._reader.read(config.provider, built_prompt.prompt, live, active_run.reading, tokens)
        active_run.is_finishing = True
        self._provider_health.note(config.provider.name, error)
        if isinstance(error, QuestionDeleted):
            await live.remove_quietly()
            raise error
        outcome = _outcome(live, error)
        notices = await self._end(active_run, config, built_prompt, record, live, error, before)
        try:
            await live.finish(notices)
        except Unavailable:
            record.defer_to_restart()  # it may look for long as if it were still being written, but not for ever
            raise
        except CanvasError:
            record.mark_lost()
            raise
        record.mark_done(live.messages, active_run.metrics(live, built_prompt))
        kind = "in full" if error is None else type(error).__name__
        _log.info("question %d answered by %s: %s", active_run.question.id, config.provider.name, kind)
        if outcome in ("whole", "partial"):
            active_run.begins_at = next(iter(live.messages), None)

    async def call_back(self, active_run: ActiveRun) -> None:
        """Ping an asker who has probably left before the answer was there, with a link to it."""
        took = asyncio.get_running_loop().time() - active_run.asked_at
        if active_run.begins_at is None or (took <= _LONG and active_run.canvas.messages_since() < _FAR):
            return
        location = active_run.question.location
        try:
            ready = is_ready(location.server, location.channel, active_run.begins_at)
            await self._scheduler.post_notice(active_run.canvas.ping_surface(), ready)
        except CanvasError as error:
            _log.info(
                "question %d: its asker could not be called back: %s", active_run.question.id, type(error).__name__
            )

    async def _end(
        self,
        active_run: ActiveRun,
        config: AnswerConfig,
        built_prompt: BuiltPrompt,
        record: RunRecorder,
        live: LiveAnswer,
        error: AnswerError | None,
        before: StoredTexts | None,
    ) -> Sequence[str]:
        """Keep what is to be kept of a run that was read, and return what is to be said below it.

        All is stored before the last edit, so that not even a kill loses an answer that somebody saw finished.
        """
        earlier = active_run.earlier
        notices = _notices(active_run.question, error, live)
        turn = (
            self._prompt_builder.turn(active_run.question, config, built_prompt, live.text)
            if _is_whole(live, error)
            else None
        )
        wording = None if live.empty else write_pieces(live.pieces)
        kind = None if error is None else type(error).__name__
        journalled = False
        if live.lost is None:
            try:
                kept = await record.end(RunResult(_outcome(live, error), wording, tuple(notices), kind), turn)
                journalled = kept.journalled
            except DatabaseUnavailable:
                if turn is not None:
                    notices = [*notices, not_remembered()]
        versions = list(earlier.versions) if earlier else []
        shown = earlier.shown if earlier else 0
        if wording is not None:
            versions, shown = [*versions, active_run.number], active_run.number
            if not journalled and (pieces := without_tokens(live.pieces)) != live.pieces:
                live.replace(pieces)
        elif before is not None and before.answer is not None and error is not None:
            live.replace(read_pieces(before.answer))
            notices = [*before.notices, not_again(error)]
        live.set_controls(
            finished_controls(active_run.answer, versions, shown, others=self._others) if journalled else None
        )
        return notices


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
        notices.append(quote_not_read())
    if question.attachments:
        notices.append(not_read(question.attachments))
    return notices
