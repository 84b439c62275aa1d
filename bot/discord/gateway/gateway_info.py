"""What Discord says of its gateway: its address, how many shards it recommends, how many sessions may begin, and when.

Source: documentation, "Get Gateway Bot", "Session Start Limit Object".
"""

import asyncio
from math import inf
from typing import Any

import discord
from discord.http import Route
from yarl import URL

from bot.discord.errors import is_final
from bot.domain.cluster.shards import MAX_SHARDS
from bot.domain.runtime.timing import Clock, Within

ASK_SECONDS = 10.0
"""What GET /gateway/bot may take."""

FRESH_SECONDS = 5.0
"""For how long an answer goes for all shards: so a start asks once, and many shards do not ask one by one."""

RESERVE = 50
"""The bot begins no session while Discord allows fewer than this today: its host may need some to fix it."""

_DAY = 86_400.0


class GatewayInfo:
    """Asks Discord, and remembers what it said.

    Sessions begin at `address`, None for the one that Discord gives. `clock` returns seconds, and `within` waits for a
    request, as `RateLimitTrace.within` does.
    """

    def __init__(self, client: discord.Client, address: str | None, clock: Clock, within: Within) -> None:
        self.address = None if address is None else URL(address)
        self.recommended_shards = self.max_concurrency = 1
        self._asks_address = address is None
        self._client = client
        self._clock = clock
        self._within = within
        self._left = inf
        self._left_until = clock()
        self._fresh_until = -inf
        self._one_at_a_time = asyncio.Lock()

    @property
    def identifies_left(self) -> int | None:
        """How many sessions may begin until Discord's daily count starts again; None if it did not say."""
        return None if self._left == inf else max(0, int(self._left))

    def count(self) -> None:
        """Count a session that was begun since Discord was asked."""
        self._left -= 1

    async def seconds_to_wait(self) -> float | None:
        """Return the seconds to wait if no session may begin now; asks Discord unless it has just said that one may.

        If Discord does not answer, what it said before counts. Raises what a request does if no address is known.
        """
        async with self._one_at_a_time:
            if self._left >= RESERVE and self._clock() < self._fresh_until:
                return None
            try:
                return await self.ask()
            except Exception as error:
                if self.address is None or is_final(error):
                    raise
                seconds = self._left_until - self._clock()
                return seconds if seconds > 0 and self._left < RESERVE else None

    async def ask(self) -> float | None:
        """Ask Discord, and return the seconds to wait if no session may begin now.

        Raises what a request does, or anything if the answer makes no sense.
        """
        answer = await self._within(ASK_SECONDS, self._client.http.request(Route("GET", "/gateway/bot")))
        if self._asks_address:
            self.address = URL(answer["url"])
        limit = answer.get("session_start_limit")
        match answer.get("shards"):
            case int(shards) if shards > 0:
                self.recommended_shards = min(shards, MAX_SHARDS)
        match limit:
            case {"max_concurrency": int(concurrency)} if concurrency > 0:
                self.max_concurrency = concurrency
        self._left, seconds = _read(limit)
        now = self._clock()
        self._left_until, self._fresh_until = now + seconds, now + FRESH_SECONDS
        return seconds if self._left < RESERVE else None


def _read(limit: Any) -> tuple[float, float]:  # noqa: ANN401 - whatever Discord sent
    """Return how many sessions may begin, and after how many seconds Discord counts them from the start again."""
    match limit:
        case {"remaining": int(remaining), "reset_after": int() | float() as milliseconds}:
            return remaining, min(max(0.0, milliseconds / 1000), _DAY)
        case {"remaining": int(remaining)}:
            return remaining, 0.0
    return inf, 0.0
