"""Whether a process may run beside those that live already, and how many shards they agree on."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.cluster.processes import Process
from bot.domain.cluster.shards import ShardShare

MAX_PROCESSES = 2
"""How many processes run the same cluster: one, and while it hands over, its successor."""


def agreed_count(share: ShardShare, others: Sequence[Process]) -> int | None:
    """Return the shard count that a process of this share has to use; None if it is for Discord to recommend.

    Processes of different clusters have to agree. A successor of the only process may change the count.
    """
    if share.shard_count is not None:
        return share.shard_count
    neighbours = [
        other
        for other in others
        if other.clusters == share.clusters and other.cluster != share.cluster and other.state != "finishing"
    ]
    return neighbours[-1].shard_count if neighbours else None


def admit(share: ShardShare, own: Process, others: Sequence[Process]) -> Process | None:
    """Return a process as it may run beside the others, oldest first; None if its cluster has two already."""
    if sum(other.cluster == own.cluster for other in others) >= MAX_PROCESSES:
        return None
    return replace(own, shard_count=agreed_count(share, others) or own.shard_count)


def sentence_for_third(share: ShardShare) -> str:
    """Return the line for the host of a third process."""
    taken = "already run on this database, one as the other's successor"
    if share.clusters == 1:
        return f"DATABASE_URL: two processes of this bot {taken}; wait until one has ended, or stop one"
    return (
        f"CLUSTER_ID: two processes of this bot with CLUSTER_ID={share.cluster} {taken}; wait until one has ended, "
        "stop one, or set it to a number that no other process has"
    )


BEHIND_PROXY = (
    "DATABASE_DIRECT_URL is not set, but CLUSTER_COUNT is above 1 and the database is reached through a pooling proxy: "
    "set it to the database's own address"
)


def sentence_for_counts(own: Process, others: Sequence[Process]) -> str | None:
    """Return what to log if other clusters use another shard count, None if all agree."""
    for other in others:
        if other.cluster != own.cluster and other.clusters == own.clusters and other.shard_count != own.shard_count:
            return (
                f"this process runs its share of {own.shard_count} shards, but cluster {other.cluster} of "
                f"{other.shard_count}; give all processes the same SHARD_COUNT"
            )
    return None
