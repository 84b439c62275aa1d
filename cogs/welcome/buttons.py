"""The buttons below a server's welcome, its form, and the private cards; they work after a restart too."""

import asyncio
from typing import Any, Protocol, cast

import discord
from discord.ext import commands

from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import manages_server
from bot.discord.custom_ids import WELCOME_FORM_ID, WELCOME_ID
from bot.discord.interactions import (
    Refused,
    acknowledge,
    chosen_values,
    defer_if_slow,
    entered,
    explained,
    pressed,
    replace_message,
    respond,
    submitted_form,
)
from bot.discord.locations import interaction_location
from bot.discord.setting_changes import save_setting
from bot.discord.welcome.cards import (
    MAX_CHOICES,
    QUESTION_FIELD,
    channels_card,
    done_button,
    provider_card,
    question_form,
)
from bot.discord.welcome.shown import ShownWelcomes
from bot.domain.errors import DatabaseUnavailable, NoChatbot
from bot.domain.settings.server_settings import CHANNELS, LISTED, ON, ONLY
from bot.domain.stores import AnswerStore
from bot.services import Services
from bot.strings import welcome as say
from bot.strings.buttons import unknown_button
from bot.strings.commands import MANAGE_SERVER, needs_permission, provider_changed
from bot.strings.setting_changes import answers_where, no_such_choice


class Reports(Protocol):
    """What `/doctor` belongs to."""

    async def report(self, interaction: discord.Interaction[Any]) -> str:
        """Return the report about the interaction's channel."""
        ...


class WelcomeButtons(commands.Cog):
    """Everything that a welcome leads to. "Try it" is for everybody, the rest for people with Manage Server."""

    def __init__(
        self,
        bot: Switchboard,
        shown: ShownWelcomes,
        settings: ServerSettings,
        answers: AnswerStore,
    ) -> None:
        self._bot = bot
        self._shown = shown
        self._settings = settings
        self._answers = answers
        self._choosing = asyncio.Lock()

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a button or menu is for, or ask what was entered in the form."""
        form = WELCOME_FORM_ID.fullmatch(submitted_form(interaction))
        control = form or pressed(interaction, WELCOME_ID)
        if control is None:
            return
        server = int(control["server"])
        if interaction.guild_id != server:
            raise Refused(unknown_button())
        if form is not None:
            await self._ask(interaction, server)
        elif self._bot.seen.first_time(interaction.id):
            await self._act(interaction, control["action"], server)

    @commands.Cog.listener()
    async def on_server_set_up(self, server: int) -> None:
        """Note that somebody gave the server a chatbot of its own; `/setup` sends this event."""
        await self._shown.note(server, "chosen")

    async def _act(self, interaction: discord.Interaction[Any], action: str, server: int) -> None:
        if action == "try":
            self._bot.admission.check(interaction)
            await acknowledge(interaction, interaction.response.send_modal(question_form(server)))
            return
        if not manages_server(interaction):
            raise Refused(needs_permission(MANAGE_SERVER))
        match action:
            case "who":
                await self._offer_providers(interaction, server)
            case "provider":
                await self._set_provider(interaction, server)
            case "where":
                listed, mode = self._places(interaction)
                chosen = listed if mode == ONLY else ()  # those that are excepted are none to answer in
                said = say.choose_where(mode, listed, max_shown=MAX_CHOICES)
                await respond(interaction, said, view=channels_card(server, chosen))
            case "channels" | "everywhere":
                await self._set_channels(interaction, server)
            case "check":
                doctor = cast("Reports", self._bot.get_cog("Doctor"))
                report = await defer_if_slow(interaction, doctor.report(interaction))
                await respond(interaction, report, view=done_button(server))
            case _:
                is_gone = await defer_if_slow(interaction, self._shown.dismiss(server))
                await respond(interaction, say.welcome_deleted() if is_gone else say.welcome_stays())

    async def _ask(self, interaction: discord.Interaction[Any], server: int) -> None:
        """Ask what was entered, as `/ask` does; a first answer is one of the two things that a welcome is for."""
        await self._bot.questions.ask_entered(interaction, entered(interaction, QUESTION_FIELD) or say.SAMPLE_QUESTION)
        try:
            answer = await self._answers.answer_to(interaction.id)
        except DatabaseUnavailable:
            return  # the welcome stays for a week
        if answer is not None and answer.shown:
            await self._shown.note(server, "tried")

    async def _offer_providers(self, interaction: discord.Interaction[Any], server: int) -> None:
        overview = await defer_if_slow(interaction, self._settings.overview(interaction_location(interaction)))
        if overview.answering is None:
            raise NoChatbot(in_server=True, can_bring=self._settings.chatbots.can_bring)
        labels = {name: provider.label for name, provider in overview.available.providers.items()}
        card = provider_card(server, labels, overview.answering.name)
        await respond(interaction, say.choose_who_answers(), view=card)

    async def _set_provider(self, interaction: discord.Interaction[Any], server: int) -> None:
        chosen = next(iter(chosen_values(interaction)), "")
        looking = self._settings.available(interaction_location(interaction))
        providers = (await defer_if_slow(interaction, looking)).providers
        provider = providers.get(chosen)
        if provider is None:
            raise Refused(no_such_choice("provider", [known.label for known in providers.values()]))
        await save_setting(interaction, self._settings, "provider", provider.name)
        await replace_message(interaction, provider_changed(provider.label, None), done_button(server))
        await self._shown.note(server, "chosen")

    async def _set_channels(self, interaction: discord.Interaction[Any], server: int) -> None:
        known = _channel_ids(interaction)
        named = chosen_values(interaction)
        chosen = [channel for channel in map(int, named) if channel in known]
        if named and not chosen:
            raise Refused(say.channels_gone())  # no choice means everywhere
        listed, mode = self._places(interaction)
        if chosen and mode == ONLY:
            chosen += [channel for channel in listed[MAX_CHOICES:] if channel not in chosen]  # the menu had no room
        await defer_if_slow(interaction, self._save_channels(server, chosen, known))
        listed, mode = self._places(interaction)
        await replace_message(interaction, answers_where(mode, listed), done_button(server))
        await self._shown.note(server, "chosen")

    async def _save_channels(self, server: int, chosen: list[int], known: list[int]) -> None:
        """Have the bot answer in the `chosen` channels only, or everywhere if there are none."""
        async with self._choosing:  # otherwise what two admins choose at once would be mixed
            before = set(self._settings.listed(known))
            for channel in chosen:
                if channel not in before:
                    await self._settings.save("channel", server, channel, LISTED, ON)
            await self._settings.save("server", server, server, CHANNELS, ONLY if chosen else None)
            for channel in before.difference(chosen):
                await self._settings.save("channel", server, channel, LISTED, None)

    def _places(self, interaction: discord.Interaction[Any]) -> tuple[list[int], str]:
        """Return which of the server's channels are listed, and what that means."""
        mode = self._settings.reach(interaction_location(interaction)).mode
        return list(self._settings.listed(_channel_ids(interaction))), mode


def _channel_ids(interaction: discord.Interaction[Any]) -> list[int]:
    return [channel.id for channel in interaction.guild.channels] if interaction.guild is not None else []


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    shown = ShownWelcomes(bot, services.welcomes, services.settings)
    await bot.add_cog(WelcomeButtons(bot, shown, services.settings, services.answers))
