"""The commands of ChatBot.com."""

import asyncio
import logging
import re
from typing import Any

import discord
from discord import app_commands

from bot.discord.client import Switchboard
from bot.discord.command_checks import manages_server, needs_manage_server
from bot.discord.interactions import Refused
from bot.domain.errors import AnswerError
from bot.domain.provider import Choice, OffersChoices
from bot.domain.runtime.timing import SUGGEST_WITHIN
from bot.services import Services
from bot.strings.commands import not_a_story
from cogs.providers.base import ProviderCog, add_provider_cog

_log = logging.getLogger(__name__)

_STORY_ID = re.compile(r"[0-9a-fA-F]{24}")
_MAX_CHOICES = 25


def _fits(story: Choice, typed: str) -> bool:
    return typed.casefold() in story.title.casefold() or typed == story.value


class ChatBot(ProviderCog, group_name="chatbot", group_description="Ask ChatBot.com, and set it up for this server"):
    """`/chatbot ask` and `story`."""

    provider = "chatbot"

    @app_commands.command(name="story")
    @app_commands.describe(value="A story: type part of its name, or its ID. Leave empty to reset")
    @needs_manage_server()
    async def story(self, interaction: discord.Interaction[Any], value: str | None = None) -> None:
        """Choose the story that answers in this server."""
        if value is not None and not _STORY_ID.fullmatch(value):
            raise Refused(not_a_story())
        await self.set_option(interaction, "story", value)

    @story.autocomplete("value")
    async def suggest_stories(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest the stories whose name holds what was typed."""
        provider = self._server_settings.providers[self.provider]
        if not manages_server(interaction) or not isinstance(provider, OffersChoices):
            return []
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                stories = await provider.choices("story")
        except (AnswerError, TimeoutError) as error:
            _log.warning("stories cannot be offered: %s", error if str(error) else "no answer in time")
            return []
        fitting = [story for story in stories if _STORY_ID.fullmatch(story.value) and _fits(story, typed)]
        choices = [
            app_commands.Choice(name=story.title[:100].strip() or story.value, value=story.value) for story in fitting
        ]
        return choices[:_MAX_CHOICES]


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, ChatBot)
