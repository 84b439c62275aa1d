"""The thread or forum post that a question is asked in: its title, and a post's first message."""

import logging
from collections.abc import Callable

import discord

from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.names import names_in
from bot.discord.reading.quotes import Reader, quote_message
from bot.domain.question import Quote, Thread
from bot.text.mentions import on_one_line

_log = logging.getLogger(__name__)

_STARTER_SECONDS = 3.0
"""How long a question may wait for a post's first message; after that it is asked without."""


def thread_of(channel: object, opted_out: Callable[[int], bool] = lambda _: False) -> Thread | None:
    """Return the thread that `channel` is, None if it is none, or if the person who named it `opted_out`."""
    if not isinstance(channel, discord.Thread) or opted_out(channel.owner_id):
        return None
    return Thread(on_one_line(channel.name), is_post=isinstance(channel.parent, discord.ForumChannel))


async def read_starter(
    client: discord.Client, trace: RateLimitTrace, post: int, opted_out: Callable[[int], bool] = lambda _: False
) -> Quote | None:
    """Return the first message of a forum post, None if Discord does not give it, or not its text.

    So it is if its author `opted_out`. It has the post's own id (documentation, "Start
    Thread in Forum or Media Channel").
    """
    channel = client.get_channel(post)
    if not isinstance(channel, discord.Thread) or client.user is None:
        return None
    try:
        message = await trace.within(_STARTER_SECONDS, channel.fetch_message(post))
    except DISCORD_FAILURES as error:
        _log.info("post %d: its first message could not be read: %s", post, type(error).__name__)
        return None
    reader = Reader(client.user.id, shows_all=False, opted_out=opted_out)
    # Its author may see channels that the asker does not.
    quote = quote_message(message, names_in(None, message), reader).quote
    return quote if quote is not None and quote.text else None
