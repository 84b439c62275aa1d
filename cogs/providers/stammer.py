"""The commands of Stammer.ai."""

from typing import Any

import discord
from discord import app_commands

from bot.discord.client import Switchboard
from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import MAX_OPTION_CHARS
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class Stammer(ProviderCog, group_name="stammer", group_description="Ask Stammer.ai, and set it up for this server"):
    """`/stammer ask` and `system-prompt`."""

    provider = "stammer"

    @app_commands.command(name="system-prompt")
    @app_commands.describe(value="Replaces the chatbot's own system prompt in this server. Leave empty to reset")
    @needs_manage_server()
    async def system_prompt(
        self, interaction: discord.Interaction[Any], value: app_commands.Range[str, 1, MAX_OPTION_CHARS] | None = None
    ) -> None:
        """Give the chatbot another system prompt in this server."""
        await self.set_option(interaction, "system-prompt", value)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, Stammer)
