"""Where messages and interactions happen."""

from dataclasses import replace
from typing import Any

import discord

from bot.diagnostics.permissions import Kind
from bot.domain.question import Location


def location_of(channel: object, server: int | None, channel_id: int) -> Location:
    """Return where something happens; a thread has its parent's settings and a conversation of its own."""
    parent = channel.parent_id if isinstance(channel, discord.Thread) else channel_id
    return Location(channel=channel_id, settings_channel=parent, server=server)


def is_own_thread(channel: object, bot: int) -> bool:
    """Return whether `channel` is a thread that `bot` started, which it does for answers only."""
    return isinstance(channel, discord.Thread) and channel.owner_id == bot


def kind_of(channel: object) -> Kind:
    """Return what a place is to permissions."""
    if isinstance(channel, discord.Thread):
        return "thread"
    return "voice" if isinstance(channel, discord.VoiceChannel | discord.StageChannel) else "text"


def message_location(message: discord.Message) -> Location:
    """Return where a message was written."""
    return location_of(message.channel, _guild_id(message), message.channel.id)


def interaction_location(interaction: discord.Interaction[Any], *, private: bool = False) -> Location:
    """Return where an interaction happens, and whether the bot is a member there.

    Only the caller sees the answers if they are to be `private`. If discord.py does not know the channel's kind, it
    gives no id either; such a question is on its own.
    """
    server, caller = interaction.guild_id, interaction.user.id
    location = location_of(interaction.channel, server, interaction.channel_id or interaction.id)
    location = replace(location, visible_only_to=caller if private else None)
    if server is None:
        return replace(location, is_user_install=interaction.context.private_channel)
    # A server can install the application without its bot (a scope of its own): then discord.py does not know it.
    installed = interaction.is_guild_integration() or interaction.client.get_guild(server) is not None
    if installed:
        return location
    # Then Discord shows what the bot writes to nobody else (documentation, "Permissions": `USE_EXTERNAL_APPS`).
    hushed = private or not interaction.permissions.use_external_apps
    return replace(location, is_user_install=True, visible_only_to=caller if hushed else None)


def is_at(interaction: discord.Interaction[Any], location: Location) -> bool:
    """Return whether an interaction happens at `location`: what an id stands for is not told anywhere else."""
    return interaction.guild_id == location.server and interaction.channel_id == location.channel


def _guild_id(message: discord.Message) -> int | None:
    """Return the server of a message, None for a direct message.

    discord.py gives no guild for one that it has not received yet, which must not pass for a direct message.
    """
    return message.guild.id if message.guild is not None else getattr(message.channel, "guild_id", None)
