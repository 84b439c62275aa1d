"""The message menu's "Why this answer?": how an answer came about, for its asker or an admin."""

import asyncio
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering.stored_answers import read_question
from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import is_at
from bot.domain.answer import Answer, Run
from bot.domain.errors import AnswerError
from bot.domain.provider import ScoresAnswers
from bot.domain.question import Location
from bot.domain.stores import AnswerStore
from bot.services import Services
from bot.strings.answer_details import Score, describe_run
from bot.strings.commands import WHY, no_such_answer, not_your_question

_SCORE_SECONDS = 10.0
"""How long a provider may take to tell an answer's score; an interaction that was deferred can wait for 15 minutes."""


class Why(commands.Cog):
    """The message menu "Why this answer?"."""

    def __init__(
        self, tree: app_commands.CommandTree[Any], answer_store: AnswerStore, server_settings: ServerSettings
    ) -> None:
        self._tree = tree
        self._answer_store = answer_store
        self._server_settings = server_settings
        self.menu = app_commands.ContextMenu(name=WHY, callback=self.why)

    async def cog_load(self) -> None:
        """Add the menu, which discord.py does not find in a cog by itself."""
        self._tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Remove the menu."""
        self._tree.remove_command(self.menu.name, type=self.menu.type)

    async def why(self, interaction: discord.Interaction[discord.Client], message: discord.Message) -> None:
        """Show how the answer came about."""
        answer = await defer_if_slow(interaction, self._answer_store.answer_in(message.id))
        if answer is None or not is_at(interaction, answer.location):
            raise Refused(no_such_answer())
        manages = interaction.guild_id is not None and interaction.permissions.manage_guild
        if interaction.user.id != answer.asker and not manages:
            raise Refused(not_your_question())
        chosen = await defer_if_slow(interaction, self._asked_first(answer))
        score = await defer_if_slow(interaction, self._score(answer.current_run, answer.location))
        await respond(interaction, describe_run(answer, self._server_settings.chatbots.labels, score, chosen))

    async def _asked_first(self, answer: Answer) -> str | None:
        """Return which provider was to give the version that is shown, if it was out and another one gave it."""
        run = answer.current_run
        texts = None if run is None else await self._answer_store.wording(answer.id, run.number)
        return None if texts is None else read_question(texts.question, answer, None).chosen

    async def _score(self, run: Run | None, location: Location) -> Score:
        """Ask the provider how sure its chatbot was, if it can tell that of a run that is over."""
        if run is None or run.state == "open" or not run.receipt.answer_id:
            return None
        try:
            async with asyncio.timeout(_SCORE_SECONDS):
                available = await self._server_settings.available(location)
                provider = available.providers.get(run.provider)
                if provider is None or not isinstance(provider, ScoresAnswers):
                    return None
                score = await provider.score(run.receipt)
        except (AnswerError, TimeoutError):
            score = None
        return "unknown" if score is None else score


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Why(bot.tree, services.answers, services.settings))
