"""Which of the bot's shards a process runs. A server's events come over one shard, direct messages over shard 0."""

from dataclasses import dataclass


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


def shard_of(server: int | None, shard_count: int) -> int:
    """Return the shard that brings a server's events, or those of direct messages (documentation, "Sharding")."""
    return 0 if server is None else (server >> 22) % shard_count
