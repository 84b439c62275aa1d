"""The base of the provider cogs: `/<provider> ask`."""

from typing import Any, ClassVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.interactions import MAX_OPTION_CHARS
from bot.discord.questions import InteractionQuestions
from bot.services import Services


class ProviderCog(commands.GroupCog, group_name="provider"):
    """One provider's command. A subclass names its provider."""

    provider: ClassVar[str]

    def __init__(self, questions: InteractionQuestions, label: str) -> None:
        super().__init__()
        self._questions = questions
        self.ask.description = f"Ask {label}, even where another chatbot answers"  # of this cog's own copy

    @app_commands.command(name="ask")
    @app_commands.describe(question="What you want to know")
    async def ask(
        self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, MAX_OPTION_CHARS]
    ) -> None:
        """Ask this chatbot, even where another one answers."""
        await self._questions.ask_entered(interaction, question, provider=self.provider)


async def add_provider_cog(bot: Switchboard, services: Services, cog: type[ProviderCog]) -> None:
    """Add the cog of a provider that may answer somewhere; the commands of others are absent."""
    if (label := services.settings.chatbots.labels.get(cog.provider)) is not None:
        await bot.add_cog(cog(bot.questions, label))
