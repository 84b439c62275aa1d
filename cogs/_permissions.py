"""What every settings command shares: who may use it, and how a change is made and confirmed."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.strings.commands import (
    MANAGE_SERVER,
    needs_permission,
    setting_changed,
    settings_need_member,
    settings_need_server,
)

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


async def change_setting(
    interaction: discord.Interaction[Any], server_settings: ServerSettings, name: str, value: str | None
) -> None:
    """Set `name` for the interaction's server, None for its default, and confirm it; raises `DatabaseUnavailable`."""
    server = cast("int", interaction.guild_id)
    value = blank_to_none(value)
    await defer_if_slow(interaction, server_settings.save("server", server, server, name, value))
    await respond(interaction, setting_changed(name, value))


def blank_to_none(value: str | None) -> str | None:
    """Return what was entered, None if that is nothing but white space."""
    return value.strip() or None if value is not None else None
