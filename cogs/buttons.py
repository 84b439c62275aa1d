"""The buttons under answers: its controls, and the choices that it offers; they work after a restart too."""

from functools import partial
from typing import Any

import discord
from discord.ext import commands

from bot.answering.answer_actions import AnswerActions
from bot.answering.stored_buttons import find_button
from bot.answering.suggestions import Suggestions
from bot.conversation.server_settings import ServerSettings
from bot.discord.canvases.opening import Canvases
from bot.discord.client import Switchboard
from bot.discord.components import ask_button, button_view
from bot.discord.custom_ids import CONTROL_ID, KNOWN_IDS, REPLY_ID, RUN_NUMBER
from bot.discord.interactions import (
    Refused,
    acknowledge,
    explained,
    is_private,
    is_stray,
    look_up,
    pressed,
    pressed_label,
    replace_message,
    respond,
)
from bot.discord.locations import interaction_location, is_at
from bot.discord.questions import InteractionQuestions
from bot.discord.reading.admission import Admission, requester_of
from bot.discord.recent_events import SeenEvents
from bot.domain.answer import Answer
from bot.domain.question import Caption, Location
from bot.domain.stores import AnswerStore
from bot.services import Services
from bot.strings.buttons import (
    already_finished,
    asking_instead,
    cannot_stop,
    choose_provider,
    no_other_provider,
    not_your_answer,
    unknown_button,
)

_ASKING = {"retry", "others", "ask"}
"""The actions that ask a question, or lead to that."""


