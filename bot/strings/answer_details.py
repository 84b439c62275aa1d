"""What **Why this answer?** says."""

from collections.abc import Mapping
from typing import Literal

from bot.domain.answer import Answer, RunMetrics
from bot.strings.markup import in_figures

Score = float | Literal["unknown"] | None
"""How sure the chatbot was, from 0 to 1; None if its provider never tells that."""


def describe_run(answer: Answer, labels: Mapping[str, str], score: Score = None, asked_first: str | None = None) -> str:
    """Return how the version of an answer that is shown came about: only metrics, nobody's words.

    `labels` are the providers' names in sentences, `score` is that of this version. `asked_first` is the provider that
    was to give it, if that was out.
    """
    run = answer.current_run
    if run is None:
        return "I no longer have the details of this answer."
    if run.state == "open":
        return "I'm still writing this answer. Please try again when it's finished."
    metrics = run.metrics
    lines = [f"**{labels.get(run.provider, run.provider)}** {_ENDS.get(run.outcome or 'whole', 'answered')}."]
    if len(answer.versions) > 1 and run.number in answer.versions:
        lines[0] += f" This is version {answer.versions.index(run.number) + 1} of {len(answer.versions)}."
    if asked_first is not None:
        lines.append(f"- **Asked first**: {labels.get(asked_first, asked_first)}, which was out")
    if run.error is not None:
        lines.append(f"- **Error in the log**: `{run.error}`")
    lines += [
        f"- **Waited in line**: {_duration(metrics.waited)}",
        f"- **First text after**: {_duration(metrics.first_text)}",
        f"- **Finished after**: {_duration(metrics.total)}",
        f"- **Messages and edits**: {metrics.edits} ({metrics.retries} retried)",
        f"- **History sent**: {_history(metrics)}",
    ]
    if run.receipt.credits is not None:
        lines.append(f"- **Credits**: {in_figures(run.receipt.credits)}")
    if score is not None:
        lines.append(f"- **Score**: {'not known' if score == 'unknown' else f'{in_figures(score)} of 1'}")
    return "\n".join(lines)


_ENDS = {
    "whole": "answered in full",
    "partial": "answered in part",
    "failed": "gave no answer",
    "stopped": "was stopped",
    "interrupted": "was interrupted by a restart",
    "lost": "answered, but Discord didn't show it",
}


def _duration(milliseconds: int | None) -> str:
    return "never" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _history(metrics: RunMetrics) -> str:
    left_out = f" ({metrics.history_left_out} older ones didn't fit)" if metrics.history_left_out else ""
    return f"{metrics.history_sent} messages{left_out}" if metrics.history_sent or left_out else "none"
