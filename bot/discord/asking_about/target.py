"""Reads from Discord the message that a form is about, if another process opened the form."""

import asyncio
import logging
from typing import Any

import discord

from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.quotes import Reader

READ_SECONDS = 1.0
"""How long that may take: the rest of Discord's 3 s is for acknowledging the question."""

ELSEWHERE_SECONDS = 1.0
"""How long the process that opened a form has to answer it, if it still runs, before another one says that it cannot:
both hear of what is sent, and Discord takes the first response."""

_log = logging.getLogger(__name__)


async def read_target(
    interaction: discord.Interaction[Any], message: int, trace: RateLimitTrace, reader: Reader
) -> discord.Message | None:
    """Return a message of the interaction's channel; None if Discord does not give it to the bot, or hides its words.

    So it is too if its caller may not read what was written there earlier: a custom id may be forged.
    """
    found = await _fetch(interaction, message, trace) if _may_read(interaction) else None
    if found is not None and reader.sees(found):
        return found
    await asyncio.sleep(ELSEWHERE_SECONDS)
    return None


def _may_read(interaction: discord.Interaction[Any]) -> bool:
    """Return whether Discord shows its caller the channel's earlier messages; in direct messages it always does."""
    rights = interaction.permissions
    return interaction.guild_id is None or (rights.view_channel and rights.read_message_history)


async def _fetch(interaction: discord.Interaction[Any], message: int, trace: RateLimitTrace) -> discord.Message | None:
    channel = interaction.channel
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        return await trace.within(READ_SECONDS, channel.fetch_message(message))
    except DISCORD_FAILURES as error:
        _log.info("interaction %d: its message could not be read: %s", interaction.id, type(error).__name__)
        return None
