"""Which channels had a message lately that the bot may read and answer.

Discord sends each channel's `last_message_id`, and the active threads, when a session begins (documentation, "Guild
Create").
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Sequence

import discord

from bot.diagnostics.permissions import READ_HISTORY, missing_permissions
from bot.discord.locations import kind_of

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread

_PLACES = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread)

_LOOKED_AT_ONCE = 2_000
"""Channels that are looked at in one step of the event loop; each takes about a microsecond."""

_CHECK_COSTS = 100
"""Telling what the bot may do in a channel takes as long as looking at so many."""


async def recent_channels(
    guilds: Iterable[discord.Guild], since: int, limit: int, is_open: Callable[[Place], bool] = lambda _: True
) -> Sequence[Place]:
    """Return the channels and threads with a message since the id `since`, newest first and at most `limit`.

    `is_open` tells whether anybody is answered in a place.
    """
    newest: list[tuple[int, int, Place]] = []
    looked = 0
    for guild in guilds:
        for channel in [*guild.channels, *guild.threads]:
            looked += 1
            if looked > _LOOKED_AT_ONCE:
                looked = 0
                await asyncio.sleep(0)
            if not isinstance(channel, _PLACES) or (last := channel.last_message_id or 0) < since:
                continue
            if len(newest) == limit and last <= newest[0][0]:
                continue
            looked += _CHECK_COSTS
            if is_open(channel) and _may_answer_in(channel):
                add = heapq.heappush if len(newest) < limit else heapq.heapreplace
                add(newest, (last, channel.id, channel))
    return [channel for *_, channel in sorted(newest, reverse=True)]


def _may_answer_in(channel: Place) -> bool:
    """Return whether the bot may read what was written in a channel, and answer there."""
    me: discord.Member | None = channel.guild.me
    if me is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return False  # discord.py does not know enough of it
    granted = channel.permissions_for(me)
    if isinstance(channel, discord.Thread) and channel.locked and not granted.manage_threads:
        return False
    missing = missing_permissions(kind_of(channel), granted.value)
    return not missing.essential and READ_HISTORY not in missing.useful
