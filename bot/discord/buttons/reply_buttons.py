"""The buttons that answers offer: a press asks the button's question, while the answer is stored."""

from typing import Any

import discord
from discord.ext import commands

from bot.answering.stored_buttons import find_button
from bot.discord.buttons.components import REPLY_ID
from bot.discord.interactions import Refused, explained, look_up, pressed
from bot.discord.questions import InteractionQuestions
from bot.domain.stores import AnswerStore
from bot.strings.buttons import unknown_button


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
