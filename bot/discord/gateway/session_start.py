"""When, and at which address, the bot may begin a session with Discord's gateway."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yarl import URL

from bot.discord.gateway import identify_limit
from bot.discord.gateway.gateway_info import RESERVE, GatewayInfo
from bot.discord.gateway.identify_limit import HOUR, IdentifyLimit
from bot.discord.log_throttle import LogThrottle
from bot.domain.cluster.session_turns import SessionTurns
from bot.domain.runtime.timing import Backoff, Clock, Pause

_log = logging.getLogger(__name__)


class SessionStart:
    """Keeps all shards of a process to its own `limit`, to the `turns` of all processes, and to what Discord says.

    `bot` is the id of the bot's account. `clock` returns seconds, and `pause` waits for some.
    """

    def __init__(
        self, bot: int, info: GatewayInfo, limit: IdentifyLimit, turns: SessionTurns, pause: Pause, clock: Clock
    ) -> None:
        self._bot = bot
        self._info = info
        self._limit = limit
        self._turns = turns
        self._pause = pause
        self._clock = clock
        self._buckets = defaultdict[int, asyncio.Lock](asyncio.Lock)
        self._under_way = 0
        self._own_line, self._discords_line = LogThrottle(clock, HOUR), LogThrottle(clock, HOUR)

    @asynccontextmanager
    async def turn(self, shard: int = 0) -> AsyncIterator[URL]:
        """Wait until a shard may begin a session, and give the address.

        The block has to send the IDENTIFY; it counts, and other shards of its bucket wait, until the block ends. One
        that ends with an error has sent none. Raises what a request does if no address is known.
        """
        while True:
            await self._wait_for_own_limit(shard)
            await self._wait_for_discord()  # it also says which bucket is the shard's
            bucket = shard % self._info.max_concurrency
            async with self._buckets[bucket]:
                if self._limit.seconds_until_allowed(shard, self._under_way) > 0:
                    continue  # another shard was faster
                self._under_way += 1
                try:
                    async with self._turn_in(bucket, shard) as address:
                        yield address
                        self._limit.count(shard)
                        self._info.count()
                finally:
                    self._under_way -= 1
                return

    @asynccontextmanager
    async def _turn_in(self, bucket: int, shard: int) -> AsyncIterator[URL]:
        while (seconds := self._limit.seconds_of_spacing(shard, self._info.max_concurrency)) > 0:
            await self._pause(seconds)
        await self._wait_for_discord()
        assert self._info.address is not None, "asking would have failed"
        async with self._turns.turn(self._bot, bucket, identify_limit.SPACING):
            yield self._info.address

    async def _wait_for_own_limit(self, shard: int) -> None:
        while (seconds := self._limit.seconds_until_allowed(shard, self._under_way)) > 0:
            if self._own_line.due():
                _log.warning(
                    "the bot began %d sessions with Discord within an hour; the next waits %.0f s, since Discord "
                    "resets the token of a bot that begins 1,000 in a day",
                    self._limit.per_hour,
                    seconds,
                )
            await self._pause(seconds)

    async def _wait_for_discord(self) -> None:
        backoff = Backoff(self._clock)
        while (reset_after := await self._info.seconds_to_wait()) is not None:
            seconds = max(backoff.next_pause(), reset_after)
            if self._discords_line.due():
                _log.warning(
                    "the bot begins no session for now; the next waits %.0f s, until Discord's daily count of them "
                    "starts again: fewer than %d are left",
                    seconds,
                    RESERVE,
                )
            await self._pause(seconds)
