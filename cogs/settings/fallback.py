"""The command `/settings fallback`: who answers in the server if the chatbot that should is out."""

from collections.abc import Sequence

from discord import app_commands

from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import Refused, respond
from bot.domain.provider import Choice
from bot.domain.settings.choices import match_list, suggest_lists
from bot.domain.settings.server_settings import FALLBACK
from bot.strings.admins import fallback as say
from bot.strings.setting_changes import unclear_choice
from cogs.settings.family import Interaction, SettingsFamily, choices_of, offered

Names = app_commands.Range[str, 1, 200]


class Fallback(SettingsFamily):
    """`/settings fallback`."""

    @app_commands.command(name="fallback")
    @app_commands.describe(value="Chatbots in the order to try them, separated by commas. Leave empty for none")
    @needs_manage_server()
    async def fallback(self, interaction: Interaction, value: Names | None = None) -> None:
        """Choose which chatbots answer if the usual one can't."""
        available = await self._available(interaction)
        chosen = _read(value or "", choices_of(available.values()))
        await self._save(interaction, FALLBACK, ",".join(choice.value for choice in chosen) or None)
        said = say.fallback_changed([choice.title for choice in chosen])
        if len(chosen) == 1 and (await self._provider_in(interaction)).name == chosen[0].value:
            said += f"\n{say.answers_here_anyway(chosen[0].title)}"
        await respond(interaction, said)

    @fallback.autocomplete("value")
    async def suggest_fallbacks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest lists that go on from what was typed."""
        return offered(suggest_lists(typed, choices_of((await self._suggestable(interaction)).values())))


def _read(typed: str, choices: Sequence[Choice]) -> list[Choice]:
    """Return the chatbots that somebody named; raises `Refused` for one that is not clear, or there twice."""
    chosen: list[Choice] = []
    for name, meant in match_list(typed, choices):
        if not meant:
            raise Refused(say.no_such_fallback(name, [choice.title for choice in choices]))
        if len(meant) > 1:
            raise Refused(unclear_choice("provider", [choice.title for choice in meant]))
        if meant[0] in chosen:
            raise Refused(say.named_twice(meant[0].title))
        chosen.append(meant[0])
    return chosen
