"""A run whose answer was read: how it ended, in a word and in numbers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.active_runs import RunningRun
from bot.answering.asking.attempt import AttemptEnd
from bot.answering.notices.notice_choice import notices_below
from bot.answering.question_files import QuestionFiles
from bot.answering.stored_answers import read_question, which_wording
from bot.domain.answer import Outcome, RunMetrics, StoredTexts
from bot.domain.conversation import BuiltPrompt
from bot.domain.errors import (
    AnswerError,
    DatabaseUnavailable,
    Interrupted,
    ProviderError,
    QuestionEdited,
    Stopped,
    TextRefused,
)
from bot.domain.fair_use.usage import Ending, FinishedRun
from bot.domain.provider import Owner, Receipt
from bot.streaming.canvas import BadRequest, BlockedByRule, BlockedLink
from bot.streaming.live_answer import LiveAnswer
from bot.strings.errors import explain
from bot.strings.errors.outages import answered_instead
from bot.strings.markup import small
from bot.strings.notices import began_again


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run, the files of its question, what was sent, what shows the answer, and the texts that it replaces.

    `ends` are how each provider's try ended, in order: the last one's is how the answer did. `reminder` are further
    lines below it.
    """

    run: RunningRun
    files: QuestionFiles
    prompt: BuiltPrompt
    live: LiveAnswer
    replaced: StoredTexts | None
    ends: tuple[AttemptEnd, ...]
    reminder: Sequence[str] = ()

    @property
    def receipt(self) -> Receipt:
        """What the provider told of the answer."""
        return self.ends[-1].receipt

    @property
    def outages(self) -> Sequence[AttemptEnd]:
        """How the tries of the providers ended that were to answer before the last one."""
        return self.ends[:-1]

    def is_whole(self, error: AnswerError | None) -> bool:
        """Return whether the answer is complete, and Discord takes it."""
        return error is None and self.live.lost is None

    def notices(self, error: AnswerError | None, *, quoting: bool) -> Sequence[str]:
        """Return the notices for below the answer, as `notices_below` has them, and whether its conversation is new.

        In front of them is which providers are out: instead of them this one answered, or could not either.
        """
        below = notices_below(self.files, error, self.run.config.owner, nothing_shown=self.live.empty, quoting=quoting)
        below = [*self._told_outages(), *below, *self.reminder]
        if self.live.empty or not self.breaks_off:
            return below
        is_told = bool(self.prompt.prompt.history)
        return [*below, began_again(self.run.config.provider.label, told=is_told)]

    def _told_outages(self) -> Sequence[str]:
        outages = [(end.error, end.config.owner) for end in self.outages if end.error is not None]
        if not outages or self.live.empty:
            return [small(explain(error, owner)) for error, owner in outages]
        return [answered_instead([error for error, _ in outages], self.run.config.provider.label)]

    def cause(self, error: AnswerError) -> tuple[AnswerError, Owner]:
        """Return what kept the question from being answered, and whose credentials the provider was asked with.

        If all providers failed, that is why the chosen one did.
        """
        first = self.ends[0]
        if first.error is not None and isinstance(error, ProviderError | DatabaseUnavailable):
            return first.error, first.config.owner
        return error, self.run.config.owner

    @property
    def breaks_off(self) -> bool:
        """Whether the answer begins a conversation at the provider because another one could not go on."""
        prompt = self.prompt
        return prompt.breaks_off or (prompt.remote is not None and not prompt.goes_on(self.receipt))

    def is_quoting(self, error: AnswerError | None, plain: AnswerError | None) -> bool:
        """Return whether anything is quoted below the run's text; `plain` is `error` without its reason."""
        return bool(self.wording()) or self.notices(error, quoting=True) != self.notices(plain, quoting=False)

    def wording(self) -> Sequence[str]:
        """Return the notice for below the run's own text if it answers an older wording of its question."""
        return which_wording(self.run.question.text, self.run.question.newest_text)

    def wording_before(self) -> Sequence[str]:
        """Return the same for the version that the run replaces, if that is shown again."""
        earlier = self.run.request.earlier
        if earlier is None or self.replaced is None:
            return ()
        answered = read_question(self.replaced.question, earlier, None).text
        return which_wording(answered, self.run.question.newest_text)

    def outcome(self, error: AnswerError | None) -> Outcome:
        """Return how the run ended, after `error` if it is not whole."""
        match error:
            case None:
                return "whole"
            case Stopped() | QuestionEdited():
                return "stopped"
            case Interrupted():
                return "interrupted"
            case _:
                return "failed" if self.live.empty else "partial"

    def keep_shown(self, refusal: BadRequest, error: AnswerError | None) -> AnswerError:
        """Go on with what Discord shows of the answer, after its `refusal` of the rest; return why it ends there.

        Raises the refusal if there is nothing to show and its cause is not known: another text may be refused too.
        """
        partly = self.live.keep_shown()
        refused = to_refused(refusal, partly=partly)
        if not (partly or refused.by_rule or refused.for_link or self.replaced is not None):
            raise refusal
        return error or refused

    def metrics(self) -> RunMetrics:
        """Return the numbers of the run, which is over."""
        run, stats = self.run, self.live.stats
        goes_on = self.prompt.goes_on(self.receipt)
        seen_at = stats.first_seen_at
        return RunMetrics(
            waited=_milliseconds(run.turn_at - run.request.asked_at),
            first_text=None if seen_at is None else _milliseconds(seen_at - run.turn_at),
            total=_milliseconds(asyncio.get_running_loop().time() - run.turn_at),
            edits=stats.edits,
            retries=stats.retries,
            history_sent=0 if goes_on else len(self.prompt.prompt.history),
            history_left_out=0 if goes_on else self.prompt.left_out,
        )

    def finished(self, outcome: Outcome) -> Sequence[FinishedRun]:
        """Return what is counted of the run, which ended with `outcome`: each provider's try that was sent."""
        location = self.run.question.location
        sent = [end for end in self.ends if end.is_sent]
        server = None if location.is_user_install else location.server
        return [self._finished(server, end, outcome, is_fallback=end is not sent[0]) for end in sent]

    def _finished(self, server: int | None, end: AttemptEnd, outcome: Outcome, *, is_fallback: bool) -> FinishedRun:
        name = end.config.provider.name
        if end is not self.ends[-1]:
            return FinishedRun(server, name, "failed", credits=end.receipt.credits, is_fallback=is_fallback)
        metrics = self.metrics()
        return FinishedRun(
            server,
            name,
            _ENDINGS.get(outcome, "failed"),
            end.characters,
            end.receipt.credits,
            metrics.first_text,
            metrics.total or 0,
            is_fallback,
        )


_ENDINGS: Mapping[Outcome, Ending] = {"whole": "answered", "stopped": "stopped", "interrupted": "stopped"}


def to_refused(refusal: BadRequest, *, partly: bool) -> TextRefused:
    """Return the error for an answer of which Discord refused the text, `partly` if it shows the beginning."""
    by_rule, for_link = isinstance(refusal, BlockedByRule), isinstance(refusal, BlockedLink)
    return TextRefused(partly=partly, by_rule=by_rule, for_link=for_link)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
