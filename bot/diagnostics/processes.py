"""What `python -m bot check` finds out about the processes of a bot."""

from collections.abc import Sequence

from bot.diagnostics.report import CheckResult, Status
from bot.domain.cluster.processes import Process
from bot.domain.cluster.shards import ShardShare
from bot.strings.host import processes as say


def processes_result(share: ShardShare, count: int | None, others: Sequence[Process]) -> CheckResult:
    """Return the result for the shards that a process would run of so many, None if Discord recommends how many.

    `others` are the bot's processes that live now.
    """
    same = sum(other.cluster == share.cluster for other in others)
    line = say.processes(share, count, others)
    if same > 1:
        return CheckResult(Status.WARNING, say.PROCESSES, line, say.two_run_already(share))
    return CheckResult(Status.INFO, say.PROCESSES, line, say.takes_over() if same else "")
