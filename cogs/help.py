"""The door for `/help`."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, defer_if_slow, interaction_location, respond
from bot.domain.errors import AnswerError
from bot.strings.errors import explain
from bot.strings.help import full_help, reach_in


class Help(commands.Cog):
    """`/help`: what the bot can do here."""

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot

    @app_commands.command(name="help")
    async def help(self, interaction: discord.Interaction[BotBase]) -> None:
        """Show what I can do here."""
        server_settings = self.bot.services.server_settings
        location = interaction_location(interaction)
        try:
            setup = await defer_if_slow(interaction, server_settings.answer_config(location))
        except AnswerError as error:
            await respond(interaction, explain(error))
            return
        prefix = server_settings.prefix(location.server) if self.bot.has_message_content else None
        names, reach = list(server_settings.providers), reach_in(location, auto_reply=self.bot.auto_replies(location))
        text = full_help(setup.provider.label, names, prefix=prefix, reach=reach)
        await respond(interaction, text)


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Help(bot))
