"""Where a server is welcomed."""

import discord

from bot.diagnostics.permissions import missing_permissions


def welcome_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the system channel, else the first text channel, in which the bot may see and write; None if in none."""
    me: discord.Member | None = guild.me
    if me is None:
        return None
    candidates = [guild.system_channel, *guild.text_channels]  # in the order in which people see them
    return next((each for each in candidates if each is not None and _may_write(each, me)), None)


def _may_write(channel: discord.TextChannel, me: discord.Member) -> bool:
    return not missing_permissions("text", channel.permissions_for(me).value).essential
