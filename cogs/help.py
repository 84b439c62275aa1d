"""The door for `/help`."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import Host, in_time, place_of_interaction, tell
from bot.domain.errors import AnswerError
from bot.strings.errors import explain
from bot.strings.help import full_help, reach_in


class Help(commands.Cog):
    """`/help`: what the bot can do here."""

    def __init__(self, bot: Host) -> None:
        self.bot = bot

    @app_commands.command(name="help")
    async def help(self, interaction: discord.Interaction[Host]) -> None:
        """Show what I can do here."""
        preferences = self.bot.desk.preferences
        place = place_of_interaction(interaction)
        try:
            setup = await in_time(interaction, preferences.setup(place))
        except AnswerError as error:
            await tell(interaction, explain(error))
            return
        prefix = preferences.prefix(place.server) if self.bot.reads_messages else None
        names, reach = list(preferences.providers), reach_in(place, auto_reply=self.bot.overhears(place))
        text = full_help(setup.provider.label, names, prefix=prefix, reach=reach)
        await tell(interaction, text)


async def setup(bot: Host) -> None:
    """Add the cog."""
    await bot.add_cog(Help(bot))
