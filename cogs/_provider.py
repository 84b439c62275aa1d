"""The base of the provider cogs: `/<provider> ask`, and how a server's admins set a provider's options."""

from typing import ClassVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase
from bot.domain.server_settings import option_setting
from cogs._permissions import change_server


class ProviderCog(commands.GroupCog, group_name="provider"):
    """One provider's commands. A subclass names its provider, and adds a command for each option it has."""

    provider: ClassVar[str]

    def __init__(self, bot: BotBase) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(name="ask")
    @app_commands.describe(question="What you want to know")
    async def ask(self, interaction: discord.Interaction[BotBase], question: app_commands.Range[str, 1, 6000]) -> None:
        """Ask this provider, whatever the channel's is."""
        await self.bot.answer_interaction(interaction, question, provider=self.provider)

    async def set_option(self, interaction: discord.Interaction[BotBase], option: str, value: str | None) -> None:
        """Set one of the provider's options for the server, None for back to default, and say so."""
        await change_server(interaction, option_setting(self.provider, option), value)


async def add_provider_cog(bot: BotBase, cog: type[ProviderCog]) -> None:
    """Add the cog of a provider that is configured; the commands of others are absent."""
    if cog.provider in bot.services.server_settings.providers:
        await bot.add_cog(cog(bot))
