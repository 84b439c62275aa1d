"""The connections of all shards of this process to Discord's gateway."""

import asyncio
from collections.abc import Callable, Sequence

import discord

from bot.discord.errors import is_final
from bot.discord.gateway.dropped_events import DroppedEvents
from bot.discord.gateway.gateway_info import GatewayInfo
from bot.discord.gateway.identify_limit import IdentifyLimit
from bot.discord.gateway.reconnect_pause import ReconnectPause
from bot.discord.gateway.session_start import SessionStart
from bot.discord.gateway.shard import Shard
from bot.discord.log_throttle import LogThrottle
from bot.domain.cluster.session_turns import SessionTurns
from bot.domain.cluster.shard_states import ShardStates, ShardStatus
from bot.domain.cluster.shards import OwnShards, shard_of
from bot.domain.runtime.timing import Clock, Pause, Within


class Gateway(ShardStates):
    """Keeps the shards of a client connected, once it is logged in and `stay_connected` is told which they are.

    Sessions begin at `address`, None for the one that Discord gives, when it is the `turns`' turn; the bot has so many
    `processes`. `within` waits for a request, as `RateLimitTrace.within` does. `pause` waits for some seconds, and
    `clock` returns seconds: the event loop's if it is None.
    """

    def __init__(
        self,
        client: discord.AutoShardedClient,
        address: str | None,
        turns: SessionTurns,
        within: Within,
        processes: int = 1,
        pause: Pause = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or asyncio.get_running_loop().time
        self._client = client
        self._turns = turns
        self._processes = processes
        self._pause = pause
        self._log_throttle = LogThrottle(self.clock)
        self._info = GatewayInfo(client, address, self.clock, within)
        self._own = OwnShards(0, range(0))
        self._shards: dict[int, Shard] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._connect: Callable[[int], None] = lambda _: None
        self._told: list[Callable[[], None]] = []

    @property
    def shard_count(self) -> int:
        """How many shards the bot has in all its processes; 0 as long as that is not known."""
        return self._own.count

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        """How each shard of this process is, in their order; none as long as they are not known."""
        return [shard.status for shard in self._shards.values()]

    @property
    def identifies_left(self) -> int | None:
        """How many sessions Discord lets the bot begin until its daily count starts again; None if it did not say."""
        return self._info.identifies_left

    def on_change(self, tell: Callable[[], None]) -> None:
        """Have `tell` called after each change of a shard's state."""
        self._told.append(tell)

    def status_of(self, server: int | None) -> ShardStatus | None:
        """Return how the shard is that brings a server's events, None for direct messages; None if it is not here."""
        shard = self._shards.get(shard_of(server, self._own.count)) if self._shards else None
        return None if shard is None else shard.status

    def reconnect_pause(self) -> ReconnectPause:
        """Return the pauses of something else that needs Discord; the log tells no more often of both."""
        return ReconnectPause(self._pause, self.clock, self._log_throttle)

    async def recommended_shards(self) -> int:
        """Return how many shards Discord recommends; asks until it answers. Raises the first error that `is_final`."""
        reconnect_pause = self.reconnect_pause()
        while True:
            begun = self.clock()
            try:
                await self._info.ask()
            except Exception as error:  # what is not Discord, such as a portal's page, may answer anything
                if is_final(error):
                    raise
                asked = error.retry_after if isinstance(error, discord.RateLimited) else 0.0
                await reconnect_pause.wait(type(error).__name__, at_least=asked, spent=self.clock() - begun)
            else:
                reconnect_pause.over()
                return self._info.recommended_shards

    async def stay_connected(self, own: OwnShards) -> None:
        """Connect each shard, and do so again after each end, until the client is closed or every shard is left.

        Raises the first error that `is_final`.
        """
        self._point_client_at(own)
        limit = IdentifyLimit(self.clock, len(own.own), self._processes)
        bot = 0 if self._client.user is None else self._client.user.id
        start = SessionStart(bot, self._info, limit, self._turns, self._pause, self.clock)
        dropped = DroppedEvents(self.clock)

        def connect(number: int) -> None:
            shard = Shard(self._client, number, start, self.reconnect_pause(), dropped, self.clock, self._tell)
            self._shards[number] = shard
            self._tasks[number] = connecting.create_task(shard.stay_connected())

        try:
            async with asyncio.TaskGroup() as connecting:
                self._connect = connect
                for number in own.own:
                    connect(number)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def leave(self, shard: int) -> None:
        """End a shard's session for good, within half a second; nothing that Discord sends after this is taken."""
        if (task := self._tasks.get(shard)) is not None:
            self._shards[shard].ignore_events()
            task.cancel()
            await asyncio.wait({task})
            await self._shards[shard].leave()

    def take_back(self, shard: int) -> None:
        """Connect a shard again that was left, with a new session. Does nothing once all shards are left."""
        if any(status.state != "left" for status in self.statuses):
            self._connect(shard)
            self._tell()

    def _point_client_at(self, own: OwnShards) -> None:
        """Tell discord.py which shards there are; it only knows that itself if it connects itself."""
        self._own = own
        state = self._client._connection  # noqa: SLF001 - nothing public sets what `launch_shards` does
        self._client.shard_count = state.shard_count = own.count
        self._client.shard_ids = state.shard_ids = list(own.own)

    def _tell(self) -> None:
        for tell in self._told:
            tell()
