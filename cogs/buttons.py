"""The buttons under answers: its controls, and the choices that it offers; they work after a restart too."""

from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.answering.answer_actions import AnswerActions
from bot.answering.stored_buttons import find_button
from bot.discord.canvases.opening import Canvases
from bot.discord.client import Switchboard
from bot.discord.components import CONTROL_ID, REPLY_ID, ask_button, button_view
from bot.discord.interactions import Refused, explained, look_up, pressed
from bot.discord.locations import interaction_location
from bot.discord.questions import InteractionQuestions
from bot.discord.recent_events import SeenEvents
from bot.domain.answer import Answer
from bot.domain.provider import Provider
from bot.domain.question import Location
from bot.domain.stores import AnswerStore
from bot.services import Services
from bot.strings.buttons import (
    already_finished,
    asking_instead,
    choose_provider,
    no_other_provider,
    not_your_answer,
    unknown_button,
)


class AnswerButtons(commands.Cog):
    """Any control of any answer, recognised by its custom id alone."""

    def __init__(
        self,
        answer_actions: AnswerActions,
        providers: Mapping[str, Provider],
        canvases: Canvases,
        questions: InteractionQuestions,
        seen: SeenEvents,
    ) -> None:
        self._answer_actions = answer_actions
        self._providers = providers
        self._canvases = canvases
        self._questions = questions
        self._seen = seen

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a control is for."""
        control = pressed(interaction, CONTROL_ID)
        if control is None or not self._seen.first_time(interaction.id):
            return
        answer, what = control["answer"], control["what"] or ""
        match control["action"]:
            case "stop":
                await self._stop(interaction, answer)
            case "retry":
                await self._retry(interaction, answer)
            case "others":
                await self._offer_others(interaction, answer)
            case "ask":
                await self._ask_other(interaction, answer, what)
            case "show":
                await self._show_version(interaction, answer, what)

    async def _stop(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        active_run = self._answer_actions.running(answer_id)
        if active_run is None:
            if await look_up(self._answer_actions.is_elsewhere(answer_id)):
                return
            raise Refused(already_finished())
        _check_control(interaction, active_run.question.asker, active_run.question.location)
        await interaction.response.defer()
        self._answer_actions.stop(active_run)

    async def _retry(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        answer = await self._find(interaction, answer_id)
        if interaction_location(interaction).is_user_install:
            await self._ask_below(interaction, answer, None)
        else:
            await interaction.response.defer()
            await self._answer_actions.retry(answer, None, self._canvases.saved(answer, interaction))

    async def _offer_others(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        answer = await self._find(interaction, answer_id)
        shown = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
        buttons = [
            ask_button(answer.id, name, provider.label)
            for name, provider in self._providers.items()
            if shown is None or name != shown.provider
        ]
        if not buttons:
            raise Refused(no_other_provider())
        await interaction.response.send_message(choose_provider(), view=button_view(buttons), ephemeral=True)

    async def _ask_other(self, interaction: discord.Interaction[Any], answer_id: str, name: str) -> None:
        answer = await self._find(interaction, answer_id)
        if interaction_location(interaction).is_user_install:
            await self._ask_below(interaction, answer, name)
            return
        provider = self._providers.get(name)
        label = provider.label if provider is not None else name
        await interaction.response.edit_message(content=asking_instead(label), view=None)
        await self._answer_actions.retry(answer, name, self._canvases.saved(answer, interaction))

    async def _show_version(self, interaction: discord.Interaction[Any], answer_id: str, number: str) -> None:
        answer = await self._find(interaction, answer_id)
        if number.isdecimal():
            await interaction.response.defer()
            canvas = self._canvases.saved(answer, interaction)
            await self._answer_actions.show_version(answer, int(number), canvas)

    async def _ask_below(self, interaction: discord.Interaction[Any], answer: Answer, provider: str | None) -> None:
        """Answer as the response to the press: if the bot is no member, it cannot edit what it wrote."""
        question = await look_up(self._answer_actions.question(answer, provider))
        await self._questions.ask_again(interaction, question)

    async def _find(self, interaction: discord.Interaction[Any], answer_id: str) -> Answer:
        """Return the answer; raises `Refused` if the caller may not control it."""
        answer = await look_up(self._answer_actions.find(answer_id))
        _check_control(interaction, answer.asker, answer.location)
        return answer


class ReplyButtons(commands.Cog):
    """Any button that an answer offered, recognised by its custom id alone."""

    def __init__(self, answer_store: AnswerStore, questions: InteractionQuestions) -> None:
        self._answer_store = answer_store
        self._questions = questions

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Ask the button's question in the name of the person who pressed it."""
        reply = pressed(interaction, REPLY_ID)
        if reply is None:
            return
        shown_in = interaction.message.id if interaction.message is not None else 0
        found = await look_up(find_button(self._answer_store, reply["token"], shown_in))
        if found is None:
            raise Refused(unknown_button())
        jumps = found.button.action == "jump"
        await self._questions.ask(
            interaction,
            found.button.title if jumps else found.button.value,
            provider=found.provider,
            jump=found.button.value if jumps else None,
        )


def _check_control(interaction: discord.Interaction[Any], asker: int, location: Location) -> None:
    """Raise `Refused` unless the caller asked the question, or manages messages in the channel of the answer itself."""
    here = interaction.guild_id is not None and interaction.channel_id == location.channel
    if interaction.user.id != asker and not (here and interaction.permissions.manage_messages):
        raise Refused(not_your_answer())


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cogs."""
    providers = services.settings.providers
    await bot.add_cog(AnswerButtons(services.actions, providers, bot.canvases, bot.questions, bot.seen))
    await bot.add_cog(ReplyButtons(services.answers, bot.questions))
