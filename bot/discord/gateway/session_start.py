"""When, and at which address, the bot may begin a session with Discord's gateway."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from typing import Any

import discord
from discord.http import Route
from yarl import URL

from bot.discord.errors import is_final
from bot.discord.gateway.identify_limit import HOUR, IdentifyLimit
from bot.discord.log_throttle import LogThrottle
from bot.domain.runtime.timing import Backoff, Clock, Pause, Within

_log = logging.getLogger(__name__)

ASK_SECONDS = 10.0
"""What GET /gateway/bot may take."""

RESERVE = 50
"""The bot begins no session while Discord allows fewer than this today: its host may need some to fix it."""

_DAY = 86_400.0


class SessionStart:
    """Keeps all shards of a process to the bot's own limit and to what Discord says of its own.

    Sessions begin at `address`, None for the one that Discord gives. `clock` returns seconds, `pause` waits for some,
    and `within` for a request, as `RateLimitTrace.within` does.
    """

    def __init__(
        self,
        client: discord.Client,
        address: str | None,
        pause: Pause,
        clock: Clock,
        within: Within,
        shards: int = 1,
    ) -> None:
        self._client = client
        self._within = within
        self._asks_address = address is None
        self._address = None if address is None else URL(address)
        self._pause = pause
        self._clock = clock
        self._limit = IdentifyLimit(clock, shards)
        self._max_concurrency = 1
        self._left = inf
        self._left_until = clock()
        self._one_at_a_time = asyncio.Lock()
        self._own_line, self._discords_line = LogThrottle(clock, HOUR), LogThrottle(clock, HOUR)

    @asynccontextmanager
    async def turn(self, shard: int = 0) -> AsyncIterator[URL]:
        """Wait until a shard may begin a session, and give the address.

        The block has to send the IDENTIFY; it counts, and other shards wait, until the block ends. One that ends with
        an error has sent none. Raises what a request does if no address is known.
        """
        while True:
            await self._wait_for_own_limit(shard)
            async with self._one_at_a_time:
                if self._limit.seconds_until_allowed(shard) > 0:
                    continue  # another shard was faster
                while (seconds := self._limit.seconds_of_spacing(shard, self._max_concurrency)) > 0:
                    await self._pause(seconds)
                await self._wait_for_discord()
                assert self._address is not None, "asking would have failed"
                yield self._address
                self._limit.count(shard)
                self._left -= 1
                return

    async def _wait_for_own_limit(self, shard: int) -> None:
        while (seconds := self._limit.seconds_until_allowed(shard)) > 0:
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
        while (reset_after := await self._ask()) is not None:
            seconds = max(backoff.next_pause(), reset_after)
            if self._discords_line.due():
                _log.warning(
                    "the bot begins no session for now; the next waits %.0f s, until Discord's daily count of them "
                    "starts again: fewer than %d are left",
                    seconds,
                    RESERVE,
                )
            await self._pause(seconds)

    async def _ask(self) -> float | None:
        """Ask Discord for the address, and return the seconds to wait if no session may begin now.

        If Discord does not answer, what it said before counts. Source: documentation, "Get Gateway Bot".
        """
        try:
            answer = await self._within(ASK_SECONDS, self._client.http.request(Route("GET", "/gateway/bot")))
            if self._asks_address:
                self._address = URL(answer["url"])
            limit = answer.get("session_start_limit")
        except Exception as error:
            if self._address is None or is_final(error):
                raise
            seconds = self._left_until - self._clock()
            return seconds if seconds > 0 and self._left < RESERVE else None
        match limit:
            case {"max_concurrency": int(concurrency)} if concurrency > 0:
                self._max_concurrency = concurrency
        self._left, seconds = _read(limit)
        self._left_until = self._clock() + seconds
        return seconds if self._left < RESERVE else None


def _read(limit: Any) -> tuple[float, float]:  # noqa: ANN401 - whatever Discord sent
    """Return how many sessions may begin, and after how many seconds Discord counts them from the start again."""
    match limit:
        case {"remaining": int(remaining), "reset_after": int() | float() as milliseconds}:
            return remaining, min(max(0.0, milliseconds / 1000), _DAY)
        case {"remaining": int(remaining)}:
            return remaining, 0.0
    return inf, 0.0
