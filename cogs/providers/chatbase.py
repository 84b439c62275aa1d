"""The commands of Chatbase."""

from typing import Any

import discord
from discord import app_commands

from bot.discord.client import Switchboard
from bot.discord.command_checks import needs_manage_server
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class Chatbase(ProviderCog, group_name="chatbase", group_description="Ask Chatbase, and set it up for this server"):
    """`/chatbase ask`, `model` and `temperature`."""

    provider = "chatbase"

    @app_commands.command(name="model")
    @app_commands.describe(value="A model's name as in Chatbase's settings, such as gpt-4o. Leave empty to reset")
    @needs_manage_server()
    async def model(
        self, interaction: discord.Interaction[Any], value: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Choose the model that answers in this server."""
        await self.set_option(interaction, "model", value)

    @app_commands.command(name="temperature")
    @app_commands.describe(value="0 = most consistent, 1 = most varied. Leave empty to reset")
    @needs_manage_server()
    async def temperature(
        self, interaction: discord.Interaction[Any], value: app_commands.Range[float, 0, 1] | None = None
    ) -> None:
        """Choose how much answers vary in this server."""
        await self.set_option(interaction, "temperature", None if value is None else f"{value:g}")


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, Chatbase)
