"""The door to Stammer.ai."""

import discord
from discord import app_commands

from bot.discord.bot import BotBase
from cogs._permissions import needs_manage_server
from cogs._provider import ProviderCog, add_provider_cog


class Stammer(ProviderCog, group_name="stammer", group_description="Ask Stammer.ai, and set it up for this server"):
    """`/stammer ask` and `system-prompt`."""

    provider = "stammer"

    @app_commands.command(name="system-prompt")
    @app_commands.describe(value="What the chatbot is told about its part, instead of its own; left out: its own again")
    @needs_manage_server()
    async def system_prompt(
        self, interaction: discord.Interaction[BotBase], value: app_commands.Range[str, 1, 6000] | None = None
    ) -> None:
        """Give the chatbot another system prompt in this server."""
        await self.set_option(interaction, "system-prompt", value)


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await add_provider_cog(bot, Stammer)
