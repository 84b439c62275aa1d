"""Discord's ids: a time stamp and a counter in one growing number of 18 or 19 digits."""

from datetime import UTC, datetime

from sandbox.discord.model.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first second of 2015, from which ids count (Discord's reference, "Snowflakes")."""

_TIME_SHIFT = 22


class Snowflakes:
    """Mints ids which are unique and increasing, however many are asked for within a millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def mint(self) -> int:
        """Mint a new id, greater than every id minted before."""
        milliseconds = int(self._clock.epoch() * 1000) - DISCORD_EPOCH_MS
        self._last = max(milliseconds << _TIME_SHIFT, self._last + 1)
        return self._last

    def mint_for(self, shard: int, count: int) -> int:
        """Mint a guild's id for one of `count` shards; it may be as many milliseconds ahead of its time."""
        milliseconds = (self.mint() >> _TIME_SHIFT) + 1
        self._last = milliseconds + (shard - milliseconds) % count << _TIME_SHIFT
        return self._last


def moment_of(snowflake: int) -> datetime:
    """When an id was minted, to the millisecond."""
    return datetime.fromtimestamp(((snowflake >> _TIME_SHIFT) + DISCORD_EPOCH_MS) / 1000, UTC)


def shard_of(guild_id: int, count: int) -> int:
    """Return the shard, of `count`, that receives a guild's events (Discord's gateway reference, "Sharding")."""
    return (guild_id >> _TIME_SHIFT) % count
