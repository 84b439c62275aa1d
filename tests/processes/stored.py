"""What the database holds of questions, beside what people saw of them."""

from collections import Counter
from collections.abc import Iterable

from tests.databases import execute
from tests.processes.asked import Asked, Outcome


def wrong_turns(url: str, asked: Iterable[Asked]) -> list[str]:
    """Return what the history has wrongly, as sentences: each whole answer belongs there once, and nothing else."""
    stored = Counter(answer for (answer,) in execute(url, "SELECT answer FROM turns WHERE hidden = 0"))
    wanted = Counter(each.whole for each in asked if each.outcome is Outcome.WHOLE)
    missing, surplus = wanted - stored, stored - wanted
    return [f"not stored: {each}" for each in missing] + [f"stored: {each}, {more}" for each, more in surplus.items()]


def unfinished(url: str) -> int:
    """Return how many runs are not over."""
    ((runs,),) = execute(url, "SELECT count(*) FROM runs WHERE state <> 'done'")
    return int(runs)


def living(url: str) -> list[tuple[int, str]]:
    """Return the cluster and state of each process that has a row."""
    return sorted((int(cluster), str(state)) for cluster, state in execute(url, "SELECT cluster, state FROM processes"))
