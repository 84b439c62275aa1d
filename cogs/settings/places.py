"""The commands `/settings channels`, `roles`, `auto-reply` and `threads`: where the bot answers, for whom, and how."""

from collections.abc import Collection, Sequence
from typing import Literal, cast

import discord
from discord import app_commands

from bot.diagnostics.permissions import missing_for_threads, missing_permissions
from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import Refused, respond
from bot.discord.locations import kind_of
from bot.discord.reading.admission import existing_roles
from bot.domain.settings.server_settings import ALL, AUTO_REPLY, CHANNELS, LISTED, ON, ROLES, THREADS
from bot.strings import setting_changes as say
from bot.strings.commands import nothing_changed
from bot.strings.settings import cannot_auto_reply, describe_auto_reply
from cogs.settings.family import Channel, Interaction, SettingsFamily, place_of


class Places(SettingsFamily):
    """`/settings channels`, `roles`, `auto-reply` and `threads`."""

    @app_commands.command(name="channels")
    @app_commands.describe(
        value="In all channels, in listed ones only, or in all except those. Leave empty to keep it",
        channel="A channel to put on the list or to take off it. Leave empty to keep the list",
        on="False: take that channel off the list. Leave empty to put it there",
    )
    @needs_manage_server()
    async def channels(
        self,
        interaction: Interaction,
        value: Literal["all", "only", "except"] | None = None,
        channel: Channel | None = None,
        on: bool | None = None,
    ) -> None:
        """Choose in which channels I answer."""
        if channel is None and on is not None:
            raise Refused(say.channel_is_missing())
        if channel is not None:
            await self._save(interaction, LISTED, None if on is False else ON, channel)
        if value is not None:
            await self._save(interaction, CHANNELS, None if value == ALL else value)
        mode = self._server_settings.reach(place_of(interaction, None)).mode
        listed = self._server_settings.listed(each.id for each in known_channels(interaction, channel))
        await respond(interaction, say.describe_places(mode, list(listed)))

    @app_commands.command(name="roles")
    @app_commands.describe(
        role="The role whose members I answer; @everyone to answer everybody. Leave empty to see which are chosen",
        on="False: no longer answer people with that role. Leave empty to answer them",
    )
    @needs_manage_server()
    async def roles(self, interaction: Interaction, role: discord.Role | None = None, on: bool | None = None) -> None:
        """Choose for whom I answer: people with one of these roles, or everybody if none is chosen."""
        if role is None and on is not None:
            raise Refused(say.role_is_missing())
        if role is not None and role.is_default() and on is False:
            raise Refused(say.role_of_everybody())
        if role is not None:
            async with self._role_changes:  # otherwise one of two roles that are added at once could get lost
                chosen = self._roles_after(interaction, role, taken=on is False)
                await self._save(interaction, ROLES, ",".join(map(str, sorted(chosen))) or None)
        await respond(interaction, say.describe_roles(self._chosen_roles(interaction)))

    @app_commands.command(name="auto-reply")
    @app_commands.describe(channel="The channel, with its threads and posts", on="Whether I answer every message")
    @needs_manage_server()
    async def auto_reply(self, interaction: Interaction, channel: Channel, on: bool) -> None:
        """Choose whether I answer every message in a channel."""
        if on and not self._has_message_content:
            raise Refused(nothing_changed(cannot_auto_reply()))
        await self._save(interaction, AUTO_REPLY, ON if on else None, channel)
        roles = self._chosen_roles(interaction)
        said = describe_auto_reply(channel.id, on=on, roles=roles, lacking=_lacking_for_answers(channel))
        await self._confirm(interaction, said, AUTO_REPLY, channel, is_set=on)

    @app_commands.command(name="threads")
    @app_commands.describe(channel="The channel", on="Whether a thread is started for each answer")
    @needs_manage_server()
    async def threads(self, interaction: Interaction, channel: discord.TextChannel, on: bool) -> None:
        """Choose whether each of my answers in a channel gets a thread."""
        await self._save(interaction, THREADS, ON if on else None, channel)
        lacking = lacking_for_threads(channel) if on else ()
        needs_mention = not self._has_message_content
        said = say.threads_changed(channel.id, on=on, lacking=lacking, needs_mention=needs_mention)
        await self._confirm(interaction, said, THREADS, channel, is_set=on)

    def _roles_after(self, interaction: Interaction, role: discord.Role, *, taken: bool) -> Collection[int]:
        """Return the roles that are chosen once `role` was taken away or added, none for everybody."""
        if role.is_default():
            return ()
        chosen = self._server_settings.reach(place_of(interaction, None)).roles or frozenset()
        if taken:
            # Roles that were deleted stay: without them, the last one's end would open the bot to everybody.
            return chosen - {role.id}
        return {*existing_roles(interaction.guild, chosen), role.id}

    def _chosen_roles(self, interaction: Interaction) -> Sequence[int] | None:
        """Return the chosen roles that the server still has, None if none was ever chosen."""
        roles = self._server_settings.reach(place_of(interaction, None)).roles
        return None if roles is None else existing_roles(interaction.guild, roles)


def known_channels(interaction: Interaction, channel: Channel | None = None) -> Sequence[discord.abc.Snowflake]:
    """Return the channels that the server has, as far as discord.py knows; `channel` is one of them in any case."""
    found: list[discord.abc.Snowflake] = [] if interaction.guild is None else [*interaction.guild.channels]
    if channel is not None and channel.id not in {each.id for each in found}:
        found.append(channel)
    return found


def lacking_for_threads(channel: discord.TextChannel) -> Sequence[str]:
    """Return the permissions that the bot lacks for starting threads in a channel, named as in Discord's menu."""
    granted = _granted(channel)
    return [] if granted is None else [permission.title for permission in missing_for_threads(granted)]


def _lacking_for_answers(channel: Channel) -> Sequence[str]:
    """Return the permissions without which the bot cannot answer in a channel, or in a forum's posts, likewise."""
    granted = _granted(channel)
    kind = "thread" if isinstance(channel, discord.ForumChannel) else kind_of(channel)
    return [] if granted is None else [each.title for each in missing_permissions(kind, granted).essential]


def _granted(channel: Channel) -> int | None:
    """Return the bot's permissions in a channel, None if Discord did not send the bot's own member."""
    me = cast("discord.Member | None", channel.guild.me)
    return None if me is None else channel.permissions_for(me).value
