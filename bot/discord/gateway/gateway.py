"""The connections of all shards of this process to Discord's gateway."""

import asyncio

import discord

from bot.discord.gateway.dropped_events import DroppedEvents
from bot.discord.gateway.reconnect_pause import ReconnectPause
from bot.discord.gateway.session_start import SessionStart
from bot.discord.gateway.shard import Shard
from bot.discord.log_throttle import LogThrottle
from bot.domain.runtime.timing import Clock, Pause, Within


class Gateway:
    """Keeps the shards of a client connected that is logged in and knows its `shard_count`.

    Sessions begin at `address`, None for the one that Discord gives. `clock` returns seconds, `pause` waits for some,
    and `within` for a request, as `RateLimitTrace.within` does. `log_throttle` is the one for a Discord that cannot be
    reached.
    """

    def __init__(
        self,
        client: discord.AutoShardedClient,
        address: str | None,
        log_throttle: LogThrottle,
        pause: Pause,
        clock: Clock,
        within: Within,
    ) -> None:
        assert client.shard_count is not None, "discord.py would ask Discord"
        numbers = client.shard_ids or range(client.shard_count)
        state = client._connection  # noqa: SLF001 - discord.py sets it in `launch_shards`, which connects as well
        state.shard_count, state.shard_ids = client.shard_count, list(numbers)
        start = SessionStart(client, address, pause, clock, within, shards=len(numbers))
        dropped = DroppedEvents(clock)
        self._shards = [
            Shard(client, number, start, ReconnectPause(pause, clock, log_throttle), dropped, clock)
            for number in numbers
        ]

    async def stay_connected(self) -> None:
        """Connect each shard, and do so again after each end, until the client is closed.

        Raises the first error that `is_final`.
        """
        tasks = [asyncio.create_task(shard.stay_connected()) for shard in self._shards]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
