"""The welcomes that are shown: posted, changed and deleted, each failure without harm."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Protocol

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.client import Switchboard
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.reading.addressing import own_id
from bot.discord.welcome.cards import welcome_buttons
from bot.domain.errors import DatabaseUnavailable
from bot.domain.provider import Provider
from bot.domain.question import Location
from bot.domain.runtime.timing import Backoff, Pause
from bot.domain.welcome import Step, Welcome, WelcomeStore
from bot.streaming.canvas import CanvasError, Unavailable
from bot.strings.welcome import welcome as welcome_text

_log = logging.getLogger(__name__)

SHOWN_SECONDS = 7 * 24 * 60 * 60
"""For how long a welcome is shown at most."""

PAUSE = 0.5
"""Seconds between two servers."""

_TRIES = 3
"""How often a welcome is sent if Discord fails; with the same nonce, so that it is shown once."""

_REQUEST_SECONDS = 15.0
"""How long an edit or a deletion may take."""

_NONCE_BYTES = 12
"""A nonce has up to 25 characters (documentation, "Create Message")."""


class AnswerConfig(Protocol):
    """Who answers somewhere."""

    @property
    def provider(self) -> Provider:
        """The provider that does."""


class AnswerConfigs(Protocol):
    """What tells who answers where."""

    async def answer_config(self, location: Location) -> AnswerConfig:
        """Return who answers in `location`; raises `DatabaseUnavailable`."""
        ...


class ShownWelcomes:
    """The welcomes in their channels.

    `pause` waits for some seconds; `now` returns seconds since 1970 (UTC).
    """

    def __init__(
        self,
        bot: Switchboard,
        store: WelcomeStore,
        settings: AnswerConfigs,
        pause: Pause = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._bot = bot
        self._store = store
        self._settings = settings
        self._pause = pause
        self._now = now

    async def text(self, server: int, channel: int) -> str:
        """Return what a welcome in a channel says; raises `DatabaseUnavailable`."""
        config = await self._settings.answer_config(Location(channel, channel, server))
        return welcome_text(self._me, config.provider.label)

    async def post(self, channel: discord.TextChannel, text: str) -> None:
        """Post a welcome, and store where it is, however long the database takes."""
        message = await self._send(channel, text)
        if message is not None:
            await self._keep(Welcome(channel.guild.id, channel.id, message, int(self._now())))

    async def note(self, server: int, step: Step) -> None:
        """Note that a step is taken; with both, the welcome goes. After a choice, it says who answers now."""
        try:
            welcome = await self._store.note(self._me, server, step)
            if welcome is None:
                return
            if welcome.is_done:
                await self._end(welcome)
            elif step == "chosen":
                await self._refresh(welcome)
        except DatabaseUnavailable:
            _log.warning("server %d: what its welcome led to is not noted", server)

    async def dismiss(self, server: int) -> bool:
        """Delete the server's welcome, and return whether it is gone; raises `DatabaseUnavailable`."""
        welcome = await self._store.welcome(self._me, server)
        return welcome is None or await self._end(welcome)

    async def sweep(self) -> None:
        """Delete what is old or done, in the servers that this process sees; raises `DatabaseUnavailable`."""
        for welcome in await self._store.welcomes(self._me):
            is_old = self._now() - welcome.posted_at >= SHOWN_SECONDS
            if (is_old or welcome.is_done) and self._bot.get_guild(welcome.server) is not None:
                await self._end(welcome)
                await self._pause(PAUSE)

    async def _send(self, channel: discord.TextChannel, text: str) -> int | None:
        nonce, requests = secrets.token_hex(_NONCE_BYTES), self._bot.requests
        view = welcome_buttons(channel.guild.id)
        backoff = Backoff(asyncio.get_running_loop().time)
        for tries_left in reversed(range(_TRIES)):
            await requests.trace.wait_until_idle()
            try:
                return await requests.send_repeatable(
                    lambda: channel.send(text, view=view, allowed_mentions=SILENT, nonce=nonce), booked=False
                )
            except CanvasError as error:
                _log.info("server %d: a welcome failed: %s", channel.guild.id, type(error).__name__)
                if not isinstance(error, Unavailable) or not tries_left:
                    return None
                await self._pause(backoff.next_pause())
        return None

    async def _keep(self, welcome: Welcome) -> None:
        backoff = Backoff(asyncio.get_running_loop().time)
        while True:
            try:
                await self._store.add(self._me, welcome)
            except DatabaseUnavailable:
                await self._pause(backoff.next_pause())
            else:
                return

    async def _end(self, welcome: Welcome) -> bool:
        """Delete a welcome, and return whether it is gone, or at least out of reach; a failure is tried again."""
        try:
            await self._bot.requests.trace.within(_REQUEST_SECONDS, self._message(welcome).delete())
        except (discord.NotFound, discord.Forbidden):
            pass  # it is gone already, or the bot can no longer get to it
        except DISCORD_FAILURES as error:
            _log.info("server %d: its welcome is not deleted: %s", welcome.server, type(error).__name__)
            return False
        await self._store.remove(self._me, welcome.server)
        return True

    async def _refresh(self, welcome: Welcome) -> None:
        text = await self.text(welcome.server, welcome.channel)
        try:
            edit = self._message(welcome).edit(content=text, allowed_mentions=SILENT)
            await self._bot.requests.trace.within(_REQUEST_SECONDS, edit)
        except DISCORD_FAILURES as error:
            _log.info("server %d: its welcome is not changed: %s", welcome.server, type(error).__name__)

    def _message(self, welcome: Welcome) -> discord.PartialMessage:
        return self._bot.get_partial_messageable(welcome.channel).get_partial_message(welcome.message)

    @property
    def _me(self) -> int:
        return own_id(self._bot)
