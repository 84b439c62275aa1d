"""Counts what happens in the program, by Prometheus's own client."""

from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from bot.domain import errors
from bot.domain.fair_use.usage import FinishedRun
from bot.domain.runtime.telemetry import Telemetry

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the number of series, and say when each was first seen

OTHER = "other"
"""The label of what is none of the names that are known: no label may take any number of values."""

KINDS = frozenset(
    name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.AnswerError)
)
"""The names of all errors that an answer can end with."""

_NO_FAILURES = (
    errors.Stopped,
    errors.Interrupted,
    errors.QuestionEdited,
    errors.QuestionDeleted,
    errors.NoAnswerYet,
    errors.TakenOver,
    errors.ActionWanted,
)
"""What a person wanted, or what a provider that works does: nobody needs to look after it."""

_SCOPES = ("user", "global", "shared", "none")

_TO_TEXT = (0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120)
_TO_END = (1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 120, 300, 600)
_UNSEEN = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60)
_CALL = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class CountingTelemetry(Telemetry):
    """Counts in the metrics of `registry`; `providers` are the names that can be a label."""

    def __init__(self, registry: CollectorRegistry, providers: Collection[str]) -> None:
        self._providers = frozenset(providers)
        self._answering = _Answering(registry, providers)
        self._surroundings = _Surroundings(registry)
        self.loop_lag = Histogram(
            "switchboard_event_loop_lag_seconds", "How late the event loop was", buckets=_LAG, registry=registry
        )

    def question_came(self) -> None:
        """Count a question."""
        self._answering.questions.inc()

    def question_refused(self, error: errors.AnswerError) -> None:
        """Count a refusal."""
        self._answering.refusals.labels(_kind(error)).inc()

    def provider_failed(self, provider: str, error: errors.AnswerError) -> None:
        """Count a failure, if it is one."""
        if not isinstance(error, _NO_FAILURES):
            self._answering.failures.labels(self._name(provider), _kind(error)).inc()

    def run_ended(self, run: FinishedRun) -> None:
        """Count a run and its times."""
        name, answering = self._name(run.provider), self._answering
        answering.answers.labels(name, run.ending).inc()
        if run.first_text is not None:
            answering.first_text.labels(name).observe(run.first_text / 1000)
        if run.ending == "answered":
            answering.to_end.labels(name).observe(run.total / 1000)

    def edit_shown(self, verb: str, unseen: float | None) -> None:
        """Count an edit, and how late it was."""
        self._answering.edits.labels(verb).inc()
        if unseen is not None:
            self._answering.staleness.observe(unseen)

    def discord_responded(self, status: int | None) -> None:
        """Count a request."""
        self._surroundings.requests.labels(_status(status)).inc()

    def discord_limited(self, scope: str) -> None:
        """Count a 429."""
        self._surroundings.limited.labels(scope if scope in _SCOPES else "none").inc()

    def database_called(self, seconds: float, *, writes: bool, failed: bool) -> None:
        """Count a call."""
        operation = "write" if writes else "read"
        self._surroundings.calls.labels(operation).observe(seconds)
        if failed:
            self._surroundings.call_errors.labels(operation).inc()

    def session_began(self, *, resumed: bool) -> None:
        """Count a session."""
        self._surroundings.sessions.labels("resumed" if resumed else "begun").inc()

    def session_lost(self) -> None:
        """Count the end of a connection."""
        self._surroundings.disconnects.inc()

    def caught_up(self, questions: int) -> None:
        """Count a search."""
        self._surroundings.catch_ups.inc()
        self._surroundings.missed.inc(questions)

    def answers_recovered(self, answers: int) -> None:
        """Count answers."""
        self._surroundings.recovered.inc(answers)

    def _name(self, provider: str) -> str:
        return provider if provider in self._providers else OTHER


class _Answering:
    """What is counted of questions and answers."""

    def __init__(self, registry: CollectorRegistry, providers: Collection[str]) -> None:
        self.questions = Counter("switchboard_questions", "Questions that came", registry=registry)
        self.refusals = Counter(
            "switchboard_refusals", "Questions that no provider was asked", ["kind"], registry=registry
        )
        self.answers = Counter("switchboard_answers", "Answers that ended", ["provider", "ending"], registry=registry)
        self.failures = Counter(
            "switchboard_failures", "Tries at a provider that failed", ["provider", "kind"], registry=registry
        )
        self.first_text = Histogram(
            "switchboard_first_text_seconds",
            "From a question's turn until Discord shows its first text",
            ["provider"],
            buckets=_TO_TEXT,
            registry=registry,
        )
        self.to_end = Histogram(
            "switchboard_answer_seconds",
            "From a question's turn until all of its answer is shown",
            ["provider"],
            buckets=_TO_END,
            registry=registry,
        )
        self.edits = Counter(
            "switchboard_edits", "Requests that showed answers and notices", ["kind"], registry=registry
        )
        self.staleness = Histogram(
            "switchboard_staleness_seconds",
            "How long text was unseen when an edit showed it",
            buckets=_UNSEEN,
            registry=registry,
        )
        for provider in providers:  # what has not happened yet is 0, and not unknown
            for ending in ("answered", "failed", "stopped"):
                self.answers.labels(provider, ending)
        for verb in ("create", "edit", "delete"):
            self.edits.labels(verb)


class _Surroundings:
    """What is counted of Discord, of the database, and of other processes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "switchboard_discord_requests", "Requests to Discord's REST API", ["status"], registry=registry
        )
        self.limited = Counter(
            "switchboard_discord_rate_limited", "Requests that Discord refused with 429", ["scope"], registry=registry
        )
        self.calls = Histogram(
            "switchboard_database_call_seconds",
            "Calls on the database, with their wait in line",
            ["operation"],
            buckets=_CALL,
            registry=registry,
        )
        self.call_errors = Counter(
            "switchboard_database_errors", "Calls on the database that failed", ["operation"], registry=registry
        )
        self.sessions = Counter(
            "switchboard_gateway_sessions", "Sessions with Discord's gateway", ["how"], registry=registry
        )
        self.disconnects = Counter(
            "switchboard_gateway_disconnects",
            "Connections to Discord's gateway that ended, or could not be made",
            registry=registry,
        )
        self.catch_ups = Counter(
            "switchboard_catch_ups", "Searches for what was asked while the bot was away", registry=registry
        )
        self.missed = Counter("switchboard_missed_questions", "Questions that they found", registry=registry)
        self.recovered = Counter(
            "switchboard_recovered_answers", "Answers taken over from processes that ended", registry=registry
        )
        for scope in _SCOPES:
            self.limited.labels(scope)
        for operation in ("read", "write"):
            self.call_errors.labels(operation)
        for how in ("begun", "resumed"):
            self.sessions.labels(how)


def _kind(error: errors.AnswerError) -> str:
    name = type(error).__name__
    return name if name in KINDS else OTHER


def _status(status: int | None) -> str:
    if status is None:
        return "none"
    return "429" if status == 429 else f"{status // 100}xx" if 200 <= status < 600 else OTHER
