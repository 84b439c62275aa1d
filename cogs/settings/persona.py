"""The commands `/settings name`, `gender`, `developer` and `prefix`: how the bot presents itself."""

import logging

import discord
from discord import app_commands

from bot.discord.command_checks import needs_manage_server
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import Refused, defer, respond
from bot.domain.provider import find_option
from bot.domain.settings.server_settings import PERSONA_LIMITS, SYSTEM_PROMPT
from bot.strings import commands as say
from bot.strings.setting_changes import describe_persona_use, nickname_stays
from cogs.settings.family import Channel, Interaction, SettingsFamily, blank_to_none, channel_id

_log = logging.getLogger(__name__)

Name = app_commands.Range[str, 1, PERSONA_LIMITS["name"]]
Gender = app_commands.Range[str, 1, PERSONA_LIMITS["gender"]]
Developer = app_commands.Range[str, 1, PERSONA_LIMITS["developer"]]
Prefix = app_commands.Range[str, 1, PERSONA_LIMITS["prefix"]]
"""What each command takes: texts of limited length."""

RENAME_SECONDS = 5.0
"""How long the caller waits for the bot's nickname to be changed."""


class Persona(SettingsFamily):
    """`/settings name`, `gender`, `developer` and `prefix`."""

    @app_commands.command(name="name")
    @app_commands.describe(value="At most 32 characters. Leave empty to reset", channel=say.ONLY_IN_CHANNEL)
    @needs_manage_server()
    async def name(self, interaction: Interaction, value: Name | None = None, channel: Channel | None = None) -> None:
        """Set my name and nickname in this server, or my name in one channel."""
        await defer(interaction)
        name = blank_to_none(value)
        await self._save(interaction, "name", name, channel)
        if channel is not None:
            nickname = nickname_stays()
        else:
            problem = await self._rename(interaction.guild, name)
            nickname = say.nickname_problem(problem) if problem else ""
        await self._tell(interaction, "name", name, channel, nickname)

    async def _rename(self, guild: discord.Guild | None, name: str | None) -> str:
        """Set the bot's nickname; return why that failed, or an empty string."""
        if guild is None or guild.me is None:
            return say.nickname_out_of_sight()
        try:
            rename = self._trace.first_response(guild.me.edit(nick=name), lambda _: None, booked=False)
            await self._trace.within(RENAME_SECONDS, rename)
        except discord.RateLimited as error:
            return say.nickname_limited(error.retry_after)
        except TimeoutError:
            return say.nickname_late()
        except discord.Forbidden:
            return say.nickname_forbidden()
        except DISCORD_FAILURES as error:
            _log.warning("server %d: nickname not changed: %s", guild.id, type(error).__name__)
            return say.nickname_rejected()
        return ""

    @app_commands.command(name="gender")
    @app_commands.describe(value="Such as female or male. Leave empty to reset", channel=say.ONLY_IN_CHANNEL)
    @needs_manage_server()
    async def gender(
        self, interaction: Interaction, value: Gender | None = None, channel: Channel | None = None
    ) -> None:
        """Set my persona's gender, in this server or in one channel."""
        await self._set_persona(interaction, "gender", blank_to_none(value), channel)

    @app_commands.command(name="developer")
    @app_commands.describe(value="Who developed me. Leave empty to reset")
    @needs_manage_server()
    async def developer(self, interaction: Interaction, value: Developer | None = None) -> None:
        """Set who I say developed me."""
        await self._set_persona(interaction, "developer", blank_to_none(value))

    @app_commands.command(name="prefix")
    @app_commands.describe(value="What text commands begin with, such as ! or bot:. Leave empty to reset")
    @needs_manage_server()
    async def prefix(self, interaction: Interaction, value: Prefix | None = None) -> None:
        """Set the prefix of text commands."""
        if value is not None and (not value.strip() or any(char.isspace() for char in value)):
            raise Refused(say.prefix_has_spaces())
        await self._save(interaction, "prefix", value)
        await respond(interaction, say.setting_changed("prefix", value))
        if not self._has_message_content:
            await respond(interaction, say.text_commands_off())

    async def _set_persona(
        self, interaction: Interaction, name: str, value: str | None, channel: Channel | None = None
    ) -> None:
        await self._save(interaction, name, value, channel)
        await self._tell(interaction, name, value, channel)

    async def _tell(
        self, interaction: Interaction, name: str, value: str | None, channel: Channel | None, nickname: str = ""
    ) -> None:
        """Confirm a change, and say what the server's providers do with the new value, and what of the `nickname`."""
        use = await self._persona_use(interaction) if value is not None else ""
        lines = [say.setting_changed(name, value, channel_id(channel)), use, nickname]
        await self._confirm(interaction, "\n".join(filter(None, lines)), name, channel, is_set=value is not None)

    async def _persona_use(self, interaction: Interaction) -> str:
        providers = (await self._available(interaction)).values()
        taking = [provider.label for provider in providers if provider.takes_persona]
        prompted = [provider.label for provider in providers if find_option(provider, SYSTEM_PROMPT)]
        others = [provider.label for provider in providers if provider.label not in (*taking, *prompted)]
        return describe_persona_use(taking, prompted, others)
