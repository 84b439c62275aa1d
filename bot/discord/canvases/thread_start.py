"""Starts threads from the messages of a channel."""

import asyncio
import unicodedata
from contextlib import suppress
from typing import cast

import discord

from bot.diagnostics.permissions import missing_for_threads
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.streaming.canvas import PlaceRefused, StartThread, WriteForbidden
from bot.strings.markup import to_line
from bot.text.pagination import utf16_len
from bot.text.spoilers import without_spoilers

THREAD_SECONDS = 15.0
"""How long starting a thread may take, rate limits included: a shutdown waits for it."""

IDLE_SECONDS = 5.0
"""How much of that may be spent on letting answers go first. A bot with much to do is never idle."""

_MAX_NAME_UNITS = 100
"""The longest name that Discord takes (documentation, "Start Thread from Message"), in UTF-16 units to be safe."""

_NOT_TEXT = ("Cc", "Cs")
"""Unicode's categories of controls, and of halves of surrogate pairs, such as a button's title may have."""


def threads_in(client: discord.Client, trace: RateLimitTrace, channel: int) -> StartThread:
    """Return what starts public threads from messages of a channel; what it raises is a `CanvasError`.

    They have the channel's own time until they are archived. Raises `CanvasError` unless it is a text or announcement
    channel, in which the bot has the permissions to start threads and to write in them. A channel that is not known is
    asked for, as if the bot had them: it may be in a server of another process, one of whose answers is repaired here.
    """
    known = client.get_channel(channel)
    if known is not None:
        _check(known)

    async def start(message: int, title: str) -> None:
        async def create(parent: discord.TextChannel) -> None:
            await parent.get_partial_message(message).create_thread(name=thread_name(title))

        async def create_when_idle() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await trace.wait_until_idle()
            parent = _check(known or await client.fetch_channel(channel))
            await trace.first_response(create(parent), lambda _: None, booked=False)

        try:
            await trace.within(THREAD_SECONDS, create_when_idle())
        except FAILURES as error:
            raise to_canvas_error(error) from None

    return start


def _check(channel: object) -> discord.TextChannel:
    """Return a channel that can have threads; raises `CanvasError` if it cannot, or the bot must not start any."""
    if not isinstance(channel, discord.TextChannel):
        raise PlaceRefused
    me = cast("discord.Member | None", channel.guild.me)  # None if Discord did not send the bot's own member
    if me is not None and missing_for_threads(channel.permissions_for(me).value):
        raise WriteForbidden  # a request would only be refused, and a thread that the bot cannot answer in misleads
    return channel


def thread_name(title: str) -> str:
    """Return `title` on one line, without control characters and spoilers, and no longer than Discord takes.

    `title` begins with a character that shows something.
    """
    line = to_line(without_spoilers(title)[: 16 * _MAX_NAME_UNITS])  # far more than is kept
    name = "".join(character for character in line if unicodedata.category(character) not in _NOT_TEXT)
    if utf16_len(name) <= _MAX_NAME_UNITS:
        return name
    units = name.encode("utf-16-le")
    return units[: 2 * (_MAX_NAME_UNITS - 1)].decode("utf-16-le", "ignore").rstrip() + "…"
