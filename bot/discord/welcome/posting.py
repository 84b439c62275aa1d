"""Posts welcomes: each once, whenever the process ends meanwhile, and however many processes try it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.client import Switchboard
from bot.discord.reading.addressing import own_id
from bot.discord.welcome.cards import is_welcome, welcome_buttons
from bot.discord.welcome.place import welcome_channel
from bot.discord.welcome.shown import REQUEST_SECONDS, ShownWelcomes
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Backoff, Pause
from bot.domain.welcome import Welcome, WelcomeStore
from bot.streaming.canvas import CanvasError, MessageNotFound, Refused, Unavailable, Unconfirmed

_log = logging.getLogger(__name__)

_PASSING = (Unavailable, Unconfirmed, MessageNotFound, Refused)
"""What may be over in an hour; after a deleted channel, another one is chosen."""

_TRIES = 3
"""How often a welcome is sent if Discord fails; after that, it waits for an hour."""

_NONCE_BYTES = 12
"""A nonce has up to 25 characters (documentation, "Create Message")."""

_SEARCHED_MESSAGES = 200
"""How many messages are searched for a welcome that may have been posted."""

_CLOCKS_APART = timedelta(minutes=1)
"""How far Discord's clock may be behind."""


class WelcomePosts:
    """Posts the welcomes that wait.

    Before one is sent, the database has its channel, its nonce and the time. If it is sent again within some minutes,
    the nonce has Discord show it once. Later, it is found by a search.

    `pause` waits for some seconds; `now` returns seconds since 1970 (UTC).
    """

    def __init__(
        self,
        bot: Switchboard,
        store: WelcomeStore,
        shown: ShownWelcomes,
        pause: Pause = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._bot = bot
        self._store = store
        self._shown = shown
        self._pause = pause
        self._now = now

    async def post(self, guild: discord.Guild) -> bool:
        """Post a server's welcome if it waits, and return whether Discord was asked for something.

        Raises `DatabaseUnavailable`. If Discord fails, the welcome goes on waiting; if Discord does not let the bot
        write there, it is given up.
        """
        waiting = await self._store.welcome(self._me, guild.id)
        if waiting is None or not waiting.waits:
            return False
        try:
            return await self._search(waiting) or await self._post(guild, waiting)
        except _PASSING as error:
            _log.info("server %d is welcomed later: %s", guild.id, type(error).__name__)
        except CanvasError as error:
            _log.info("server %d is not welcomed: %s", guild.id, type(error).__name__)
            await self._store.remove(self._me, guild.id)
        return True

    async def _post(self, guild: discord.Guild, waiting: Welcome) -> bool:
        channel = await welcome_channel(guild)
        if channel is None:
            _log.info("server %d is not welcomed: there is no channel to write in", guild.id)
            await self._store.remove(self._me, guild.id)
            return False
        begun = waiting
        if waiting.channel != channel.id:
            nonce = secrets.token_hex(_NONCE_BYTES)
            begun = replace(waiting, channel=channel.id, posted_at=int(self._now()), nonce=nonce)
            if not await self._store.begin(self._me, waiting, begun):
                return False  # another process is at it
        text = await self._shown.text(guild.id, channel.id)
        await self._mark(begun, await self._send(channel, text, begun))
        return True

    async def _search(self, waiting: Welcome) -> bool:
        """Return whether a welcome was posted by a process that ended before it could store that."""
        if not waiting.channel:
            return False
        sent_at = datetime.fromtimestamp(waiting.posted_at, UTC)
        channel = self._bot.get_partial_messageable(waiting.channel)
        history = channel.history(after=sent_at - _CLOCKS_APART, limit=_SEARCHED_MESSAGES, oldest_first=True)

        async def find() -> int | None:
            async for message in history:
                if message.author.id == self._me and is_welcome(message, waiting.server):
                    return message.id
            return None

        try:
            found = await self._bot.requests.trace.within(REQUEST_SECONDS, find())
        except (discord.NotFound, discord.Forbidden):
            return False  # whatever is there, nobody could find it
        except FAILURES as error:
            raise to_canvas_error(error) from None
        if found is not None:
            await self._mark(waiting, found)
        return found is not None

    async def _send(self, channel: discord.TextChannel, text: str, begun: Welcome) -> int:
        requests, view = self._bot.requests, welcome_buttons(begun.server)
        backoff = Backoff(asyncio.get_running_loop().time)
        while True:
            await requests.trace.wait_until_idle()
            try:
                return await requests.send_repeatable(
                    lambda: channel.send(text, view=view, allowed_mentions=SILENT, nonce=begun.nonce), booked=False
                )
            except Unavailable as error:
                if backoff.failures == _TRIES - 1:
                    raise
                _log.info("server %d: a welcome failed: %s", begun.server, type(error).__name__)
                await self._pause(backoff.next_pause())

    async def _mark(self, begun: Welcome, message: int) -> None:
        """Store that a welcome is posted, however long the database takes."""
        backoff = Backoff(asyncio.get_running_loop().time)
        while True:
            try:
                await self._store.mark_posted(self._me, begun, message)
            except DatabaseUnavailable:
                await self._pause(backoff.next_pause())
            else:
                return

    @property
    def _me(self) -> int:
        return own_id(self._bot)
