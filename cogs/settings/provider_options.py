"""The commands `/settings model`, `temperature`, `system-prompt` and `story`: the options of a provider."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from discord import app_commands

from bot.discord.command_checks import manages_server, needs_manage_server
from bot.discord.interactions import MAX_OPTION_CHARS, Refused, defer_if_slow
from bot.domain.errors import AnswerError
from bot.domain.provider import Choice, OffersChoices, Option, Provider, find_option
from bot.domain.runtime.timing import SUGGEST_WITHIN
from bot.domain.settings.choices import match_choices
from bot.domain.settings.server_settings import (
    MODEL,
    STORY,
    SYSTEM_PROMPT,
    TEMPERATURE,
    TEMPERATURE_LIMITS,
    option_setting,
)
from bot.strings import setting_changes as say
from bot.strings.commands import ONLY_IN_CHANNEL, WHICH_PROVIDER, not_a_story
from cogs.settings.family import (
    Channel,
    Interaction,
    SettingsFamily,
    blank_to_none,
    channel_id,
    choices_of,
    choose,
    suggestions,
)

_log = logging.getLogger(__name__)


class ProviderOptions(SettingsFamily):
    """`/settings model`, `temperature`, `system-prompt` and `story`."""

    @app_commands.command(name="model")
    @app_commands.describe(
        value="A model's name as the chatbot's own settings have it, such as gpt-4o. Leave empty to reset",
        provider=WHICH_PROVIDER,
    )
    @needs_manage_server()
    async def model(
        self,
        interaction: Interaction,
        value: app_commands.Range[str, 1, 100] | None = None,
        provider: str | None = None,
    ) -> None:
        """Choose the model that answers in this server."""
        await self._set_option(interaction, MODEL, blank_to_none(value), provider)

    @app_commands.command(name="temperature")
    @app_commands.describe(value="0 = most consistent, 1 = most varied. Leave empty to reset", provider=WHICH_PROVIDER)
    @needs_manage_server()
    async def temperature(
        self,
        interaction: Interaction,
        value: app_commands.Range[float, *TEMPERATURE_LIMITS] | None = None,
        provider: str | None = None,
    ) -> None:
        """Choose how much answers vary in this server."""
        await self._set_option(interaction, TEMPERATURE, None if value is None else f"{value:g}", provider)

    @app_commands.command(name="system-prompt")
    @app_commands.describe(
        value="Replaces the chatbot's own system prompt. Leave empty to reset",
        provider=WHICH_PROVIDER,
        channel=ONLY_IN_CHANNEL,
    )
    @needs_manage_server()
    async def system_prompt(
        self,
        interaction: Interaction,
        value: app_commands.Range[str, 1, MAX_OPTION_CHARS] | None = None,
        provider: str | None = None,
        channel: Channel | None = None,
    ) -> None:
        """Give the chatbot another system prompt, in this server or in one channel."""
        await self._set_option(interaction, SYSTEM_PROMPT, blank_to_none(value), provider, channel)

    @app_commands.command(name="story")
    @app_commands.describe(
        value="A story: type part of its name, or its ID. Leave empty to reset",
        provider=WHICH_PROVIDER,
    )
    @needs_manage_server()
    async def story(self, interaction: Interaction, value: str | None = None, provider: str | None = None) -> None:
        """Choose the story that answers in this server."""
        await self._set_option(interaction, STORY, blank_to_none(value), provider)

    @model.autocomplete("provider")
    @temperature.autocomplete("provider")
    @system_prompt.autocomplete("provider")
    @story.autocomplete("provider")
    async def suggest_providers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest the providers that have the option."""
        option = interaction.command.name if interaction.command is not None else ""
        return suggestions(typed, choices_of(_having(option, await self._suggestable(interaction))))

    @story.autocomplete("value")
    async def suggest_stories(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest the stories whose name holds what was typed."""
        if not manages_server(interaction):
            return []
        # The provider may be typed in part, or not yet: then the first with stories is meant.
        having = _having(STORY, await self._suggestable(interaction))
        named = match_choices(str(getattr(interaction.namespace, "provider", None) or ""), choices_of(having))
        providers = [each for each in having if each.name in {choice.value for choice in named}] or having
        return suggestions(typed, await _choices(providers[0], find_option(providers[0], STORY)) if providers else ())

    async def _set_option(
        self,
        interaction: Interaction,
        name: str,
        value: str | None,
        provider: str | None,
        channel: Channel | None = None,
    ) -> None:
        """Set an option, None for its default, of `provider`, or of the one that answers there."""
        answering, available = await self._provider_in(interaction, channel), await self._available(interaction)
        chosen = answering
        if provider is not None:
            chosen = available[choose(provider, choices_of(available.values()), "provider").value]
        option = find_option(chosen, name)
        if option is None:
            having = [each.label for each in _having(name, available)]
            raise Refused(say.no_such_option(chosen.label, name, having))
        if value is not None and not option.accepts(value):
            value = await defer_if_slow(interaction, _meant(chosen, option, value))
        await self._save(interaction, option_setting(chosen.name, name), value, channel)
        told = say.option_changed(chosen.label, name, value, channel_id(channel))
        if value is not None and chosen.name != answering.name:
            told += f"\n{say.other_answers(chosen.label, answering.label, chosen.name, channel_id(channel))}"
        await self._confirm(interaction, told, option_setting(chosen.name, name), channel, is_set=value is not None)


def _having(option: str, available: Mapping[str, Provider]) -> Sequence[Provider]:
    return [each for each in available.values() if find_option(each, option) is not None]


async def _meant(provider: Provider, option: Option, typed: str) -> str:
    """Return the value that somebody means who typed its title; raises `Refused`."""
    if option.limits is not None:
        raise Refused(say.out_of_limits(provider.label, option.name, option.limits))
    if choices := await _choices(provider, option):
        return choose(typed, choices, say.option_title(option.name)).value
    raise Refused(not_a_story() if option.name == STORY else say.not_taken(provider.label, option.name))


async def _choices(provider: Provider, option: Option | None) -> Sequence[Choice]:
    """Return what the provider offers for an option; nothing if it does not say so in time."""
    if option is None or not isinstance(provider, OffersChoices):
        return ()
    try:
        async with asyncio.timeout(SUGGEST_WITHIN):
            return [choice for choice in await provider.choices(option.name) if option.accepts(choice.value)]
    except (AnswerError, TimeoutError) as error:
        _log.warning("the choices cannot be offered: %s", error if str(error) else "no answer in time")
        return ()
