"""The door for `/ask`."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase


class Ask(commands.Cog):
    """`/ask`: the channel's provider answers."""

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot

    @app_commands.command(name="ask")
    @app_commands.describe(question="What you want to know")
    async def ask(self, interaction: discord.Interaction[BotBase], question: app_commands.Range[str, 1, 6000]) -> None:
        """Ask whoever answers in this channel."""
        await self.bot.answer_interaction(interaction, question)


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Ask(bot))
