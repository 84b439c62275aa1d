"""What `python -m bot check` and `/doctor` say about the processes of a bot, and what they need of its database."""

from collections.abc import Sequence

from bot.domain.cluster.processes import Process
from bot.domain.cluster.shards import ShardShare

PROCESSES = "Processes"
"""The title of the line."""


def processes(share: ShardShare, count: int | None, others: Sequence[Process]) -> str:
    """Return the line about the shards of a process, of so many or as many as Discord recommends, and the `others`."""
    if count is not None:
        own = f"{_shards(share.of(count))} of {count}"
    elif share.clusters == 1:
        own = "as many shards as Discord recommends"
    else:
        own = "its share of as many shards as Discord recommends"
    name = "This one" if share.clusters == 1 else f"This one (CLUSTER_ID {share.cluster} of {share.clusters})"
    if all(other.clusters == 1 for other in others):
        running = f"{len(others)} ({', '.join(other.state for other in others)})"
    else:
        running = ", ".join(f"CLUSTER_ID {other.cluster} of {other.clusters} ({other.state})" for other in others)
    return f"{name} would run {own}." + (f" Running now: {running}." if others else "")


def takes_over() -> str:
    """Return what follows if one process with the same number runs."""
    return "If you start it now, it takes its shards over; one that has none left finishes its answers and ends."


def two_run_already(share: ShardShare) -> str:
    """Return what to do if two processes with the same number run."""
    same = f" with CLUSTER_ID {share.cluster}" if share.clusters > 1 else ""
    return f"Two{same} run already, so it wouldn't start now: wait until one has ended, or stop one."


def _shards(shards: range) -> str:
    return f"shard {shards[0]}" if len(shards) == 1 else f"shards {shards[0]} to {shards[-1]}"


def database_proxied(processes: int) -> tuple[str, str]:
    """Return the line for a database that so many processes reach through a pooling proxy, such as PgBouncer, only."""
    cost = "I work, but notice later if another process ended."
    if processes > 1:
        cost = f"With `CLUSTER_COUNT={processes}` I don't start that way."
    remedy = "For my host: set `DATABASE_DIRECT_URL` to the database's own address, without the pooler."
    return f"`DATABASE_URL` leads through a pooling proxy. {cost}", remedy
