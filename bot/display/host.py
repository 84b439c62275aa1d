"""What the doors may expect of the bot that carries them, and the small things that each of them says."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import discord
from discord.ext import commands

from bot.chat.desk import Desk
from bot.chat.questions import Place, Question
from bot.display.canvas import SILENT, InteractionCanvas
from bot.display.once import Once
from bot.display.wire import Wire

T = TypeVar("T")

_BEFORE_ANNOUNCING = 1.5
"""Seconds that an interaction's caller waits before being told that an answer is coming."""


class Host(commands.Bot):
    """A discord.py bot with the program behind it. `reads_messages` tells whether it may see every message's text."""

    desk: Desk
    wire: Wire
    once: Once
    reads_messages: bool

    async def answer_interaction(
        self, interaction: discord.Interaction[Any], text: str, *, provider: str | None = None, jump: str | None = None
    ) -> None:
        """Answer a question that came by slash command or button; returns when all is shown."""
        if not self.once.take(interaction.id):
            return
        question = Question(
            id=interaction.id,
            place=place_of(interaction.channel, interaction.guild_id, interaction.channel_id or 0),
            asker=interaction.user.id,
            text=text.strip(),
            provider=provider,
            jump=jump,
        )
        await self.desk.service.answer(question, InteractionCanvas(self.wire, interaction))


def place_of(channel: object, server: int | None, channel_id: int) -> Place:
    """Return where something happens; a thread has its parent's settings and a conversation of its own."""
    parent = channel.parent_id if isinstance(channel, discord.Thread) else channel_id
    return Place(channel=channel_id, settings_channel=parent, server=server)


def server_of(message: discord.Message) -> int | None:
    """Return the server that a message stands in, None for a direct message.

    discord.py gives no guild for one that it has not received yet, which must not pass for a direct message.
    """
    return message.guild.id if message.guild is not None else getattr(message.channel, "guild_id", None)


async def in_time(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; where it takes long, announce a private answer within Discord's 3 s first."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=_BEFORE_ANNOUNCING)
        if not done and not interaction.response.is_done():
            await announce(interaction)
        return await task
    finally:
        task.cancel()


async def announce(interaction: discord.Interaction[Any]) -> None:
    """Tell Discord that a private answer is coming."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def tell(
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
