"""The commands `/settings`: which provider answers where, auto-replies, the bot's persona, and retention."""

import logging
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import needs_manage_server
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import Refused, defer, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.setting_changes import blank_to_none, change_setting, save_setting
from bot.domain.server_settings import AUTO_REPLY, ON, PERSONA_LIMITS, RETENTION_LIMITS
from bot.services import Services
from bot.strings import commands as say
from bot.strings.privacy import describe_retention
from bot.strings.settings import cannot_auto_reply, describe_auto_reply, describe_settings

_log = logging.getLogger(__name__)

RENAME_SECONDS = 5.0
"""How long the caller waits for the bot's nickname to be changed."""

_DEFAULT = "default"
"""The choice that resets the provider; no provider has this name."""

_Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, group_name="settings", group_description="How I answer in this server"):
    """`/settings show`, `provider`, `auto-reply`, `name`, `gender`, `prefix`, `developer` and `retention`."""

    def __init__(self, server_settings: ServerSettings, trace: RateLimitTrace, *, has_message_content: bool) -> None:
        super().__init__()
        self._server_settings = server_settings
        self._trace = trace
        self._has_message_content = has_message_content

    @app_commands.command(name="show")
    @needs_manage_server()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show the settings for this channel and where each was set."""
        settings = await defer_if_slow(interaction, self._server_settings.show(interaction_location(interaction)))
        text = describe_settings(settings)
        if settings[AUTO_REPLY].value == ON and not self._has_message_content:
            text += f"\n\n{cannot_auto_reply()}"
        await respond(interaction, text)

    @app_commands.command(name="provider")
    @app_commands.describe(provider="Who answers", channel="Only in this channel. Leave empty for the whole server")
    @needs_manage_server()
    async def provider(
        self, interaction: discord.Interaction[Any], provider: str, channel: _Channel | None = None
    ) -> None:
        """Choose which chatbot answers in this server or in one channel."""
        providers = self._server_settings.providers
        if provider not in providers and provider != _DEFAULT:
            raise Refused(say.unknown_provider(known.label for known in providers.values()))
        value = None if provider == _DEFAULT else provider
        await save_setting(interaction, self._server_settings, "provider", value, channel.id if channel else None)
        label = None if value is None else providers[value].label
        await respond(interaction, say.provider_changed(label, None if channel is None else channel.id))

    @provider.autocomplete("provider")
    async def suggest_providers(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest the providers that are set up."""
        providers = self._server_settings.providers.values()
        offered = {provider.label: provider.name for provider in providers} | {say.DEFAULT_PROVIDER: _DEFAULT}
        return [
            app_commands.Choice(name=title, value=value)
            for title, value in offered.items()
            if typed.casefold() in title.casefold()
        ]

    @app_commands.command(name="auto-reply")
    @app_commands.describe(channel="The channel, with its threads and posts", on="Whether I answer every message")
    @needs_manage_server()
    async def auto_reply(self, interaction: discord.Interaction[Any], channel: _Channel, on: bool) -> None:
        """Choose whether I answer every message in a channel."""
        if on and not self._has_message_content:
            raise Refused(say.nothing_changed(cannot_auto_reply()))
        await save_setting(interaction, self._server_settings, AUTO_REPLY, ON if on else None, channel.id)
        await respond(interaction, describe_auto_reply(channel.id, on=on))

    @app_commands.command(name="name")
    @app_commands.describe(value="At most 32 characters. Leave empty to reset")
    @needs_manage_server()
    async def name(
        self,
        interaction: discord.Interaction[Any],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["name"]] | None = None,
    ) -> None:
        """Set my name, and my nickname in this server."""
        await defer(interaction)
        value = blank_to_none(value)
        await save_setting(interaction, self._server_settings, "name", value)
        problem = await self._rename(interaction.guild, value)
        saved = say.setting_changed("name", value)
        await respond(interaction, f"{saved}\n{say.nickname_problem(problem)}" if problem else saved)

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
    @app_commands.describe(value="Such as female or male. Leave empty to reset")
    @needs_manage_server()
    async def gender(
        self,
        interaction: discord.Interaction[Any],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["gender"]] | None = None,
    ) -> None:
        """Set my persona's gender (Tamako only)."""
        await change_setting(interaction, self._server_settings, "gender", value)

    @app_commands.command(name="prefix")
    @app_commands.describe(value="What text commands begin with, such as ! or bot:. Leave empty to reset")
    @needs_manage_server()
    async def prefix(
        self,
        interaction: discord.Interaction[Any],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["prefix"]] | None = None,
    ) -> None:
        """Set the prefix of text commands."""
        if value is not None and (not value.strip() or any(char.isspace() for char in value)):
            raise Refused(say.prefix_has_spaces())
        await change_setting(interaction, self._server_settings, "prefix", value)
        if not self._has_message_content:
            await respond(interaction, say.text_commands_off())

    @app_commands.command(name="developer")
    @app_commands.describe(value="Who developed me. Leave empty to reset")
    @needs_manage_server()
    async def developer(
        self,
        interaction: discord.Interaction[Any],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["developer"]] | None = None,
    ) -> None:
        """Set who I say developed me (Tamako only)."""
        await change_setting(interaction, self._server_settings, "developer", value)

    @app_commands.command(name="retention")
    @app_commands.describe(days="How many days I keep questions and answers. Leave empty to reset")
    @needs_manage_server()
    async def retention(
        self,
        interaction: discord.Interaction[Any],
        days: app_commands.Range[int, *RETENTION_LIMITS] | None = None,
    ) -> None:
        """Set how long I keep this server's questions and answers."""
        server = cast("int", interaction.guild_id)
        await defer_if_slow(interaction, self._server_settings.save_retention(server, days))
        await respond(interaction, describe_retention(days))


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    trace, has_message_content = bot.requests.trace, bot.message_content.on
    await bot.add_cog(Settings(services.settings, trace, has_message_content=has_message_content))
