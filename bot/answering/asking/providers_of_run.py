"""Asks the provider of a run, and after an outage the next one, as long as nothing of an answer is there."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.answering.active_runs import RunningRun
from bot.answering.asking.attempt import Attempt, AttemptEnd
from bot.answering.health.breaker import Breaker, Permit
from bot.answering.health.provider_health import ProviderHealth
from bot.answering.notices.waiting_notice import waiting_notice
from bot.answering.run_preparation import check
from bot.answering.stored_buttons import Tokens
from bot.answering.stream_reader import StreamReader
from bot.conversation.answer_config import AnswerConfig
from bot.conversation.prompt_builder import PromptBuilder
from bot.domain.answer import StoredTexts
from bot.domain.attachments import FileLoader
from bot.domain.errors import DatabaseUnavailable, ProviderOut, Refusal
from bot.domain.errors.outages import is_outage, is_up
from bot.domain.question import Question
from bot.domain.runtime.telemetry import Telemetry
from bot.limits.fair_use import FairUse
from bot.streaming.live_answer import LiveAnswer
from bot.strings.markup import small
from bot.strings.notices import asking

_log = logging.getLogger(__name__)

OpenLive = Callable[[RunningRun], LiveAnswer]
"""Begins to show the answer of a run."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The last try at a run's answer, what shows it, and how each try ended, in order: `attempt`'s is the last."""

    attempt: Attempt
    live: LiveAnswer
    ends: tuple[AttemptEnd, ...]


class ProvidersOfRun:
    """Asks the providers of runs, any number at once."""

    def __init__(
        self,
        reader: StreamReader,
        prompt_builder: PromptBuilder,
        loader: FileLoader,
        health: ProviderHealth,
        breaker: Breaker,
        fair_use: FairUse,
        telemetry: Telemetry,
    ) -> None:
        self._reader = reader
        self._prompt_builder = prompt_builder
        self._loader = loader
        self._health = health
        self._breaker = breaker
        self._fair_use = fair_use
        self._telemetry = telemetry

    async def ask(self, run: RunningRun, replaced: StoredTexts | None, open_live: OpenLive) -> Asked:
        """Ask one provider after another until one is not out; `replaced` are the texts of the version that is shown.

        One that is left alone after repeated outages is skipped. So is one with the operator's credentials, after the
        server's own, if the operator's limit is reached. Raises `ProviderOut` if all are, and `DatabaseUnavailable` if
        the run's own provider cannot be asked for that.
        """
        attempt, live = Attempt(run, self._prompt_builder, self._loader, replaced), None
        ends, skipped = list[AttemptEnd](), list[AttemptEnd]()
        left = [run.config, *fallbacks(run.question, run.config.fallbacks)]
        counted = {run.config.owner}
        while left:
            config = left.pop(0)
            permit = self._breaker.permit(config.health_id)
            if permit is None:
                _log.info("%s is not asked: it is out again and again", config.provider.label)
                skipped.append(AttemptEnd(config, self._out(config), asked=False))
                continue
            with permit:
                if config.owner not in counted and not await self._fair_use.lets_fall_back(run.question, config.owner):
                    continue
                counted.add(config.owner)
                if config is run.config:
                    await attempt.build()
                else:
                    attempt = attempt.instead(config)
                live = open_live(attempt.run) if live is None else _go_on(live, config)
                end = await self._read(attempt, live, permit, is_last=not left)
                permit.end(is_up(end.error, is_silent=live.empty))
            ends, skipped = [*ends, *skipped, end], []
            if not is_to_be_followed(end, live):
                left.clear()
        if live is None:
            raise self._out(run.config)
        run.request.cancellation.close()
        return Asked(attempt, live, tuple(ends))

    async def _read(self, attempt: Attempt, live: LiveAnswer, permit: Permit, *, is_last: bool) -> AttemptEnd:
        """Read a provider's answer, and return how that ended."""

        def note_piece() -> None:
            if not live.empty:
                permit.end(is_up=True)  # others need not wait for the end of a long answer

        config, request = attempt.run.config, attempt.run.request
        tokens = Tokens(request.answer, request.number)
        _log.debug("%s is asked", config.provider.label)
        with waiting_notice(live, config.provider.label):
            read = await self._reader.read(
                config.provider, attempt.prepare, live, request.cancellation, tokens, note_piece
            )
        end = AttemptEnd(config, read.error, read.receipt, is_sent=read.is_sent, characters=read.characters)
        if is_last or not is_to_be_followed(end, live):
            request.cancellation.close()
        else:
            _log.info("%s failed (%s): another provider is asked", config.provider.label, type(read.error).__name__)
        if read.is_untouched:
            with suppress(DatabaseUnavailable):
                await attempt.release()
        self._health.note(config.health_id, read.error)
        if read.error is not None:
            self._telemetry.provider_failed(config.provider.name, read.error)
        return end

    def _out(self, config: AnswerConfig) -> ProviderOut:
        """Return the error for a provider that is left alone."""
        status = self._breaker.status(config.health_id)
        out_for, next_trial = (0.0, 0.0) if status is None else (status.out_for, status.next_trial)
        return ProviderOut(config.provider.label, out_for, next_trial)


def fallbacks(question: Question, configs: Sequence[AnswerConfig]) -> list[AnswerConfig]:
    """Return those that a question may go to if its provider is out.

    One for which it is too long is skipped; a step of a provider's own flow leads nowhere elsewhere.
    """
    if question.jump is not None or not question.falls_back:
        return []
    return [config for config in configs if _takes(config, question)]


def is_to_be_followed(end: AttemptEnd, live: LiveAnswer) -> bool:
    """Return whether another provider may be asked after this end."""
    return is_outage(end.error) and live.empty


def _takes(config: AnswerConfig, question: Question) -> bool:
    try:
        check(question, config)
    except Refusal:
        return False
    return True


def _go_on(live: LiveAnswer, config: AnswerConfig) -> LiveAnswer:
    """Have another provider's answer shown in the same place; if something is there already, say who is asked now."""
    live.begin_again(progressive=config.provider.streams)
    if live.messages:
        live.show_placeholder(small(asking(config.provider.label)))
    return live
