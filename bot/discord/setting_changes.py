"""How a command or button changes a setting."""

from typing import Any, Protocol, cast

import discord

from bot.discord.interactions import defer_if_slow
from bot.domain.settings.server_settings import Scope


class SavesSettings(Protocol):
    """What keeps the settings of servers and channels."""

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or one of its channels, None for back to default; raises `DatabaseUnavailable`."""
        ...


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
