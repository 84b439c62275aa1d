"""Where a server is welcomed."""

import asyncio

import discord

from bot.diagnostics.permissions import missing_permissions


async def welcome_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the system channel, else the first text channel, in which the bot may see and write; None if in none.

    Channels for announcements and the one for rules come last: there, people read and do not ask.
    """
    me: discord.Member | None = guild.me
    if me is None:
        return None
    others = sorted(guild.text_channels, key=lambda each: each.is_news() or each == guild.rules_channel)
    for channel in (guild.system_channel, *others):  # otherwise in the order in which people see them
        if channel is not None and _may_write(channel, me):
            return channel
        await asyncio.sleep(0)  # a server may have 500 channels, and each of them a list of exceptions as long
    return None


def _may_write(channel: discord.TextChannel, me: discord.Member) -> bool:
    return not missing_permissions("text", channel.permissions_for(me).value).essential
