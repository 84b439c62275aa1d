"""When, and at which address, the bot may begin a session with Discord's gateway."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
from discord.http import Route
from yarl import URL

from bot.discord.errors import is_final
from bot.discord.gateway.identify_limit import HOUR, MAX_IDENTIFIES, IdentifyLimit
from bot.discord.gateway.reconnect_pause import LogThrottle, Pause
from bot.domain.backoff import Backoff, Clock

_log = logging.getLogger(__name__)

ASK_SECONDS = 10.0
"""What GET /gateway/bot may take."""

_DAY = 86_400.0

Within = Callable[[float, Coroutine[Any, Any, Any]], Awaitable[Any]]
"""Waits for a request for so many seconds, without ever cancelling it; raises `TimeoutError`."""


class SessionStart:
    """Keeps to the bot's own limit and to what Discord says of its own; an IDENTIFY that was sent has to be counted.

    Sessions begin at `address`, None for the one that Discord gives. `clock` returns seconds, `pause` waits for some.
    `within` waits for a request for so many seconds, as `RateLimitTrace.within` does.
    """

    def __init__(self, client: discord.Client, address: str | None, pause: Pause, clock: Clock, within: Within) -> None:
        self._client = client
        self._within = within
        self._asks_address = address is None
        self._address = None if address is None else URL(address)
        self._pause = pause
        self._clock = clock
        self._limit = IdentifyLimit(clock)
        self._own_line, self._discords_line = LogThrottle(clock, HOUR), LogThrottle(clock, HOUR)

    def count(self) -> None:
        """Count an IDENTIFY that has just been sent."""
        self._limit.count()

    async def turn(self) -> URL:
        """Wait until a session may be begun, and return where; raises what a request does if no address is known."""
        while (seconds := self._limit.wait()) > 0:
            if self._limit.used_up() and self._own_line.due():
                _log.warning(
                    "the bot began %d sessions with Discord within an hour; the next waits %.0f s, since Discord "
                    "resets the token of a bot that begins 1,000 in a day",
                    MAX_IDENTIFIES,
                    seconds,
                )
            await self._pause(seconds)
        backoff = Backoff(self._clock)
        while (reset_after := await self._ask()) is not None:
            seconds = max(backoff.next_pause(), reset_after)
            if self._discords_line.due():
                _log.warning("Discord lets this bot begin no session for now; the next waits %.0f s", seconds)
            await self._pause(seconds)
        assert self._address is not None, "asking would have failed"
        return self._address

    async def _ask(self) -> float | None:
        """Ask Discord for the address, and return the seconds to wait if it lets no session begin now.

        An address that is known already does if Discord does not answer. Source: documentation, "Get Gateway Bot".
        """
        try:
            # Not cancelled when it is late: discord.py would keep all other requests waiting for ever.
            answer = await self._within(ASK_SECONDS, self._client.http.request(Route("GET", "/gateway/bot")))
            if self._asks_address:
                self._address = URL(answer["url"])
            return _reset_after(answer.get("session_start_limit"))
        except Exception as error:
            if self._address is None or is_final(error):
                raise
            return None


def _reset_after(limit: Any) -> float | None:  # noqa: ANN401 - whatever Discord sent
    """Return after how many seconds Discord lets a session begin again, None if it does so now."""
    match limit:
        case {"remaining": int(remaining), "reset_after": int() | float() as milliseconds} if remaining <= 0:
            return min(max(0.0, milliseconds / 1000), _DAY)
        case {"remaining": int(remaining)} if remaining <= 0:
            return 0.0
    return None
