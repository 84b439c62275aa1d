"""Which shards a process holds, and which it leaves to younger ones: the rules alone.

A process leaves a shard as soon as a younger one has a session of it. That is how a successor takes over, and how the
clusters of another CLUSTER_COUNT take over together. With another shard count, a shard's servers are spread over
several new shards: it is left when all of those are held.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import gcd

from bot.domain.cluster.processes import Process
from bot.domain.cluster.shards import ShardShare, shard_of


def planned_shards(process: Process) -> range:
    """Return the shards that a process runs once all of them are ready."""
    return ShardShare(process.cluster, process.clusters).of(process.shard_count)


def find_younger(own: Process, others: Iterable[Process]) -> Sequence[Process]:
    """Return the processes that take over from one; those that end themselves take over nothing."""
    return [other for other in others if other.joined_at > own.joined_at and other.state != "finishing"]


def find_held(own: Process, others: Collection[Process]) -> frozenset[int]:
    """Return the shards of a process that no younger one has."""
    held = _by_count(find_younger(own, others))
    return frozenset(shard for shard in planned_shards(own) if not _is_covered(shard, own.shard_count, held))


def is_taken_over(own: Process, others: Collection[Process]) -> bool:
    """Return whether younger processes are about to take over a shard of this one, or have done so."""
    planned = _by_count(replace(each, shards=frozenset(planned_shards(each))) for each in find_younger(own, others))
    return any(_is_covered(shard, own.shard_count, planned) for shard in planned_shards(own))


def has_left(process: Process, server: int | None, others: Collection[Process]) -> bool:
    """Return whether a process had the shard of a server, or of direct messages, and has left it to `others`."""
    shard = shard_of(server, process.shard_count)
    if shard not in process.shards:
        return False
    return process.state == "finishing" or shard not in find_held(process, others)


def find_leavers(own: Process, others: Sequence[Process], server: int | None) -> Sequence[Process]:
    """Return which of the `others` have left the shard of a server, or of direct messages, to `own` or to another."""
    return [
        other for other in others if has_left(other, server, [own, *(each for each in others if each is not other)])
    ]


def find_older(own: Process, others: Iterable[Process], server: int | None) -> Sequence[Process]:
    """Return which of the `others` had the shard of a server, or of direct messages, before `own`."""
    return [
        other
        for other in others
        if other.joined_at < own.joined_at and shard_of(server, other.shard_count) in other.shards
    ]


def _by_count(processes: Iterable[Process]) -> Mapping[int, frozenset[int]]:
    """Return the shards that they have, for each shard count that they use."""
    found = dict[int, frozenset[int]]()
    for each in processes:
        found[each.shard_count] = found.get(each.shard_count, frozenset()) | each.shards
    return found


def _is_covered(shard: int, count: int, held: Mapping[int, frozenset[int]]) -> bool:
    """Return whether every server of a shard, of so many, is on shards that are held.

    A server's shard is a number modulo the count (`shard_of`): two counts agree on it modulo their greatest divisor.
    """
    for other_count, shards in held.items():
        step = gcd(count, other_count)
        if all(other in shards for other in range(shard % step, other_count, step)):
            return True
    return False
