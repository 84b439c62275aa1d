"""The processes that run a bot at this moment, as each of them sees the others."""

from dataclasses import dataclass
from typing import Literal

ProcessState = Literal["starting", "running", "finishing"]
"""A process that is `finishing` takes no new questions: it only ends the answers that it has begun."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, under the id of its lease; `bot` is the id of its account at Discord.

    `shards` are those over which it takes questions: its session of each is ready. `joined_at` is in seconds since
    1970 (UTC); of two processes of one cluster, the younger is the other's successor.
    """

    id: str
    bot: int
    cluster: int
    clusters: int
    shard_count: int
    shards: frozenset[int]
    state: ProcessState
    joined_at: int
