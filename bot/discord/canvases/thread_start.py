"""Starts a thread from a message of a channel."""

from typing import cast

import discord

from bot.diagnostics.permissions import missing_for_threads
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.streaming.canvas import PlaceRefused, WriteForbidden
from bot.text.mentions import on_one_line
from bot.text.pagination import utf16_len

THREAD_SECONDS = 15.0
"""How long starting a thread may take, rate limits included: a shutdown waits for it."""


_MAX_NAME_UNITS = 100
"""The longest name that Discord takes (documentation, "Start Thread from Message"), in UTF-16 units to be safe."""


async def start_thread(client: discord.Client, trace: RateLimitTrace, channel: int, message: int, title: str) -> None:
    """Start a public thread with the name `title`, unless the bot lacks a permission for it or for writing there.

    It has the message's id, and the channel's own time until it is archived. Raises `CanvasError`.
    """
    parent = client.get_channel(channel)
    if not isinstance(parent, discord.TextChannel):
        raise PlaceRefused
    me = cast("discord.Member | None", parent.guild.me)  # None if Discord did not send the bot's own member
    if me is not None and missing_for_threads(parent.permissions_for(me).value):
        raise WriteForbidden  # a request would only be refused, and a thread that the bot cannot answer in misleads
    handle = parent.get_partial_message(message)

    async def start() -> None:
        await trace.wait_until_idle()
        await handle.create_thread(name=thread_name(title))

    try:
        await trace.within(THREAD_SECONDS, start())
    except FAILURES as error:
        raise to_canvas_error(error) from None


def thread_name(title: str) -> str:
    """Return `title` on one line, and no longer than Discord takes."""
    name = on_one_line(title[: 16 * _MAX_NAME_UNITS])  # far more than is kept
    if utf16_len(name) <= _MAX_NAME_UNITS:
        return name
    units = name.encode("utf-16-le", "surrogatepass")
    return units[: 2 * (_MAX_NAME_UNITS - 1)].decode("utf-16-le", "ignore").rstrip() + "…"
