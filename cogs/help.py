"""The command `/help`."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering.suggestions import Suggestions
from bot.conversation.answer_config import AnswerConfig
from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import manages_server, may_clear_history, may_see_history
from bot.discord.components import draw
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.discord.reading.addressing import own_id
from bot.discord.reading.admission import Admission
from bot.discord.reading.message_content import MessageContent
from bot.domain.content import Button, Buttons
from bot.domain.errors import NoChatbot
from bot.domain.question import Location
from bot.services import Services
from bot.strings.errors import explain
from bot.strings.help import Rights, full_help, reach_in


class Help(commands.Cog):
    """`/help`: what the bot can do here."""

    def __init__(
        self,
        server_settings: ServerSettings,
        suggestions: Suggestions,
        message_content: MessageContent,
        admission: Admission,
        policy: str | None,
    ) -> None:
        self._server_settings = server_settings
        self._suggestions = suggestions
        self._admission = admission
        self._message_content = message_content
        self._policy = policy

    @app_commands.command(name="help")
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Show what I can do here."""
        location = interaction_location(interaction)
        refusal = self._refusal(interaction)
        looking = self._what_answers(location, is_answered=refusal is None)
        setup, buttons, nobody = await defer_if_slow(interaction, looking)
        prefix = self._message_content.prefix(location.server)
        is_heard = self._message_content.answers_all(interaction.channel, location, own_id(interaction.client))
        reach = reach_in(location, auto_reply=is_heard)
        is_shared = setup is None or setup.is_shared_in(location)
        rights = Rights(
            manages=location.server is not None and manages_server(interaction),
            sees_history=may_see_history(interaction, is_shared=is_shared),
            clears_history=may_clear_history(interaction, is_shared=is_shared),
            refusal=refusal or nobody,
        )
        label, names = ("", ()) if setup is None else (setup.provider.label, setup.names)
        text = full_help(label, names, prefix=prefix, reach=reach, rights=rights, policy=self._policy)
        await respond(interaction, text, view=draw((Buttons("", tuple(buttons)),)).view)

    async def _what_answers(
        self, location: Location, *, is_answered: bool
    ) -> tuple[AnswerConfig | None, Sequence[Button], str | None]:
        """Return who answers there, what its chatbot suggests if its reader is answered, and why nobody answers."""
        try:
            config = await self._server_settings.answer_config(location)
        except NoChatbot as error:
            return None, (), explain(error)
        if not is_answered:
            return config, (), None
        return config, await self._suggestions.buttons(config.provider, config.credential_id), None

    def _refusal(self, interaction: discord.Interaction[Any]) -> str | None:
        """Return why the caller is not answered here, None if they are."""
        try:
            self._admission.check(interaction)
        except Refused as refused:
            return refused.sentence
        return None


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    policy = services.privacy_url
    await bot.add_cog(Help(services.settings, services.suggestions, bot.message_content, bot.admission, policy))
