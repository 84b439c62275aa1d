"""How a command changes a setting: white space counts as nothing, and the caller is told what is now set."""

from typing import Any, Protocol, cast

import discord

from bot.discord.interactions import defer_if_slow, respond
from bot.domain.server_settings import Scope
from bot.strings.commands import setting_changed


class SavesSettings(Protocol):
    """What keeps the settings of servers and channels."""

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or one of its channels, None for back to default; raises `DatabaseUnavailable`."""
        ...


async def change_setting(
    interaction: discord.Interaction[Any], server_settings: SavesSettings, name: str, value: str | None
) -> None:
    """Set `name` for the interaction's server, None for its default, and confirm it; raises `DatabaseUnavailable`."""
    value = blank_to_none(value)
    await save_setting(interaction, server_settings, name, value)
    await respond(interaction, setting_changed(name, value))


async def save_setting(
    interaction: discord.Interaction[Any],
    server_settings: SavesSettings,
    name: str,
    value: str | None,
    channel: int | None = None,
) -> None:
    """Store a setting of the interaction's server, or of one channel in it; raises `DatabaseUnavailable`."""
    server = cast("int", interaction.guild_id)
    saving = (
        server_settings.save("server", server, server, name, value)
        if channel is None
        else server_settings.save("channel", server, channel, name, value)
    )
    await defer_if_slow(interaction, saving)


def blank_to_none(value: str | None) -> str | None:
    """Return what was entered, None if that is nothing but white space."""
    return value.strip() or None if value is not None else None
