"""How one message is sent to Discord, edited and deleted, and what each of Discord's refusals means for an answer."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from io import BytesIO
from typing import Any

import discord

from bot.discord.buttons.components import draw
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.buckets import typing_bucket
from bot.discord.rate_limits.headers import MAX_WAIT, patience
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.streaming.canvas import (
    BadRequest,
    CanvasError,
    Frame,
    HeldBack,
    MessageNotFound,
    ThreadLocked,
    TokenExpired,
    Unavailable,
    WriteForbidden,
)

_log = logging.getLogger(__name__)

SILENT = discord.AllowedMentions.none()
ASKER_ONLY = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=True)

_BY_CODE = {50027: TokenExpired, 50083: ThreadLocked}
"""What some of Discord's codes mean, whatever the status that they come with (documentation, "JSON Error Codes")."""

_TYPING_SECONDS = 5.0
"""How long showing the typing indicator may take; the next one of the same answer is due in 8."""

WHISPER_SECONDS = 15.0
"""How long a direct message may take: opening one has a limit of its own, and whoever is to stop waits for it."""

FAILURES = (*DISCORD_FAILURES, CanvasError)


class MessageArguments:
    """Frames as the arguments of discord.py's methods, and what each message was drawn with last.

    What stands under a text is sent only where it has changed: Discord keeps what an edit leaves out.
    """

    def __init__(self) -> None:
        self._under: dict[int, Frame] = {}

    def new(self, frame: Frame) -> dict[str, Any]:
        """Return the arguments for a new message."""
        options = _text(frame)
        extras = draw(frame.rich, frame.controls)
        if extras.embeds:
            options["embeds"] = extras.embeds
        if extras.view is not None:
            options["view"] = extras.view
        if frame.file is not None:
            options["file"] = _file(frame)
        return options

    def change(self, message: int | None, frame: Frame) -> dict[str, Any]:
        """Return the arguments for an edit of `message`, None for one of which nothing is known."""
        options = _text(frame)
        before = None if message is None else self._under.get(message)
        if before is None or (before.rich, before.controls) != (frame.rich, frame.controls):
            extras = draw(frame.rich, frame.controls)
            options["embeds"], options["view"] = extras.embeds, extras.view
        if frame.file is not None:
            options["attachments"] = [_file(frame)]
        elif before is None or before.file is not None:
            options["attachments"] = []
        return options

    def drawn(self, message: int, frame: Frame) -> None:
        """Take note of what a message shows."""
        self._under[message] = frame


def _text(frame: Frame) -> dict[str, Any]:
    return {"content": frame.text, "allowed_mentions": SILENT}


def _file(frame: Frame) -> discord.File:
    assert frame.file is not None
    return discord.File(BytesIO(frame.file.text.encode()), frame.file.name)


def partial_message(channel: discord.abc.Messageable, message: int) -> discord.PartialMessage:
    """Return a handle on a message of the channel; raises `MessageNotFound` where that is no place for messages."""
    get = getattr(channel, "get_partial_message", None)
    if get is None:
        raise MessageNotFound
    handle: discord.PartialMessage = get(message)
    return handle


async def send_message(trace: RateLimitTrace, request: Coroutine[Any, Any, Any]) -> int:
    """Send a new message, and return its id as soon as Discord has said it; raises `CanvasError`."""

    async def send() -> int:
        message: discord.Message = await request
        return message.id

    try:
        return await trace.first_response(send(), lambda body: int(json.loads(body)["id"]))
    except FAILURES as error:
        raise to_canvas_error(error) from None


async def edit_message(trace: RateLimitTrace, request: Coroutine[Any, Any, Any]) -> None:
    """Edit or delete a message; raises `CanvasError`."""

    async def edit() -> None:
        await request

    try:
        await trace.first_response(edit(), lambda _: None)
    except FAILURES as error:
        raise to_canvas_error(error) from None


def to_canvas_error(error: Exception) -> CanvasError:
    """Return what a failure means for an answer."""
    if isinstance(error, CanvasError):
        return error
    if isinstance(error, discord.HTTPException) and error.code in _BY_CODE:
        return _BY_CODE[error.code](str(error.code))
    if isinstance(error, discord.Forbidden):
        return WriteForbidden(str(error.code))
    if isinstance(error, discord.NotFound):
        return MessageNotFound(str(error.code))
    if isinstance(error, discord.HTTPException) and 400 <= error.status < 500 and error.status != 429:
        return BadRequest(str(error.code))
    if isinstance(error, discord.RateLimited) and error.retry_after > MAX_WAIT:
        return HeldBack(type(error).__name__)
    return Unavailable(type(error).__name__)


async def show_typing(trace: RateLimitTrace, channel: discord.abc.Messageable, channel_id: int) -> None:
    """Show the typing indicator, if Discord lets us at once: one that does not show is no loss."""
    if not trace.is_free(typing_bucket(channel_id)):
        return
    try:
        with patience(0):
            async with asyncio.timeout(_TYPING_SECONDS):
                await channel.typing()
    except Exception as error:  # noqa: BLE001 - whatever it was, nobody misses it
        _log.debug("channel %d: no typing indicator: %s", channel_id, type(error).__name__)


async def send_dm(trace: RateLimitTrace, person: discord.abc.User, sentence: str) -> bool:
    """Send a person a direct message; returns whether that worked."""
    try:
        await trace.within(WHISPER_SECONDS, person.send(sentence, allowed_mentions=SILENT))  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - a last resort: whatever it was, nothing more can be tried
        _log.info("a direct message failed: %s", type(error).__name__)
        return False
    return True
