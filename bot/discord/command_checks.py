"""Who may use the commands for admins: discord.py runs these checks before a command, whatever Discord's menu shows."""

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.discord.interactions import Refused
from bot.discord.locations import interaction_location
from bot.strings.commands import MANAGE_SERVER, needs_permission, settings_need_member, settings_need_server

T = TypeVar("T")


def needs_manage_server(elsewhere: str | None = None) -> Callable[[T], T]:
    """Let only members with Manage Server use a command, and only in a server; `elsewhere` is said in other places."""

    def check(interaction: discord.Interaction[Any]) -> bool:
        if interaction.guild_id is None:
            raise Refused(elsewhere or settings_need_server())
        if interaction_location(interaction).is_user_install:
            raise Refused(settings_need_member())
        if not interaction.permissions.manage_guild:
            raise Refused(needs_permission(MANAGE_SERVER))
        return True

    return app_commands.check(check)


def manages_server(interaction: discord.Interaction[Any]) -> bool:
    """Return whether the caller may change settings here, as `needs_manage_server` checks it."""
    return interaction.permissions.manage_guild and not interaction_location(interaction).is_user_install


def may_see_history(interaction: discord.Interaction[Any], *, is_shared: bool) -> bool:
    """Return whether the caller may see a conversation; in a server, one that is shared is the channel's."""
    return not is_shared or interaction.guild_id is None or interaction.permissions.read_message_history


def may_clear_history(interaction: discord.Interaction[Any], *, is_shared: bool) -> bool:
    """Return whether the caller may start a conversation over, likewise."""
    return not is_shared or interaction.guild_id is None or interaction.permissions.manage_messages
