"""Runs one question whose turn has come: has a provider answer it, shows the answer, and stores it."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from bot.answering.active_runs import RunningRun
from bot.answering.answer_threads import thread_title
from bot.answering.asking.providers_of_run import ProvidersOfRun
from bot.answering.notices.call_backs import ShownAnswer
from bot.answering.notices.notice_choice import without_reason
from bot.answering.notices.stopped_keys import StoppedKeys
from bot.answering.question_log import log_answered
from bot.answering.read_run import ReadRun
from bot.answering.stored_answers import read_pieces, read_version, write_pieces
from bot.answering.stored_buttons import without_tokens
from bot.conversation.prompt_builder import PromptBuilder
from bot.domain.answer import Outcome, RunResult
from bot.domain.controls import AnswerControls
from bot.domain.errors import (
    AnswerError,
    DatabaseUnavailable,
    QuestionDeleted,
)
from bot.domain.fair_use.usage import UsageMeter
from bot.domain.runtime.telemetry import Telemetry
from bot.domain.stores import AnswerStore
from bot.streaming.answer_content import Layout
from bot.streaming.canvas import BadRequest, CanvasError, Unavailable, Unconfirmed
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import asking, cut_off, not_remembered, repeat_cut_off

_log = logging.getLogger(__name__)


class AnswerRunner:
    """Runs questions, any number at once."""

    def __init__(
        self,
        scheduler: EditScheduler,
        providers: ProvidersOfRun,
        prompt_builder: PromptBuilder,
        answer_store: AnswerStore,
        controls: AnswerControls,
        usage: UsageMeter,
        telemetry: Telemetry,
    ) -> None:
        self._stopped_keys = StoppedKeys()
        self._usage = usage
        self._telemetry = telemetry
        self._scheduler = scheduler
        self._providers = providers
        self._prompt_builder = prompt_builder
        self._answer_store = answer_store
        self._controls = controls

    async def run(self, run: RunningRun) -> ShownAnswer | None:
        """Answer the question, and return where the answer is, None if there is nothing to come back for.

        Raises `CanvasError` if the answer cannot be shown, `QuestionDeleted`, `ProviderOut`, and `DatabaseUnavailable`.
        """
        recorder, earlier = run.recorder, run.request.earlier
        # Read before anything of it is written over: later the database may not answer.
        replaced = await self._answer_store.wording(earlier.id, earlier.shown) if earlier and earlier.shown else None
        asked = await self._providers.ask(run, replaced, self._open)
        run, live, end = asked.attempt.run, asked.live, asked.ends[-1]
        error = end.error
        question = run.question
        reminder = [
            line
            for each in asked.ends
            for line in self._stopped_keys.reminder(
                question, each.config.credential_id, each.config.provider.label, each.error
            )
        ]
        read = ReadRun(run, asked.attempt.files, asked.attempt.prompt, live, replaced, asked.ends, reminder)
        outcome: Outcome = "lost"
        try:
            if isinstance(error, QuestionDeleted):
                outcome = "stopped"
                await live.remove_quietly()
                raise error
            outcome, error = await self._finish(read, error)
        except (Unavailable, Unconfirmed):
            recorder.defer_to_restart()  # the answer may look unfinished for long, but not for ever
            raise
        except CanvasError:
            recorder.mark_lost()
            raise
        finally:
            for finished in read.finished(outcome):
                self._telemetry.run_ended(finished)
                if finished.server is not None:
                    self._usage.count(finished)
        metrics = read.metrics()
        recorder.mark_done(live.messages, metrics)
        log_answered(run, outcome, error, metrics)
        if outcome not in ("whole", "partial") or not live.messages:
            return None
        title = thread_title(run.question, run.config, earlier, outcome)
        return ShownAnswer(live.messages[0], max(live.messages), live.stats.first_seen_at, title)

    def _open(self, run: RunningRun) -> LiveAnswer:
        """Begin to show the answer, in the place of an earlier one if there is one."""
        request, config, earlier = run.request, run.config, run.request.earlier
        live = self._scheduler.open(
            request.canvas,
            progressive=config.provider.streams,
            shown=earlier.messages if earlier else (),
            on_messages=run.recorder.set_messages,
            on_failure=partial(request.cancellation.end, None),
            layout=Layout(request.question.caption, config.max_messages),
        )
        live.set_controls(self._controls.running(request.answer))
        if earlier is not None:
            live.show_placeholder(small(asking(config.provider.label)))
        return live

    async def _finish(self, read: ReadRun, error: AnswerError | None) -> tuple[Outcome, AnswerError | None]:
        """Store and show the end of a run; return how it ended, and what kept it from being whole.

        If Discord refuses the last edit, it may be for what is quoted below the answer, such as a file's name: that is
        left out first. After another refusal the run ends with what was shown before.
        Raises `CanvasError` if not even that can be shown.
        """
        live = read.live
        if isinstance(live.lost, BadRequest):
            error = read.keep_shown(live.lost, error)
        plain, has_text = without_reason(error) if error else None, not live.empty
        outcome, refusal = read.outcome(error), await self._show_end(read, error)
        if refusal is not None and has_text and read.is_quoting(error, plain):
            live.try_again()
            error, refusal = plain, await self._show_end(read, plain, quoting=False)
        if refusal is None:
            return outcome, error
        error = read.keep_shown(refusal, plain)
        outcome = read.outcome(error)
        if await self._show_end(read, error, quoting=False) is None:
            return outcome, error
        # What is there cannot be changed any more: a message of its own says why.
        why = small(explain(error, read.run.config.owner))
        await self._scheduler.open_notice(read.run.request.canvas).finish([why])
        return "lost", error

    async def _show_end(self, read: ReadRun, error: AnswerError | None, *, quoting: bool = True) -> BadRequest | None:
        """Store and show the end of a run; if Discord refuses it, take it out of the history again, and return why."""
        try:
            await read.live.finish(await self._end(read, error, quoting=quoting))
        except BadRequest as refusal:
            await self._take_back(read.run)
            return refusal
        return None

    async def _take_back(self, run: RunningRun) -> None:
        """Have the history keep what it kept before the run ended; without the database, as much as it has now."""
        run.recorder.mark_lost()
        await run.recorder.flush()
        earlier = run.request.earlier
        if earlier is None or not earlier.shown:
            return
        with suppress(DatabaseUnavailable):
            version = await read_version(self._answer_store, earlier, earlier.shown)
            if version is not None:
                await self._answer_store.show(earlier.id, version.number, version.reworded)

    async def _end(self, read: ReadRun, error: AnswerError | None, *, quoting: bool) -> Sequence[str]:
        """Store what is kept of a run that was read, and return the notices to show below it.

        All is stored before the last edit, so that not even a kill loses an answer that somebody saw finished.
        """
        run, live, replaced = read.run, read.live, read.replaced
        request = run.request
        earlier = request.earlier
        notices = read.notices(error, quoting=quoting)
        turn = (
            self._prompt_builder.turn(
                read.files.question, run.config, read.prompt, live.text, read.receipt, request.run_id
            )
            if read.is_whole(error)
            else None
        )
        wording = None if live.empty else write_pieces(live.pieces)
        kind = None if error is None else type(error).__name__
        is_stored = False
        if live.lost is None:
            try:
                result = RunResult(read.outcome(error), wording, tuple(notices), kind, read.receipt)
                saved = await run.recorder.end(result, turn)
                if saved.is_taken_over:
                    return self._taken_over(read)
                is_stored = saved.is_stored
                _log.debug("question %d: its answer is stored", run.question.id)
            except DatabaseUnavailable:
                if turn is not None:
                    notices = [*notices, not_remembered()]
        versions = list(earlier.versions) if earlier else []
        shown, provider = (earlier.shown, earlier.shown_provider) if earlier else (0, "")
        if wording is not None:
            versions, shown, provider = [*versions, request.number], request.number, run.config.provider.name
            notices = [*notices, *(read.wording() if quoting else ())]
            if not is_stored and (pieces := without_tokens(live.pieces)) != live.pieces:
                live.replace(pieces)
        elif replaced is not None and replaced.answer is not None and error is not None:
            live.replace(read_pieces(replaced.answer))
            notices = [
                *([*replaced.notices, *read.wording_before()] if quoting else ()),
                not_again(*read.cause(error)),
            ]
        has_others = run.config.has_others
        controls = self._controls.finished(request.answer, versions, shown, provider, has_others=has_others)
        live.set_controls(controls if is_stored else None)
        return notices

    def _taken_over(self, read: ReadRun) -> Sequence[str]:
        """Show a run as the process marks it that took it over while this one was frozen; return the notices."""
        live, request, replaced = read.live, read.run.request, read.replaced
        earlier, has_others = request.earlier, read.run.config.has_others
        known = ((), 0, "") if earlier is None else (earlier.versions, earlier.shown, earlier.shown_provider)
        live.set_controls(self._controls.finished(request.answer, *known, has_others=has_others))
        if replaced is None or replaced.answer is None:
            if (pieces := without_tokens(live.pieces)) != live.pieces:
                live.replace(pieces)
            return [cut_off(begun=not live.empty)]
        live.replace(read_pieces(replaced.answer))
        return [*replaced.notices, *read.wording_before(), repeat_cut_off()]
