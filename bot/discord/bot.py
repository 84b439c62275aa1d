"""What the doors may expect of the bot that carries them, and the small things that each of them says."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import discord
from discord.ext import commands

from bot.discord.canvases.channel_canvas import MessageCanvas, SavedAnswerCanvas
from bot.discord.canvases.interaction_canvas import InteractionCanvas
from bot.discord.canvases.requests import SILENT
from bot.discord.canvases.saved_interaction_canvas import InteractionAnswerCanvas
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import MessageCounts, SeenEvents
from bot.domain.answer import Answer
from bot.domain.question import AboutMessage, Location, Question, Quote
from bot.domain.stores import MetadataStore
from bot.services import Services

_log = logging.getLogger(__name__)

T = TypeVar("T")

_BEFORE_ANNOUNCING = 1.5
"""Seconds that an interaction's caller waits before being told that an answer is coming."""


class BotBase(commands.Bot):
    """A discord.py bot with the program behind it. With `has_message_content` it sees the text of every message."""

    services: Services
    trace: RateLimitTrace
    message_counts: MessageCounts
    once: SeenEvents
    facts: MetadataStore
    has_message_content: bool

    def auto_replies(self, location: Location) -> bool:
        """Return whether every message in `location` is answered."""
        return self.has_message_content and self.services.server_settings.auto_reply(location)

    async def answer_interaction(
        self,
        interaction: discord.Interaction[Any],
        text: str,
        *,
        provider: str | None = None,
        jump: str | None = None,
        quote: Quote | None = None,
        attachments: tuple[str, ...] = (),
        about: AboutMessage | None = None,
    ) -> None:
        """Answer a question that came by command, form or button; returns when all is shown."""
        if not self.once.first_time(interaction.id):
            return
        question = Question(
            id=interaction.id,
            location=interaction_location(interaction),
            asker=interaction.user.id,
            text=text.strip(),
            quote=quote,
            attachments=attachments,
            provider=provider,
            jump=jump,
            about=about,
            by_message=False,
        )
        await self.answer_below(interaction, question)

    async def answer_below(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Answer `question` as the response to an interaction."""
        location = interaction_location(interaction)
        question = replace(question, id=interaction.id, location=location, by_message=False)
        canvas = InteractionCanvas(self.trace, self.message_counts, interaction, guest=location.is_user_install)
        await self.services.service.answer(question, canvas)

    def canvas(self, message: discord.Message, *, spoken_to: bool = True) -> MessageCanvas:
        """Return the place below a message."""
        return MessageCanvas(self.trace, self.message_counts, message, spoken_to=spoken_to)

    def saved_canvas(self, answer: Answer, press: discord.Interaction[Any] | None = None) -> SavedAnswerCanvas:
        """Return the place of an answer that was given before; what is refused there is said to whoever pressed."""
        return SavedAnswerCanvas(self.trace, self.message_counts, self, answer, press)

    def recovery_canvas(self, answer: Answer) -> SavedAnswerCanvas:
        """Return the place of an answer that the end of the program before this one cut off."""
        if answer.token is None:
            return self.saved_canvas(answer)
        return InteractionAnswerCanvas(self.trace, self.message_counts, self, answer, answer.token)


def location_of(channel: object, server: int | None, channel_id: int) -> Location:
    """Return where something happens; a thread has its parent's settings and a conversation of its own."""
    parent = channel.parent_id if isinstance(channel, discord.Thread) else channel_id
    return Location(channel=channel_id, settings_channel=parent, server=server)


def interaction_location(interaction: discord.Interaction[Any]) -> Location:
    """Return where an interaction happens, and whether the bot is a guest there.

    Where discord.py does not know the channel's kind it gives no id either; such a question stays by itself.
    """
    server = interaction.guild_id
    location = location_of(interaction.channel, server, interaction.channel_id or interaction.id)
    if server is None:
        return replace(location, is_user_install=interaction.context.private_channel)
    # Installed in the server without the bot (a scope of its own), commands come from a server that is not known.
    installed = interaction.is_guild_integration() or interaction.client.get_guild(server) is not None
    if installed:
        return location
    # Then Discord shows what the bot writes to nobody else (documentation, "Permissions": `USE_EXTERNAL_APPS`).
    hushed = not interaction.permissions.use_external_apps
    return replace(location, is_user_install=True, visible_only_to=interaction.user.id if hushed else None)


def guild_id_of(message: discord.Message) -> int | None:
    """Return the server that a message stands in, None for a direct message.

    discord.py gives no guild for one that it has not received yet, which must not pass for a direct message.
    """
    return message.guild.id if message.guild is not None else getattr(message.channel, "guild_id", None)


async def defer_if_slow(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; where it takes long, announce a private answer within Discord's 3 s first."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=_BEFORE_ANNOUNCING)
        if not done and not interaction.response.is_done():
            await defer(interaction)
        return await task
    finally:
        task.cancel()


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Tell Discord that a private answer is coming."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def respond(
    interaction: discord.Interaction[Any],
    text: str,
    *,
    file: discord.File | None = None,
    view: discord.ui.View | None = None,
) -> None:
    """Answer an interaction for its caller alone, whether it was acknowledged already or not."""
    extra: dict[str, Any] = {name: part for name, part in (("file", file), ("view", view)) if part is not None}
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=SILENT, **extra)
    else:
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=SILENT, **extra)


async def try_to_respond(interaction: discord.Interaction[Any], text: str) -> None:
    """Do as `respond` does where nobody is left to take note that it failed."""
    try:
        await respond(interaction, text)
    except DISCORD_FAILURES as error:
        _log.warning("interaction %d: the caller could not be told: %s", interaction.id, type(error).__name__)
