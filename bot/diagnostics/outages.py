"""What `/doctor` adds about a provider that is left alone after repeated outages."""

from dataclasses import replace

from bot.answering.health.breaker import OpenStatus
from bot.diagnostics.report import CheckResult, Status
from bot.strings import dependencies


def left_alone(found: CheckResult, status: OpenStatus | None) -> CheckResult:
    """Return the result for a provider with what is known of it if it is left alone after repeated outages."""
    if status is None:
        return found
    sentence, remedy = dependencies.left_alone(status.out_for, status.next_trial)
    level = Status.ERROR if found.level is Status.ERROR else Status.WARNING
    return replace(
        found, level=level, sentence=f"{found.sentence} {sentence}", remedy=f"{found.remedy} {remedy}".strip()
    )
