"""The command `/settings show`: what is in force in a channel, where it was set, and what has no effect there."""

import discord
from discord import app_commands

from bot.conversation.answer_config import Overview
from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import defer_if_slow
from bot.discord.locations import interaction_location
from bot.discord.paged_reply import respond_in_pages
from bot.discord.reading.admission import existing_roles
from bot.domain.fair_use.limits import LIMIT_ROLES, read_role_limits
from bot.domain.settings.idle_settings import Circumstances, find_idle
from bot.domain.settings.server_settings import CHANNELS, ROLES
from bot.strings.admins.limits import describe_role_limits
from bot.strings.markup import list_channels, list_roles
from bot.strings.settings import describe_idle, describe_settings
from cogs.settings.family import Interaction, SettingsFamily
from cogs.settings.places import known_channels, lacking_for_threads


class Show(SettingsFamily):
    """`/settings show`."""

    @app_commands.command(name="show")
    @needs_manage_server()
    async def show(self, interaction: Interaction) -> None:
        """Show the settings for this channel and where each was set."""
        overview = await defer_if_slow(interaction, self._server_settings.overview(interaction_location(interaction)))
        await respond_in_pages(interaction, self._describe(interaction, overview).splitlines())

    def _describe(self, interaction: Interaction, overview: Overview) -> str:
        reach = self._server_settings.reach(interaction_location(interaction))
        listed = list(self._server_settings.listed(each.id for each in known_channels(interaction)))
        roles = existing_roles(interaction.guild, reach.roles or frozenset())
        limits = read_role_limits(overview.settings[LIMIT_ROLES].value or "")
        limited = {role: limits[role] for role in existing_roles(interaction.guild, limits.keys())}
        named = {
            CHANNELS: list_channels(listed),
            ROLES: list_roles(roles),
            LIMIT_ROLES: describe_role_limits(limited),
        }
        parent = interaction.channel.parent if isinstance(interaction.channel, discord.Thread) else interaction.channel
        lacking = lacking_for_threads(parent) if isinstance(parent, discord.TextChannel) else ()
        circumstances = Circumstances(
            overview.chosen_provider,
            overview.answering,
            overview.available.providers,
            reach,
            has_message_content=self._has_message_content,
            is_thread=isinstance(interaction.channel, discord.Thread),
            may_start_threads=not lacking,
            lists_channels=bool(listed),
            has_roles=bool(roles),
        )
        text = describe_settings(overview.settings, named)
        idle = find_idle(overview.settings, circumstances)
        return f"{text}\n\n{describe_idle(idle, circumstances, lacking)}" if idle else text
