"""The welcomes that are shown: what they say, changed and deleted, each failure without harm."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.client import Switchboard
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.reading.addressing import own_id
from bot.domain.errors import DatabaseUnavailable, NoChatbot
from bot.domain.provider import Provider
from bot.domain.question import Location
from bot.domain.runtime.timing import Pause
from bot.domain.welcome import Step, Welcome, WelcomeStore
from bot.strings.welcome import welcome as welcome_text

_log = logging.getLogger(__name__)

SHOWN_SECONDS = 7 * 24 * 60 * 60
"""For how long a welcome is shown at most."""

PAUSE = 0.5
"""Seconds between two servers."""

REQUEST_SECONDS = 15.0
"""How long one request may take."""


class AnswerConfig(Protocol):
    """Who answers somewhere."""

    @property
    def provider(self) -> Provider:
        """The provider that does."""


class AnswerConfigs(Protocol):
    """What tells who answers where."""

    async def answer_config(self, location: Location) -> AnswerConfig:
        """Return who answers in `location`; raises `NoChatbot` and `DatabaseUnavailable`."""
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
        try:
            config = await self._settings.answer_config(Location(channel, channel, server))
        except NoChatbot:
            return welcome_text(self._me, None)
        return welcome_text(self._me, config.provider.label)

    async def note(self, server: int, step: Step) -> None:
        """Note that a step is taken; with both, the welcome goes. After a choice, it says who answers now."""
        try:
            welcome = await self._store.note(self._me, server, step)
            if welcome is None or welcome.waits:
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
        if welcome is None:
            return True
        if welcome.waits:
            return False
        try:
            await self._delete(welcome)
        except DISCORD_FAILURES as error:
            _log.info("server %d: its welcome is not deleted: %s", server, type(error).__name__)
            return False
        await self._store.remove(self._me, server)
        return True

    async def sweep(self) -> Sequence[int]:
        """Delete what is old or done, and return whose welcome waits, of the servers that this process sees.

        Raises `DatabaseUnavailable`.
        """
        seen = [each for each in await self._store.welcomes(self._me) if self._bot.get_guild(each.server) is not None]
        for welcome in seen:
            is_old = self._now() - welcome.posted_at >= SHOWN_SECONDS
            if not welcome.waits and (is_old or welcome.is_done):
                await self._end(welcome)
                await self._pause(PAUSE)
        return [welcome.server for welcome in seen if welcome.waits]

    async def _end(self, welcome: Welcome) -> None:
        """Delete a welcome, if the bot can get to it; any other failure is tried again."""
        try:
            await self._delete(welcome)
        except discord.Forbidden:
            _log.info("server %d: its welcome is out of reach", welcome.server)
        except DISCORD_FAILURES as error:
            _log.info("server %d: its welcome is not deleted: %s", welcome.server, type(error).__name__)
            return
        await self._store.remove(self._me, welcome.server)

    async def _delete(self, welcome: Welcome) -> None:
        """Delete a welcome, unless somebody did; raises one of `DISCORD_FAILURES`."""
        with suppress(discord.NotFound):
            await self._bot.requests.trace.within(REQUEST_SECONDS, self._message(welcome).delete())

    async def _refresh(self, welcome: Welcome) -> None:
        text = await self.text(welcome.server, welcome.channel)
        try:
            edit = self._message(welcome).edit(content=text, allowed_mentions=SILENT)
            await self._bot.requests.trace.within(REQUEST_SECONDS, edit)
        except DISCORD_FAILURES as error:
            _log.info("server %d: its welcome is not changed: %s", welcome.server, type(error).__name__)

    def _message(self, welcome: Welcome) -> discord.PartialMessage:
        return self._bot.get_partial_messageable(welcome.channel).get_partial_message(welcome.message)

    @property
    def _me(self) -> int:
        return own_id(self._bot)
