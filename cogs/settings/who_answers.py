"""The command `/settings provider`: who answers in the server or in a channel."""

from discord import app_commands

from bot.discord.command_checks import needs_manage_server
from bot.domain.provider import Choice
from bot.strings.commands import BACK_TO_DEFAULT, DEFAULT_PROVIDER, ONLY_IN_CHANNEL, provider_changed
from cogs.settings.family import Channel, Interaction, SettingsFamily, channel_id, choices_of, choose, suggestions

_DEFAULT = Choice(BACK_TO_DEFAULT, DEFAULT_PROVIDER)
"""The choice that resets the provider; no provider has this name."""


class WhoAnswers(SettingsFamily):
    """`/settings provider`."""

    @app_commands.command(name="provider")
    @app_commands.describe(provider="Who answers", channel=ONLY_IN_CHANNEL)
    @needs_manage_server()
    async def provider(self, interaction: Interaction, provider: str, channel: Channel | None = None) -> None:
        """Choose which chatbot answers in this server or in one channel."""
        offered = choices_of((await self._available(interaction)).values())
        chosen = choose(provider, [*offered, _DEFAULT], "provider", offered=offered or [_DEFAULT])
        value, label = (None, None) if chosen is _DEFAULT else (chosen.value, chosen.title)
        await self._save(interaction, "provider", value, channel)
        said = provider_changed(label, channel_id(channel))
        await self._confirm(interaction, said, "provider", channel, is_set=value is not None)

    @provider.autocomplete("provider")
    async def suggest_who_answers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest the providers that are set up."""
        return suggestions(typed, [*choices_of((await self._suggestable(interaction)).values()), _DEFAULT])
