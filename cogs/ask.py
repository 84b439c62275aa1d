"""The command `/ask`."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.interactions import MAX_OPTION_CHARS
from bot.discord.questions import InteractionQuestions
from bot.services import Services


class Ask(commands.Cog):
    """`/ask`: the channel's provider answers."""

    def __init__(self, questions: InteractionQuestions) -> None:
        self._questions = questions

    @app_commands.command(name="ask")
    @app_commands.describe(
        question="What you want to know", private="Show the answer to you alone. Leave empty to show it to everyone"
    )
    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, MAX_OPTION_CHARS],
        private: bool = False,
    ) -> None:
        """Ask the chatbot a question."""
        await self._questions.ask_entered(interaction, question, private=private)


async def setup(bot: Switchboard, _services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Ask(bot.questions))
