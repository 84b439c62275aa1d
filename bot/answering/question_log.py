"""The log lines that tell the story of a question: how it begins, each step, and how it ends.

They hold ids, names of providers and numbers: `extra` fields beside the sentence, for machines (docs/logs.md).
"""

import logging

from bot.answering.active_runs import RunningRun, RunRequest
from bot.domain.answer import Answer, Outcome, Run, RunMetrics
from bot.domain.errors import AnswerError
from bot.domain.question import Question
from bot.domain.runtime.correlation import correlated

_log = logging.getLogger(__name__)


def log_begin(request: RunRequest) -> None:
    """Say that a question is about to be answered, or asked again."""
    if not _log.isEnabledFor(logging.INFO):
        return
    location = request.question.location
    fields = {
        "answer": request.answer,
        "run": request.number,
        "server": None if location.server is None else str(location.server),
        "channel": str(location.channel),
    }
    _log.info("question %d begins", request.question.id, extra={"fields": fields})


def log_turn(run: RunningRun) -> None:
    """Say that a question's turn has come."""
    waited = round((run.turn_at - run.request.asked_at) * 1000)
    _log.debug("question %d: its turn came after %d ms", run.question.id, waited)


def log_answered(run: RunningRun, outcome: Outcome, error: AnswerError | None, metrics: RunMetrics) -> None:
    """Say that a question was answered, as far as it could be."""
    fields = {
        "provider": run.config.provider.name,
        "outcome": outcome,
        "error": None if error is None else type(error).__name__,
        "waited_ms": metrics.waited,
        "first_text_ms": metrics.first_text,
        "total_ms": metrics.total,
        "edits": metrics.edits,
        "retries": metrics.retries,
    }
    kind = "in full" if error is None else type(error).__name__
    _log.info(
        "question %d answered by %s: %s", run.question.id, run.config.provider.name, kind, extra={"fields": fields}
    )


def log_end(question: Question, outcome: str, sentence: str, error: Exception | None = None) -> None:
    """Say in a `sentence` that a question ended without an answer here."""
    fields = {"outcome": outcome, "error": None if error is None else type(error).__name__}
    _log.info("question %d %s", question.id, sentence, extra={"fields": fields})


def log_left(request: RunRequest) -> None:
    """Say that this process ends before it could show how a question's answer ended."""
    with correlated(request.question.id):
        log_end(request.question, "left", "is left to another process or the next start")


def log_repaired(answer: Answer, run: Run) -> None:
    """Say that this process ended a run that the end of another one, or its own, cut off."""
    outcome = run.outcome if run.state == "recorded" else "interrupted"
    fields = {"answer": answer.id, "run": run.number, "provider": run.provider, "outcome": outcome}
    _log.info("question %d: its answer was cut off, and is dealt with", answer.question_id, extra={"fields": fields})
