"""The door to ChatBot.com."""

import asyncio
import logging
import re

import discord
from discord import app_commands

from bot.discord.bot import BotBase, respond
from bot.domain.errors import AnswerError
from bot.domain.provider import Choice, OffersChoices
from cogs._permissions import manages_server, needs_manage_server
from cogs._provider import ProviderCog, add_provider_cog

_log = logging.getLogger(__name__)

_STORY_ID = re.compile(r"[0-9a-fA-F]{24}")
_MOST_CHOICES = 25
_OFFER_WITHIN = 2.0
"""Seconds; Discord takes what is offered while typing for 3."""


def _fits(story: Choice, typed: str) -> bool:
    return typed.casefold() in story.title.casefold() or typed == story.value


class ChatBot(ProviderCog, group_name="chatbot", group_description="Ask ChatBot.com, and set it up for this server"):
    """`/chatbot ask` and `story`."""

    provider = "chatbot"

    @app_commands.command(name="story")
    @app_commands.describe(value="A story's id, offered by its name while you type; left out: back to default")
    @needs_manage_server()
    async def story(self, interaction: discord.Interaction[BotBase], value: str | None = None) -> None:
        """Choose the story that answers in this server."""
        if value is not None and not _STORY_ID.fullmatch(value):
            await respond(
                interaction, "That is not a story's id: it has 24 characters, 0-9 and a-f. Nothing was changed."
            )
            return
        await self.set_option(interaction, "story", value)

    @story.autocomplete("value")
    async def offer_stories(
        self, interaction: discord.Interaction[BotBase], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the stories whose name holds what was typed."""
        provider = self.bot.services.server_settings.providers[self.provider]
        if not manages_server(interaction) or not isinstance(provider, OffersChoices):
            return []
        try:
            async with asyncio.timeout(_OFFER_WITHIN):
                stories = await provider.choices("story")
        except (AnswerError, TimeoutError) as error:
            _log.warning("stories cannot be offered: %s", error if str(error) else "no answer in time")
            return []
        fitting = [story for story in stories if _STORY_ID.fullmatch(story.value) and _fits(story, typed)]
        choices = [
            app_commands.Choice(name=story.title[:100].strip() or story.value, value=story.value) for story in fitting
        ]
        return choices[:_MOST_CHOICES]


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await add_provider_cog(bot, ChatBot)
