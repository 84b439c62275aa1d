"""What **Why this answer?** says."""

from collections.abc import Mapping

from bot.domain.answer import Answer, RunMetrics


def describe_run(answer: Answer, labels: Mapping[str, str]) -> str:
    """Return how the version of an answer that is shown came about: figures from the journal, and nobody's words.

    `labels` are the providers' names in sentences.
    """
    run = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
    if run is None:
        return "I do not keep anything about this answer any more."
    if run.state == "open":
        return "I am still writing this answer. Please ask when it is finished."
    figures = run.figures
    lines = [f"**{labels.get(run.provider, run.provider)}** {_ENDS.get(run.outcome or 'whole', 'answered')}."]
    if len(answer.versions) > 1 and run.number in answer.versions:
        lines[0] += f" This is version {answer.versions.index(run.number) + 1} of {len(answer.versions)}."
    if run.error is not None:
        lines.append(f"- **error**: `{run.error}`, as my log calls it")
    lines += [
        f"- **waited for its turn**: {_duration(figures.waited)}",
        f"- **first text after**: {_duration(figures.first_text)}",
        f"- **finished after**: {_duration(figures.total)}",
        f"- **writes to Discord**: {figures.edits}, {figures.retries} of them again after a failure",
        f"- **history sent along**: {_history(figures)}",
    ]
    return "\n".join(lines)


_ENDS = {
    "whole": "answered in full",
    "partial": "answered in part",
    "failed": "gave no answer",
    "stopped": "was stopped",
    "interrupted": "was interrupted by a restart",
    "lost": "answered, but Discord did not show it",
}


def _duration(milliseconds: int | None) -> str:
    return "never" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _history(figures: RunMetrics) -> str:
    left_out = f"; {figures.history_left_out} older ones no longer fitted" if figures.history_left_out else ""
    return f"{figures.history_sent} messages{left_out}" if figures.history_sent or left_out else "none"
