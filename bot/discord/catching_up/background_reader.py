"""Reads what was written in channels lately, with few requests that hold up no answer."""

import asyncio
from collections.abc import Sequence

import discord

from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.max_wait import wait_at_most
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.runtime.timing import Pause

MAX_REQUESTS = 100
"""How many requests one reader makes."""

PAGE = 25
"""Messages in one request. Parsing a hundred of the longest takes 40 ms, and nothing else happens meanwhile."""

_MAX_PAGES = 8
"""Requests for one channel."""

_PAUSE = 0.1
"""Seconds before each request."""

_READ_SECONDS = 10.0
"""How long one request may take."""


class BackgroundReader:
    """Reads one channel after another; `left` is how many requests it may still make."""

    def __init__(self, trace: RateLimitTrace, pause: Pause) -> None:
        self.left = MAX_REQUESTS
        self._trace = trace
        self._pause = pause

    async def latest(self, channel: discord.abc.Messageable, since: int, *, keep: int) -> Sequence[discord.Message]:
        """Return the channel's messages since the id `since`, newest first, as far as the requests go.

        It makes a second and further requests only if `keep` are left after each. Raises one of `DISCORD_FAILURES`;
        Discord is not asked again after a 429 or 5xx.
        """
        found: list[discord.Message] = []
        for number in range(_MAX_PAGES):
            if self.left <= (keep if number else 0):
                break
            self.left -= 1
            await self._pause(_PAUSE)
            await self._trace.wait_until_idle()
            page = await self._trace.within(_READ_SECONDS, _page(channel, found[-1] if found else None))
            found += page
            if len(page) < PAGE or page[-1].id < since:
                break
        return [message for message in found if message.id >= since]

    async def member(self, guild: discord.Guild, person: int) -> discord.Member | None:
        """Return a member with their roles, None if that cannot be told, or no more requests may be made."""
        if self.left <= 0:
            return None
        self.left -= 1
        await self._pause(_PAUSE)
        await self._trace.wait_until_idle()
        try:
            return await self._trace.within(_READ_SECONDS, guild.fetch_member(person))
        except DISCORD_FAILURES:
            return None


async def _page(channel: discord.abc.Messageable, before: discord.Message | None) -> Sequence[discord.Message]:
    messages = []
    with wait_at_most(0):
        async for message in channel.history(limit=PAGE, before=before):
            messages.append(message)
            await asyncio.sleep(0)
    return messages
