"""The command `/settings retention`: a time that is shorter than before is set only after one more press."""

from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.command_checks import manages_server, needs_manage_server
from bot.discord.components import button_view
from bot.discord.custom_ids import RETENTION_ID
from bot.discord.interactions import Refused, defer_if_slow, explained, pressed, replace_message, respond
from bot.domain.settings.server_settings import DEFAULT_RETENTION_DAYS, RETENTION_LIMITS
from bot.strings.commands import MANAGE_SERVER, needs_permission
from bot.strings.privacy import ask_to_shorten, confirm_retention, describe_retention, not_your_retention
from cogs.settings.family import SettingsFamily


class Retention(SettingsFamily):
    """`/settings retention`, and its button."""

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
        wanted = DEFAULT_RETENTION_DAYS if days is None else days
        current = await defer_if_slow(interaction, self._server_settings.retention(server))
        if wanted >= current:
            await defer_if_slow(interaction, self._server_settings.save_retention(server, days))
            await respond(interaction, describe_retention(days))
            return
        doomed = await defer_if_slow(interaction, self._privacy.older_than(server, wanted))
        view = _confirm_button(server, interaction.user.id, days)
        await respond(interaction, ask_to_shorten(current, wanted, doomed), view=view)

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Set the shorter time when the person who asked for it presses the button, if they still may."""
        button = pressed(interaction, RETENTION_ID)
        if button is None:
            return
        server, days = int(button["server"]), int(button["days"]) or None
        if (interaction.guild_id, interaction.user.id) != (server, int(button["person"])):
            raise Refused(not_your_retention())
        if not manages_server(interaction):
            raise Refused(needs_permission(MANAGE_SERVER))
        await defer_if_slow(interaction, self._server_settings.save_retention(server, days))
        await replace_message(interaction, describe_retention(days))


def _confirm_button(server: int, person: int, days: int | None) -> discord.ui.View:
    """Return the button that sets a shorter time; 0 days in its id stand for the default."""
    button: discord.ui.Button[Any] = discord.ui.Button(
        label=confirm_retention(DEFAULT_RETENTION_DAYS if days is None else days),
        style=discord.ButtonStyle.danger,
        custom_id=f"retention:{server}:{person}:{days or 0}",
    )
    return button_view([button])
