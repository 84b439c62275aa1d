"""Reads a provider's answer into what is shown of it, until it is whole, broken, or no longer wanted."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from secrets import token_urlsafe

from bot.chat.errors import AnswerError, Fault, Interrupted, MemoryUnavailable, NoReply, OutOfTime, ProviderError
from bot.chat.live import LiveAnswer
from bot.chat.memory import Memory, SavedButton
from bot.chat.prompts import Prompt
from bot.chat.provider import Provider
from bot.chat.rich import Image, Piece

_log = logging.getLogger(__name__)


class Reader:
    """Reads any number of answers at once, and can interrupt them all."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._under_way: set[asyncio.Timeout] = set()
        self._closed = False

    def interrupt(self) -> int:
        """Break off every answer under way, and any that is begun from now on; returns how many were under way."""
        self._closed = True
        for reading in self._under_way:
            _end_now(reading)
        return len(self._under_way)

    async def read(self, provider: Provider, prompt: Prompt, live: LiveAnswer) -> AnswerError | None:
        """Push the provider's answer into `live`, and return what kept it from being whole.

        Ends early, and returns None, where `live` can be shown no further.
        """
        if self._closed:
            return Interrupted()
        if _is_overdue(live):
            return OutOfTime()
        try:
            async with asyncio.timeout_at(live.canvas.deadline) as reading, aclosing(provider.stream(prompt)) as pieces:
                self._under_way.add(reading)
                live.on_lost = partial(_end_now, reading)
                async for piece in pieces:
                    live.push(await self._with_tokens(piece, provider.name))
        except ProviderError as error:
            return error
        except Exception as error:  # noqa: BLE001 - what was shown so far is kept, whatever went wrong
            if isinstance(error, TimeoutError) and reading.expired():
                ending = OutOfTime() if _is_overdue(live) else Interrupted()
                return None if live.lost is not None else ending
            _log.exception("%s: reading an answer failed", provider.name)
            return Fault()
        finally:
            live.on_lost = None
            self._under_way.discard(reading)
        return NoReply(provider.label) if live.empty else None

    async def _with_tokens(self, piece: Piece, provider: str) -> Piece:
        """Return `piece` with its buttons saved, so that a press finds them after a restart too."""
        if isinstance(piece, str | Image) or not piece.buttons:
            return piece
        buttons = tuple(
            button if button.action == "link" else replace(button, token=token_urlsafe(12)) for button in piece.buttons
        )
        try:
            await self._memory.save_buttons([SavedButton(provider, button) for button in buttons if button.token])
        except MemoryUnavailable:
            return piece  # shown, but without a token a button cannot be pressed
        return replace(piece, buttons=buttons)


def _is_overdue(live: LiveAnswer) -> bool:
    deadline = live.canvas.deadline
    return deadline is not None and asyncio.get_running_loop().time() >= deadline


def _end_now(reading: asyncio.Timeout) -> None:
    """Have whatever the block of `reading` waits for broken off by its time-out."""
    if not reading.expired():
        reading.reschedule(asyncio.get_running_loop().time())
