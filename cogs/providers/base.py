"""The base of the provider cogs: `/<provider> ask`, and how a server's admins set a provider's options."""

from typing import Any, ClassVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.interactions import MAX_OPTION_CHARS
from bot.discord.questions import InteractionQuestions
from bot.discord.setting_changes import change_setting
from bot.domain.server_settings import option_setting
from bot.services import Services


class ProviderCog(commands.GroupCog, group_name="provider"):
    """One provider's commands. A subclass names its provider, and adds a command for each option it has."""

    provider: ClassVar[str]

    def __init__(self, questions: InteractionQuestions, server_settings: ServerSettings) -> None:
        super().__init__()
        self._questions = questions
        self._server_settings = server_settings
        label = server_settings.providers[self.provider].label
        self.ask.description = f"Ask {label}, even where another chatbot answers"  # of this cog's own copy

    @app_commands.command(name="ask")
    @app_commands.describe(question="What you want to know")
    async def ask(
        self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, MAX_OPTION_CHARS]
    ) -> None:
        """Ask this chatbot, even where another one answers."""
        await self._questions.ask_entered(interaction, question, provider=self.provider)

    async def set_option(self, interaction: discord.Interaction[Any], option: str, value: str | None) -> None:
        """Set one of the provider's options for the server, None for its default, and confirm it."""
        await change_setting(interaction, self._server_settings, option_setting(self.provider, option), value)


async def add_provider_cog(bot: Switchboard, services: Services, cog: type[ProviderCog]) -> None:
    """Add the cog of a provider that is configured; the commands of others are absent."""
    if cog.provider in services.settings.providers:
        await bot.add_cog(cog(bot.questions, services.settings))
