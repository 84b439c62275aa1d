"""The command `/help`."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import manages_server
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.discord.reading.addressing import own_id
from bot.discord.reading.admission import Admission
from bot.discord.reading.message_content import MessageContent
from bot.domain.conversation_key import ConversationKey
from bot.services import Services
from bot.strings.help import Rights, full_help, reach_in


class Help(commands.Cog):
    """`/help`: what the bot can do here."""

    def __init__(self, server_settings: ServerSettings, message_content: MessageContent, admission: Admission) -> None:
        self._server_settings = server_settings
        self._admission = admission
        self._message_content = message_content

    @app_commands.command(name="help")
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Show what I can do here."""
        location = interaction_location(interaction)
        setup = await defer_if_slow(interaction, self._server_settings.answer_config(location))
        prefix = self._message_content.prefix(location.server)
        is_heard = self._message_content.answers_all(interaction.channel, location, own_id(interaction.client))
        reach = reach_in(location, auto_reply=is_heard)
        key = ConversationKey.of(location.channel, location.kind(is_personal=setup.is_personal), interaction.user.id)
        is_common = location.server is not None and key.is_shared and not setup.provider.keeps_history
        rights = Rights(
            manages=location.server is not None and manages_server(interaction),
            sees_history=not is_common or interaction.permissions.read_message_history,
            clears_history=not is_common or interaction.permissions.manage_messages,
            refusal=self._refusal(interaction),
        )
        names = list(self._server_settings.providers)
        text = full_help(setup.provider.label, names, prefix=prefix, reach=reach, rights=rights)
        await respond(interaction, text)

    def _refusal(self, interaction: discord.Interaction[Any]) -> str | None:
        """Return why the caller is not answered here, None if they are."""
        try:
            self._admission.check(interaction)
        except Refused as refused:
            return refused.sentence
        return None


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Help(services.settings, bot.message_content, bot.admission))
