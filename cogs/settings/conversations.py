"""The commands `/settings conversation` and `length`: whose conversations there are, and how long answers get."""

from typing import Literal

from discord import app_commands

from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import respond
from bot.domain.settings.server_settings import CONVERSATION, LENGTH, LENGTH_LIMITS
from bot.strings.commands import ONLY_IN_CHANNEL
from bot.strings.setting_changes import conversation_changed, length_changed
from cogs.settings.family import Channel, Interaction, SettingsFamily, channel_id

Whose = Literal["shared", "personal"]
Messages = app_commands.Range[int, *LENGTH_LIMITS]


class Conversations(SettingsFamily):
    """`/settings conversation` and `length`."""

    @app_commands.command(name="conversation")
    @app_commands.describe(
        value="One for all in a channel, or one for each member. Leave empty to reset",
        channel=ONLY_IN_CHANNEL,
    )
    @needs_manage_server()
    async def conversation(
        self, interaction: Interaction, value: Whose | None = None, channel: Channel | None = None
    ) -> None:
        """Choose whether members share a conversation in a channel or have one each."""
        await self._save(interaction, CONVERSATION, value, channel)
        providers = (await self._available(interaction)).values()
        remembering = [provider.label for provider in providers if provider.remembers == "people"]
        said = conversation_changed(value, channel_id(channel), remembering)
        await self._confirm(interaction, said, CONVERSATION, channel, is_set=value is not None)

    @app_commands.command(name="length")
    @app_commands.describe(messages="The most messages for one answer, 1 to 25. Leave empty to reset")
    @needs_manage_server()
    async def length(self, interaction: Interaction, messages: Messages | None = None) -> None:
        """Choose how many messages an answer may take; a longer one ends with a file."""
        await self._save(interaction, LENGTH, None if messages is None else str(messages))
        await respond(interaction, length_changed(messages))
