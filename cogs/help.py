"""The command `/help`."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.interactions import defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.discord.reading.message_content import MessageContent
from bot.services import Services
from bot.strings.help import full_help, reach_in


class Help(commands.Cog):
    """`/help`: what the bot can do here."""

    def __init__(self, server_settings: ServerSettings, message_content: MessageContent) -> None:
        self._server_settings = server_settings
        self._message_content = message_content

    @app_commands.command(name="help")
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Show what I can do here."""
        location = interaction_location(interaction)
        setup = await defer_if_slow(interaction, self._server_settings.answer_config(location))
        prefix = self._message_content.prefix(location.server)
        reach = reach_in(location, auto_reply=self._message_content.auto_reply(location))
        text = full_help(setup.provider.label, list(self._server_settings.providers), prefix=prefix, reach=reach)
        await respond(interaction, text)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Help(services.settings, bot.message_content))
