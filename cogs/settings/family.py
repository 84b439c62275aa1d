"""What the families of `/settings` commands share: who answers where, how a setting is saved, what was meant."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.setting_changes import save_setting
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Choice, Provider
from bot.domain.question import Location
from bot.domain.runtime.timing import SUGGEST_WITHIN
from bot.domain.settings.choices import match_choices, suggest_choices
from bot.privacy.service import PrivacyService
from bot.strings.setting_changes import no_effect_there, no_such_choice, this_channel_keeps_its_own, unclear_choice

Interaction = discord.Interaction[Any]
"""What a command is called with."""

Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel
"""The channels that have settings. Threads and posts have those of their channel, so Discord offers none."""

_MAX_SUGGESTIONS = 25
_MAX_TITLE_CHARS = 100
"""Discord's limits (documentation, "Application Commands")."""


class SettingsFamily(commands.Cog):
    """The base of each family of commands; `Settings` puts them together."""

    def __init__(
        self,
        server_settings: ServerSettings,
        privacy: PrivacyService,
        trace: RateLimitTrace,
        *,
        has_message_content: bool,
    ) -> None:
        super().__init__()
        self._server_settings = server_settings
        self._privacy = privacy
        self._trace = trace
        self._has_message_content = has_message_content
        self._role_changes = asyncio.Lock()

    async def _save(
        self, interaction: Interaction, name: str, value: str | None, channel: Channel | None = None
    ) -> None:
        """Store a setting of the interaction's server, or of one channel in it; raises `DatabaseUnavailable`."""
        await save_setting(interaction, self._server_settings, name, value, channel_id(channel))

    async def _confirm(
        self,
        interaction: Interaction,
        said: str,
        name: str,
        channel: discord.abc.Snowflake | None,
        *,
        is_set: bool = True,
    ) -> None:
        """Say what a change of a setting did, and warn if it has no effect in the channel that it is about."""
        if channel is not None and is_set and not self._server_settings.reach(place_of(interaction, channel)).here:
            said += f"\n{no_effect_there(channel.id)}"
        elif channel is None and await self._is_set_here(interaction, name):
            said += f"\n{this_channel_keeps_its_own()}"
        await respond(interaction, said)

    async def _is_set_here(self, interaction: Interaction, name: str) -> bool:
        """Return whether the interaction's channel has a value of its own, as far as the database says so."""
        try:
            overview = await defer_if_slow(interaction, self._server_settings.overview(place_of(interaction, None)))
        except DatabaseUnavailable:
            return False
        return overview.settings[name].source == "channel"

    async def _provider_in(self, interaction: Interaction, channel: Channel | None = None) -> Provider:
        """Return who answers in a channel, the interaction's if none is given; raises `DatabaseUnavailable`."""
        config = self._server_settings.answer_config(place_of(interaction, channel))
        return (await defer_if_slow(interaction, config)).provider

    async def _available(self, interaction: Interaction) -> Mapping[str, Provider]:
        """Return who can be asked in the interaction's server, by name; raises `DatabaseUnavailable`."""
        looking = self._server_settings.available(place_of(interaction, None))
        return (await defer_if_slow(interaction, looking)).providers

    async def _suggestable(self, interaction: Interaction) -> Mapping[str, Provider]:
        """Return the same while somebody types, who is told nothing: none if the database does not say so in time."""
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                return (await self._server_settings.available(place_of(interaction, None))).providers
        except (DatabaseUnavailable, TimeoutError):
            return {}


def choices_of(providers: Iterable[Provider]) -> list[Choice]:
    """Return providers to choose among."""
    return [Choice(provider.name, provider.label) for provider in providers]


def place_of(interaction: Interaction, channel: discord.abc.Snowflake | None) -> Location:
    """Return where the settings of a channel apply, of the interaction's own if none is given."""
    here = interaction_location(interaction)
    return here if channel is None else replace(here, channel=channel.id, settings_channel=channel.id)


def choose(typed: str, choices: Sequence[Choice], what: str, *, offered: Sequence[Choice] | None = None) -> Choice:
    """Return the one choice that somebody means; raises `Refused`, which lists what is `offered`, if that is not clear.

    `what` they are is said then, such as "story".
    """
    meant = match_choices(typed, choices)
    if not meant:
        known = choices if offered is None else offered
        raise Refused(no_such_choice(what, [choice.title for choice in known]))
    if len(meant) > 1:
        raise Refused(unclear_choice(what, [choice.title for choice in meant]))
    return meant[0]


def suggestions(typed: str, choices: Sequence[Choice]) -> list[app_commands.Choice[str]]:
    """Return what Discord offers for what was typed."""
    return offered(suggest_choices(typed, choices))


def offered(choices: Sequence[Choice]) -> list[app_commands.Choice[str]]:
    """Return `choices` as Discord takes them."""
    return [
        app_commands.Choice(name=choice.title[:_MAX_TITLE_CHARS].strip() or choice.value, value=choice.value)
        for choice in choices
    ][:_MAX_SUGGESTIONS]


def channel_id(channel: Channel | None) -> int | None:
    """Return a channel's id, None for the whole server."""
    return None if channel is None else channel.id


def blank_to_none(value: str | None) -> str | None:
    """Return what was entered, None if that is nothing but white space."""
    return value.strip() or None if value is not None else None
