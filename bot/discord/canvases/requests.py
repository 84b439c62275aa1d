"""Sends the requests of answers to Discord."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.rate_limits.max_wait import wait_at_most
from bot.discord.rate_limits.readable_replies import read_message_id
from bot.discord.rate_limits.routes import typing_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import RecentMessages
from bot.streaming.canvas import Unconfirmed

_log = logging.getLogger(__name__)

TYPING_SECONDS = 5.0
"""How long showing the typing indicator may take; the next one of the same answer is due in 8."""

DM_SECONDS = 15.0
"""How long a direct message may take: opening one has a limit of its own, and a shutdown waits for it."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Sends requests through the rate-limit `trace`; `recent_messages` are those seen in each channel."""

    trace: RateLimitTrace
    recent_messages: RecentMessages

    async def send_repeatable(self, request: Callable[[], Coroutine[Any, Any, Any]], *, booked: bool = True) -> int:
        """Like `send`, with a request that can be made twice to the same effect, if its first answer was nonsense."""
        try:
            return await self.send(request(), booked=booked)
        except Unconfirmed:
            return await self.send(request(), booked=False)

    async def send(self, request: Coroutine[Any, Any, Any], *, booked: bool = True) -> int:
        """Send a new message, and return its id as soon as Discord has said it; raises `CanvasError`."""

        async def send() -> int:
            message: discord.Message = await request
            return message.id

        try:
            return await self.trace.first_response(send(), read_message_id, booked=booked)
        except FAILURES as error:
            raise to_canvas_error(error) from None

    async def change(self, request: Coroutine[Any, Any, Any]) -> None:
        """Edit or delete a message; raises `CanvasError`."""

        async def change() -> None:
            await request

        try:
            await self.trace.first_response(change(), lambda _: None)
        except FAILURES as error:
            raise to_canvas_error(error) from None

    async def show_typing(self, channel: discord.abc.Messageable, channel_id: int) -> None:
        """Show the typing indicator, if Discord allows it at once; no error is raised, since it can be missed."""
        if not self.trace.is_free(typing_bucket(channel_id)):
            return
        try:
            with wait_at_most(0):
                async with asyncio.timeout(TYPING_SECONDS):
                    await channel.typing()
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody misses it
            _log.debug("channel %d: no typing indicator: %s", channel_id, type(error).__name__)

    async def send_dm(self, person: discord.abc.Messageable, sentence: str) -> bool:
        """Send a person a direct message; returns whether that worked."""
        try:
            await self.trace.within(DM_SECONDS, person.send(sentence, allowed_mentions=SILENT))
        except Exception as error:  # noqa: BLE001 - a last resort: whatever it was, nothing more can be tried
            _log.info("a direct message failed: %s", type(error).__name__)
            return False
        return True