class AnswerButtons(commands.Cog):
    """Any control of any answer, recognised by its custom id alone."""

    def __init__(
        self,
        answer_actions: AnswerActions,
        server_settings: ServerSettings,
        canvases: Canvases,
        questions: InteractionQuestions,
        seen: SeenEvents,
        admission: Admission,
    ) -> None:
        self._answer_actions = answer_actions
        self._server_settings = server_settings
        self._canvases = canvases
        self._questions = questions
        self._seen = seen
        self._admission = admission

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a control is for."""
        control = pressed(interaction, CONTROL_ID)
        if control is None or not self._seen.first_time(interaction.id):
            return
        answer, what = control["answer"], control["what"] or ""
        if control["action"] in _ASKING:
            self._admission.check(interaction)
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
            case _:
                raise Refused(unknown_button())

    async def _stop(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        active_run = self._answer_actions.running(answer_id)
        if active_run is None:
            await self._stop_elsewhere(interaction, answer_id)
            return
        _check_control(interaction, active_run.question.asker, active_run.question.location)
        await acknowledge(interaction, interaction.response.defer())
        self._answer_actions.stop(active_run)

    async def _stop_elsewhere(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        """Stop an answer that another process writes, unless that one hears of the press itself."""
        elsewhere = self._answer_actions.elsewhere
        answer = await look_up(elsewhere.running(answer_id))
        if answer is None:
            raise Refused(already_finished())
        if elsewhere.is_heard(answer):
            return
        _check_control(interaction, answer.asker, answer.location)
        if not elsewhere.can_stop:
            raise Refused(cannot_stop())
        await acknowledge(interaction, interaction.response.defer())
        await elsewhere.stop(answer)

    async def _retry(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        answer = await self._find(interaction, answer_id)
        # What is private, or in a place that the bot is no member of, it cannot edit: it answers below.
        if interaction_location(interaction).is_user_install or is_private(interaction):
            question = await look_up(self._answer_actions.question(answer, None))
            await self._questions.ask_again(interaction, question)
        else:
            await acknowledge(interaction, interaction.response.defer())
            await self._ask_in_place(interaction, answer, None)

    async def _offer_others(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        answer = await self._find(interaction, answer_id)
        shown = answer.current_run
        available = await look_up(self._server_settings.available(answer.location))
        buttons = [
            ask_button(answer.id, name, provider.label)
            for name, provider in available.providers.items()
            if shown is None or name != shown.provider
        ]
        if not buttons:
            raise Refused(no_other_provider())
        await respond(interaction, choose_provider(), view=button_view(buttons))

    async def _ask_other(self, interaction: discord.Interaction[Any], answer_id: str, name: str) -> None:
        answer = await self._find(interaction, answer_id)
        if not is_private(interaction):
            raise Refused(unknown_button())  # these buttons are shown to their presser alone
        config = await look_up(self._server_settings.answer_config(answer.location, name))
        question = await look_up(self._answer_actions.question(answer, name))
        if interaction_location(interaction).is_user_install or question.location.is_private:
            await self._questions.ask_again(interaction, question)
            return
        await replace_message(interaction, asking_instead(config.provider.label))
        await self._ask_in_place(interaction, answer, name)

    async def _ask_in_place(self, interaction: discord.Interaction[Any], answer: Answer, provider: str | None) -> None:
        """Ask again, and show the new version where the answer is."""
        canvas = self._canvases.saved(answer, interaction)
        await self._answer_actions.retry(answer, provider, canvas, requester_of(interaction.user))

    async def _show_version(self, interaction: discord.Interaction[Any], answer_id: str, number: str) -> None:
        if not RUN_NUMBER.fullmatch(number):
            raise Refused(unknown_button())
        answer = await self._find(interaction, answer_id)
        await acknowledge(interaction, interaction.response.defer())
        await self._answer_actions.show_version(answer, int(number), self._canvases.saved(answer, interaction))

    async def _find(self, interaction: discord.Interaction[Any], answer_id: str) -> Answer:
        """Return the answer; raises `Refused` if the caller may not control it."""
        answer = await look_up(self._answer_actions.find(answer_id))
        _check_control(interaction, answer.asker, answer.location)
        return answer


class ReplyButtons(commands.Cog):
    """Any button that an answer or the help offered, recognised by its custom id."""

    def __init__(self, answer_store: AnswerStore, suggestions: Suggestions, questions: InteractionQuestions) -> None:
        self._answer_store = answer_store
        self._suggestions = suggestions
        self._questions = questions

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Ask the button's question in the name of the person who pressed it."""
        reply = pressed(interaction, REPLY_ID)
        if reply is None:
            return
        shown_in = interaction.message.id if interaction.message is not None else 0
        token, is_here = reply["token"], partial(is_at, interaction)
        found = await look_up(
            self._suggestions.find(token, pressed_label(interaction), interaction_location(interaction))
        ) or await look_up(find_button(self._answer_store, token, shown_in, is_here))
        if found is None:
            raise Refused(unknown_button())
        jumps = found.button.action == "jump"
        await self._questions.ask(
            interaction,
            found.button.title if jumps else found.button.value,
            provider=found.provider,
            jump=found.button.value if jumps else None,
            caption=Caption(interaction.user.display_name, found.button.title or found.button.value, is_choice=True),
            private=is_private(interaction),
        )


class StrayPresses(commands.Cog):
    """Any button or form with an id that the bot did not make, or made in a version long ago."""

    def __init__(self, seen: SeenEvents) -> None:
        self._seen = seen

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Say that it means nothing."""
        if is_stray(interaction, *KNOWN_IDS) and self._seen.first_time(interaction.id):
            raise Refused(unknown_button())


def _check_control(interaction: discord.Interaction[Any], asker: int, location: Location) -> None:
    """Raise `Refused` unless the caller asked the question or manages messages, in the channel of the answer itself."""
    here = is_at(interaction, location)
    manages = here and location.server is not None and interaction.permissions.manage_messages
    if interaction.user.id != asker and not manages:
        raise Refused(not_your_answer())
    if not here:
        raise Refused(unknown_button())


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cogs."""
    settings = services.settings
    await bot.add_cog(AnswerButtons(services.actions, settings, bot.canvases, bot.questions, bot.seen, bot.admission))
    await bot.add_cog(ReplyButtons(services.answers, services.suggestions, bot.questions))
    await bot.add_cog(StrayPresses(bot.seen))
