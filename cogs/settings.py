"""The door for `/settings`: what is in force here, which provider answers where, and the bot's persona."""

import logging
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, defer, defer_if_slow, interaction_location, respond
from bot.discord.errors import DISCORD_FAILURES
from bot.domain.errors import DatabaseUnavailable
from bot.domain.server_settings import AUTO_REPLY, ON, PERSONA_LIMITS, RETENTION_LIMITS
from bot.strings.errors import explain
from bot.strings.notices import later
from bot.strings.privacy import describe_retention
from bot.strings.settings import cannot_auto_reply, describe_auto_reply, describe_settings
from cogs._permissions import change, change_server, needs_manage_server, save

_log = logging.getLogger(__name__)

_RENAME_SECONDS = 5.0
"""How long the caller waits for the bot's nickname to be changed."""

_DEFAULT = "default"
"""What takes a chosen provider back; no provider has this name."""

_Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, group_name="settings", group_description="How I answer in this server"):
    """`/settings show`, `provider`, `auto-reply`, `name`, `gender`, `prefix`, `developer` and `retention`."""

    def __init__(self, bot: BotBase) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(name="show")
    @needs_manage_server()
    async def show(self, interaction: discord.Interaction[BotBase]) -> None:
        """Show what is in force here, and where each value comes from."""
        location = interaction_location(interaction)
        try:
            settings = await defer_if_slow(interaction, self.bot.services.server_settings.show(location))
        except DatabaseUnavailable as error:
            await respond(interaction, explain(error))
            return
        told = describe_settings(settings)
        if settings[AUTO_REPLY].value == ON and not self.bot.has_message_content:
            told += f"\n\n{cannot_auto_reply()}"
        await respond(interaction, told)

    @app_commands.command(name="provider")
    @app_commands.describe(provider="Who answers", channel="Only in this channel; left out: in the whole server")
    @needs_manage_server()
    async def provider(
        self, interaction: discord.Interaction[BotBase], provider: str, channel: _Channel | None = None
    ) -> None:
        """Choose who answers in the server, or in one channel."""
        known = self.bot.services.server_settings.providers
        if provider not in known and provider != _DEFAULT:
            await respond(interaction, f"I know no such provider here. These are set up: {', '.join(known)}.")
            return
        value = None if provider == _DEFAULT else provider
        if channel is None:
            await change_server(interaction, "provider", value)
        else:
            await change(interaction, "channel", channel.id, "provider", value)

    @provider.autocomplete("provider")
    async def offer_providers(
        self, _interaction: discord.Interaction[BotBase], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the providers that are set up."""
        providers = self.bot.services.server_settings.providers.values()
        offered = {provider.label: provider.name for provider in providers} | {"Back to default": _DEFAULT}
        return [
            app_commands.Choice(name=title, value=value)
            for title, value in offered.items()
            if typed.casefold() in title.casefold()
        ]

    @app_commands.command(name="auto-reply")
    @app_commands.describe(channel="Where; its threads and posts are included", on="Whether I answer every message")
    @needs_manage_server()
    async def auto_reply(self, interaction: discord.Interaction[BotBase], channel: _Channel, on: bool) -> None:
        """Choose whether I answer every message in a channel."""
        if on and not self.bot.has_message_content:
            await respond(interaction, f"{cannot_auto_reply()} Nothing was changed.")
            return
        try:
            await defer_if_slow(interaction, save(interaction, "channel", channel.id, AUTO_REPLY, ON if on else None))
        except DatabaseUnavailable as error:
            await respond(interaction, explain(error))
            return
        await respond(interaction, describe_auto_reply(channel.id, on=on))

    @app_commands.command(name="name")
    @app_commands.describe(value="At most 32 characters; left out: back to default")
    @needs_manage_server()
    async def name(
        self,
        interaction: discord.Interaction[BotBase],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["name"]] | None = None,
    ) -> None:
        """Set the name I go by, and my nickname in this server."""
        await defer(interaction)
        try:
            saved = await save(interaction, "server", cast("int", interaction.guild_id), "name", value)
        except DatabaseUnavailable as error:
            await respond(interaction, explain(error))
            return
        problem = await self._rename(interaction, value)
        await respond(interaction, f"{saved}\n{problem}" if problem else saved)

    async def _rename(self, interaction: discord.Interaction[BotBase], name: str | None) -> str:
        """Set the bot's nickname and return what to say where that failed."""
        guild = interaction.guild
        if guild is None or guild.me is None:
            return "My nickname is unchanged: Discord does not show me this server. The name itself is saved."
        try:
            rename = self.bot.trace.first_response(guild.me.edit(nick=name), lambda _: None, booked=False)
            await self.bot.trace.within(_RENAME_SECONDS, rename)
        except discord.RateLimited as error:
            return (
                "My nickname could not be set now: Discord allows that only so often. Please use this command "
                f"again {later(error.retry_after)}. The name itself is saved."
            )
        except TimeoutError:
            return "My nickname could not be set now: Discord did not answer in time. The name itself is saved."
        except discord.Forbidden:
            return "Discord did not let me change my nickname: I need **Change Nickname**. The name itself is saved."
        except DISCORD_FAILURES as error:
            _log.warning("server %d: nickname not changed: %s", guild.id, type(error).__name__)
            return "Discord did not take that as my nickname here. The name itself is saved."
        return ""

    @app_commands.command(name="gender")
    @app_commands.describe(value="Such as female or male; left out: back to default")
    @needs_manage_server()
    async def gender(
        self,
        interaction: discord.Interaction[BotBase],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["gender"]] | None = None,
    ) -> None:
        """Set the gender I present myself with."""
        await change_server(interaction, "gender", value)

    @app_commands.command(name="prefix")
    @app_commands.describe(value="What text commands begin with, such as ! or bot:; left out: back to default")
    @needs_manage_server()
    async def prefix(
        self,
        interaction: discord.Interaction[BotBase],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["prefix"]] | None = None,
    ) -> None:
        """Set the prefix of text commands."""
        if value is not None and (not value.strip() or any(char.isspace() for char in value)):
            await respond(interaction, "A prefix cannot hold spaces. Nothing was changed.")
            return
        await change_server(interaction, "prefix", value)
        if not self.bot.has_message_content:
            text = "Text commands are off: whoever hosts me has to turn on Discord's message content intent first."
            await respond(interaction, text)

    @app_commands.command(name="developer")
    @app_commands.describe(value="Whom I name as my developer; left out: back to default")
    @needs_manage_server()
    async def developer(
        self,
        interaction: discord.Interaction[BotBase],
        value: app_commands.Range[str, 1, PERSONA_LIMITS["developer"]] | None = None,
    ) -> None:
        """Set whom I name as my developer."""
        await change_server(interaction, "developer", value)

    @app_commands.command(name="retention")
    @app_commands.describe(days="For how many days I keep questions and answers; left out: back to default")
    @needs_manage_server()
    async def retention(
        self, interaction: discord.Interaction[BotBase], days: app_commands.Range[int, *RETENTION_LIMITS] | None = None
    ) -> None:
        """Set for how long I keep this server's questions and answers."""
        server = cast("int", interaction.guild_id)
        try:
            await defer_if_slow(interaction, self.bot.services.server_settings.save_retention(server, days))
        except DatabaseUnavailable as error:
            await respond(interaction, explain(error))
            return
        await respond(interaction, describe_retention(days))


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Settings(bot))
