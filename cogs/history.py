"""The commands `/history`: show what is sent along with a question, and start a new conversation."""

from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.command_checks import may_clear_history, may_see_history
from bot.discord.interactions import Refused, defer_if_slow, respond
from bot.discord.locations import interaction_location
from bot.domain.question import Question
from bot.services import Services
from bot.strings.commands import MANAGE_MESSAGES, PRIVATE_CONVERSATION, history_needs_reading, needs_permission
from bot.strings.history import describe_cleared, describe_prompt
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len


class History(commands.GroupCog, group_name="history", group_description="The conversation so far"):
    """`/history show` and `clear`. If a server's whole channel shares a conversation, both need a permission there."""

    def __init__(self, server_settings: ServerSettings, prompt_builder: PromptBuilder) -> None:
        super().__init__()
        self._server_settings = server_settings
        self._prompt_builder = prompt_builder

    @app_commands.command(name="show")
    @app_commands.describe(private=PRIVATE_CONVERSATION)
    async def show(self, interaction: discord.Interaction[Any], private: bool = False) -> None:
        """See what I'd send along with your next question (only you see it)."""
        question = _question(interaction, private=private)
        setup = await defer_if_slow(interaction, self._server_settings.answer_config(question.location))
        if not may_see_history(interaction, is_shared=setup.is_shared_in(question.location)):
            raise Refused(history_needs_reading())
        built_prompt = await defer_if_slow(interaction, self._prompt_builder.prompt(question, setup))
        summary, transcript = describe_prompt(setup.provider, built_prompt, private=private)
        if not transcript:
            await respond(interaction, summary)
        elif utf16_len(report := f"{summary}\n{transcript}") <= MAX_PAGE_UNITS:
            await respond(interaction, report)
        else:
            file = discord.File(BytesIO(transcript.encode()), "history.md")
            await respond(interaction, summary, files=[file])

    @app_commands.command(name="clear")
    @app_commands.describe(private=PRIVATE_CONVERSATION)
    async def clear(self, interaction: discord.Interaction[Any], private: bool = False) -> None:
        """Start a new conversation here."""
        question = _question(interaction, private=private)
        setup = await defer_if_slow(interaction, self._server_settings.answer_config(question.location))
        is_shared = setup.is_shared_in(question.location)
        if not may_clear_history(interaction, is_shared=is_shared):
            raise Refused(needs_permission(MANAGE_MESSAGES))
        await defer_if_slow(interaction, self._prompt_builder.clear(question, setup))
        await respond(interaction, describe_cleared(setup.provider, is_shared=is_shared))


def _question(interaction: discord.Interaction[Any], *, private: bool) -> Question:
    """Return a question as the caller might ask it."""
    asker = interaction.user
    location = interaction_location(interaction, private=private)
    return Question(id=interaction.id, location=location, asker=asker.id, text="", name=asker.display_name)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(History(services.settings, services.prompts))
