"""Processes as the tests need them: the later one is made, the younger it is."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from bot.domain.cluster.processes import Process, ProcessState
from bot.operations.cluster.handing_over import planned_shards

_ages = count(1)


def process(
    cluster: int = 0,
    clusters: int = 1,
    shard_count: int = 1,
    shards: Iterable[int] = (),
    state: ProcessState = "running",
    name: str | None = None,
) -> Process:
    """Return a process that has these shards."""
    age = next(_ages)
    return Process(name or f"p{age}", 1, cluster, clusters, shard_count, frozenset(shards), state, age)


def ready(own: Process) -> Process:
    """Return a process that has all of its shards."""
    return replace(own, shards=frozenset(planned_shards(own)), state="running")
