"""Which of the bot's shards a process runs. A server's events come over one shard, direct messages over shard 0."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ShardShare:
    """The share of process `cluster` (from 0) of `clusters`; `shard_count` is None for Discord's recommendation."""

    cluster: int = 0
    clusters: int = 1
    shard_count: int | None = None

    def of(self, shard_count: int) -> range:
        """Return its shards out of so many: neighbours, as evenly shared as possible."""
        first, after = (shard_count * number // self.clusters for number in (self.cluster, self.cluster + 1))
        return range(first, after)


@dataclass(frozen=True, slots=True)
class OwnShards:
    """The shards that a process runs, out of the `count` that the bot has."""

    count: int
    own: range


class Joining(Protocol):
    """How a process that has logged in finds out which shards it runs."""

    async def join(self, bot: int, recommended: Callable[[], Awaitable[int]]) -> OwnShards:
        """Join the other processes of a bot, by its id, and return this one's shards.

        `recommended` asks Discord how many shards it recommends, and waits for as long as Discord is away.
        """
        ...


def shard_of(server: int | None, shard_count: int) -> int:
    """Return the shard that brings a server's events, or those of direct messages (documentation, "Sharding")."""
    return 0 if server is None else (server >> 22) % shard_count
