"""Keeps the bot connected: tries again while Discord is out of reach, and tells what only an operator can mend."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.client import Switchboard
from bot.settings import Settings

_log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0

_CALM = 300.0
"""Seconds of a connection that held, after which the next trouble is a new one."""

_BAD_TOKEN = 4004
"""The gateway's close code for a token that it refuses: Discord's documentation, "Gateway Close Event Codes"."""

Pause = Callable[[float], Awaitable[None]]


class StartError(Exception):
    """Something that only the operator can mend keeps the bot from running; the text is the one line to show."""


BAD_TOKEN = "DISCORD_TOKEN was refused by Discord: copy the bot's token anew from Discord's developer portal"  # noqa: S105
NO_INTENT = (
    "MESSAGE_CONTENT_INTENT is true, but the application may not use it: turn on Message Content Intent under Bot in "
    "Discord's developer portal, or set it to false"
)


def point_at(settings: Settings) -> None:
    """Have discord.py speak to the REST address of the settings, and to their gateway where they name one."""
    Route.BASE = settings.discord_api_url.rstrip("/")
    if settings.discord_gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)


async def stay_connected(bot: Switchboard, settings: Settings, pause: Pause = asyncio.sleep) -> None:
    """Log in, connect, and stay so until the bot is closed; raises `StartError`.

    An unreachable Discord is tried again after growing pauses of at most a minute, with a log line each time.
    """
    waits = _Waits(pause)
    while True:
        try:
            await bot.login(settings.discord_token.get_secret_value())
            if settings.discord_gateway_url is None:
                await _ask_for_gateway(bot)
            break
        except discord.LoginFailure:
            raise StartError(BAD_TOKEN) from None
        except Exception as error:  # noqa: BLE001 - what is not Discord, such as a portal's page, may answer anything
            await bot.http.close()
            # That closed the connector as well; the next login makes another one only where there is none.
            bot.http.connector = discord.utils.MISSING
            await waits.after(error)
    while not bot.is_closed():
        try:
            await bot.connect()
        except discord.PrivilegedIntentsRequired:
            raise StartError(NO_INTENT) from None
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise StartError(BAD_TOKEN) from None
            if bot.is_closed():
                raise StartError(
                    f"Discord takes no connection of this bot any more (close code {error.code})"
                ) from None
            await waits.after(error)
        except Exception as error:  # noqa: BLE001 - discord.py gives up on a malformed event; the bot does not
            if bot.is_closed():
                return
            _log.warning("the connection to Discord ended", exc_info=error)
            await waits.after(error)
        else:
            return


async def _ask_for_gateway(bot: Switchboard) -> None:
    """Take the gateway's address from Discord, as its documentation asks of every client."""
    answer = await bot.http.request(Route("GET", "/gateway/bot"))
    DiscordWebSocket.DEFAULT_GATEWAY = URL(answer["url"])


class _Waits:
    """Pauses that grow from a second to a minute, and are short again after a while without trouble.

    None is shorter than Discord asks for (429).
    """

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._next = _FIRST_PAUSE
        self._clock = asyncio.get_running_loop().time
        self._last = self._clock()

    async def after(self, error: Exception) -> None:
        if self._clock() - self._last > _CALM:
            self._next = _FIRST_PAUSE
        asked = error.retry_after if isinstance(error, discord.RateLimited) else 0.0
        pause = max(self._next, asked)
        _log.warning("Discord cannot be reached (%s); trying again in %g s", type(error).__name__, pause)
        await self._pause(pause)
        self._next = min(self._next * 2, _LONGEST_PAUSE)
        self._last = self._clock()
