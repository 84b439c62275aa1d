"""How often the bot may begin a session with Discord's gateway.

Discord allows 1,000 IDENTIFYs in 24 h, and one in 5 s to each `shard_id % max_concurrency`. At the 1,001st it ends
every session and resets the token (documentation, "Session Start Limit Object", "Sharding"). RESUMEs are free.
"""

from collections import deque

from bot.domain.runtime.timing import Clock

MAX_IDENTIFIES = 40
"""In any hour, of all processes of a bot together: 960 in a day, so that restarts have something left."""

PER_SHARD = 2
"""In any hour, if that comes to more for the shards of a process: Discord allows more to bots with so many shards."""

HOUR = 3610.0
"""Seconds; ten more than an hour, since an IDENTIFY may take a while to reach Discord."""

SPACING = 5.5
"""Seconds between two IDENTIFYs, likewise."""


class IdentifyLimit:
    """Counts the IDENTIFYs of the last hour, without each shard's first, of a process with so many `shards`.

    It is one of `processes` that share the hour. `clock` returns seconds.
    """

    def __init__(self, clock: Clock, shards: int = 1, processes: int = 1) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=max(MAX_IDENTIFIES // processes, PER_SHARD * shards))
        self._latest: dict[int, float] = {}

    @property
    def per_hour(self) -> int:
        """How many may be sent in any hour."""
        return self._sent.maxlen or 0

    def count(self, shard: int = 0) -> None:
        """Count an IDENTIFY that has just been sent."""
        now = self._clock()
        if shard in self._latest:
            self._sent.append(now)
        self._latest[shard] = now

    def seconds_until_allowed(self, shard: int = 0, under_way: int = 0) -> float:
        """Return in how many seconds the last hour has room for another of this shard; 0 for now.

        So many `under_way` are about to be sent, and will count.
        """
        room = self.per_hour - len(self._sent) - under_way
        if shard not in self._latest or room > 0:
            return 0.0
        return max(0.0, self._sent[-room] + HOUR - self._clock())

    def seconds_of_spacing(self, shard: int = 0, max_concurrency: int = 1) -> float:
        """Return in how many seconds the next of this shard may follow the others' and its own; 0 for now."""
        others = (moment for other, moment in self._latest.items() if (other - shard) % max_concurrency == 0)
        latest = max(others, default=None)
        return 0.0 if latest is None else max(0.0, latest + SPACING - self._clock())
