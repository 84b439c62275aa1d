"""Keeps the bot connected: tries again while Discord is out of reach, and reports what only its host can fix."""

import asyncio

import discord
from discord.http import Route

from bot.discord.application import may_read_messages
from bot.discord.client import Switchboard
from bot.discord.errors import BAD_TOKEN_CODE, NEEDS_SHARDS_CODE, NO_INTENT_CODE, is_final
from bot.discord.gateway.reconnect_pause import ReconnectPause
from bot.discord.rate_limits.max_wait import wait_at_most
from bot.discord.reading.addressing import own_id
from bot.domain.cluster.shards import Joining
from bot.domain.runtime.timing import Clock
from bot.settings import Settings


class StartError(Exception):
    """Something that only the host can fix keeps the bot from running; the text is the one line to show."""


BAD_TOKEN = "DISCORD_TOKEN was refused by Discord: copy the bot's token again from Discord's developer portal"  # noqa: S105
LOGIN_SECONDS = 20.0
"""What one try to log in may take."""

NO_INTENT = (
    "MESSAGE_CONTENT_INTENT is true, but the application may not use it: turn on Message Content Intent under Bot in "
    "Discord's developer portal, or set it to false"
)

NEEDS_SHARDS = (
    "the bot is in too many servers for its shards: raise SHARD_COUNT, or remove it, then Discord says how many"
)


def point_at(settings: Settings) -> None:
    """Make discord.py use the REST address of the settings."""
    Route.BASE = settings.discord_api_url.rstrip("/")


async def stay_connected(bot: Switchboard, settings: Settings, joining: Joining) -> None:
    """Log in, connect the shards that `joining` gives, and stay so until the bot is closed, or has left all of them.

    If Discord cannot be reached, it is tried again after pauses that grow to 56 s; the log says so at most once a
    minute. Raises `StartError`, and what `joining` raises.
    """
    gateway = bot.gateway
    try:
        await _log_in(bot, settings, gateway.reconnect_pause(), gateway.clock)
        _check_intent(bot)
        own = await joining.join(own_id(bot), gateway.recommended_shards)
        await bot.register_commands()
        await gateway.stay_connected(own)
    except Exception as error:
        if is_final(error):
            raise StartError(_sentence(error)) from None
        raise


def _check_intent(bot: Switchboard) -> None:
    """Raise `StartError` if Discord would refuse the session, of which there are few: each start would cost one."""
    if bot.message_content.on and bot.application is not None and not may_read_messages(bot.application.flags):
        raise StartError(NO_INTENT)


async def _log_in(bot: Switchboard, settings: Settings, reconnect_pause: ReconnectPause, clock: Clock) -> None:
    """Log in, however long that takes; raises the first error that `is_final`."""
    while True:
        begun = clock()
        try:
            async with asyncio.timeout(LOGIN_SECONDS):
                with wait_at_most(LOGIN_SECONDS):
                    await bot.login(settings.discord_token.get_secret_value())
        except Exception as error:  # what is not Discord, such as a portal's page, may answer anything
            if is_final(error):
                raise
            await bot.http.close()
            # That closed the connector as well; the next login makes another one only if there is none.
            bot.http.connector = discord.utils.MISSING
            asked = error.retry_after if isinstance(error, discord.RateLimited) else 0.0
            await reconnect_pause.wait(type(error).__name__, at_least=asked, spent=clock() - begun)
        else:
            reconnect_pause.over()
            return


def _sentence(error: Exception) -> str:
    if not isinstance(error, discord.ConnectionClosed) or error.code == BAD_TOKEN_CODE:
        return BAD_TOKEN
    if error.code == NO_INTENT_CODE:
        return NO_INTENT
    if error.code == NEEDS_SHARDS_CODE:
        return NEEDS_SHARDS
    return f"Discord no longer accepts connections of this bot (close code {error.code})"
