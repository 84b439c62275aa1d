"""Finds what people asked in the last ten minutes while the bot was away, and has each answered once.

Discord sends again what a session missed only if the session is resumed. When a session begins in any
other way, the channels in which something was written meanwhile are read.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from math import inf

import discord

from bot.discord.catching_up.background_reader import MAX_REQUESTS, BackgroundReader
from bot.discord.catching_up.recent_channels import Place, recent_channels
from bot.discord.catching_up.unanswered import latest_answered, questions_in, unanswered
from bot.discord.client import Switchboard
from bot.discord.locations import location_of, message_location
from bot.discord.reading.addressing import own_id
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Pause
from bot.domain.stores import AnswerStore

_log = logging.getLogger(__name__)

MAX_AGE = timedelta(minutes=10)
"""How old a question may be; nobody waits for the answer to an older one."""

MAX_SECONDS = 120.0
"""How long catching up may take; what is not read then is left out."""

MIN_DIRECT = 25
"""How many of the requests direct messages get, however many channels there are."""

_ARRIVAL_SECONDS = 5.0
"""How long to wait for the next server after the one before; one that has an outage does not come."""

_LOOK_AGAIN, _MAX_LOOK_AGAIN = 0.002, 0.25
"""Seconds until looking once more which servers have come; each pause is twice the one before."""

_FIRST_SHARD = 0
"""The shard to which Discord sends direct messages (documentation, "Sharding")."""


class CatchUp:
    """Catches up in a task of its own. `close` must be called at the end.

    Questions are found only while the bot `takes_questions`. `refresh` reads the settings that are kept in memory once
    more: another process may have changed them meanwhile. `now` returns the time, `pause` waits for some seconds.
    """

    def __init__(
        self,
        bot: Switchboard,
        answers: AnswerStore,
        takes_questions: Callable[[], bool],
        refresh: Callable[[], Awaitable[None]],
        pause: Pause = asyncio.sleep,
        now: Callable[[], datetime] = discord.utils.utcnow,
    ) -> None:
        self._bot = bot
        self._answers = answers
        self._takes_questions = takes_questions
        self._refresh = refresh
        self._pause = pause
        self._now = now
        self._due = set[int]()
        self._shards = set[int]()  # those that are looked at now
        self._deleted = set[int]()
        self._task: asyncio.Task[None] | None = None

    def begin(self, shard: int) -> None:
        """Look for what a shard missed before its new session.

        If that is under way, it starts again; another shard waits until it is over.
        """
        self._due.add(shard)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(None))
        elif shard in self._shards:
            self._due |= self._shards
            self._task.cancel()
            self._task = asyncio.create_task(self._run(self._task))

    def forget(self, messages: Iterable[int]) -> None:
        """Say which messages were deleted: what Discord said of them just before is not answered."""
        if self._task is not None and not self._task.done():
            self._deleted.update(messages)

    async def done(self) -> None:
        """Wait until everything that was missed is found."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        while self._due:
            self._shards, self._due = self._due, set()
            try:
                async with asyncio.timeout(MAX_SECONDS):
                    await self._catch_up()
            except Exception as error:  # noqa: BLE001 - whatever it was, new questions are answered
                _log.warning("catching up with missed questions ended early: %s", type(error).__name__)
            self._shards = set()
        self._deleted.clear()

    async def _catch_up(self) -> None:
        with suppress(DatabaseUnavailable):
            await self._refresh()
        since = discord.utils.time_snowflake(self._now() - MAX_AGE)
        places = await self._places(since)
        reader = BackgroundReader(self._bot.requests.trace, self._pause)
        found = looked_at = failed = 0
        for place in places:
            if not reader.left or not self._takes_questions():
                break
            looked_at += 1
            if self._is_left(place):
                continue
            try:
                messages = await reader.latest(place, since, keep=len(places) - looked_at)
                missed = await self._missed(place.id, messages)
            except Exception as error:  # noqa: BLE001 - a channel that cannot be read keeps no other from being read
                _log.debug("channel %d: not caught up: %s", place.id, type(error).__name__)
                failed += 1
                continue
            found += len(missed)
            for question in missed:
                hears = await self._hears(question, reader) and question.id not in self._deleted
                # A process that has left the gateway meanwhile leaves it to another one, or to the next start.
                if hears and self._takes_questions() and not self._is_left(place):
                    self._bot.dispatch("message", question)  # the way of an ordinary message, which takes it once
                await asyncio.sleep(0)  # reading a question takes a moment, and all of them many
        self._bot.telemetry.caught_up(found)
        if looked_at:
            _log.info("%d missed questions found in %d channels; %d could not be read", found, looked_at, failed)

    async def _places(self, since: int) -> Sequence[Place | discord.PartialMessageable]:
        """Return the channels in which something may have been asked, newest first, then the direct messages.

        Discord does not say which direct messages have something new; the database has those that there are.
        """
        channels = await recent_channels(await self._arrived(), since, MAX_REQUESTS, self._is_open)
        directs: Sequence[int] = ()
        if _FIRST_SHARD in self._shards:
            with suppress(DatabaseUnavailable):
                directs = await self._answers.direct_messages(max(MIN_DIRECT, MAX_REQUESTS - len(channels)))
        private = discord.ChannelType.private
        return [
            *channels[: MAX_REQUESTS - len(directs)],
            *(self._bot.get_partial_messageable(channel, type=private) for channel in directs),
        ]

    def _is_left(self, place: Place | discord.PartialMessageable) -> bool:
        """Return whether another process has taken over the shard that brings what is asked in a place."""
        status = self._bot.gateway.status_of(None if place.guild is None else place.guild.id)
        return status is not None and status.state == "left"

    def _is_open(self, place: Place) -> bool:
        return self._bot.admission.reach(location_of(place, place.guild.id, place.id)).here

    async def _hears(self, question: discord.Message, reader: BackgroundReader) -> bool:
        """Return whether a question may be answered; its writer's roles, which came without it, are asked for."""
        admission, guild = self._bot.admission, question.guild
        if guild is not None and admission.needs_roles(message_location(question)):
            question.author = await reader.member(guild, question.author.id) or question.author
        return admission.hears(question)

    async def _arrived(self) -> Sequence[discord.Guild]:
        """Return the servers of the shards once Discord has sent them, or sends no more of them."""
        fewest, waited, pause = inf, 0.0, _LOOK_AGAIN
        while True:
            guilds = [guild for guild in self._bot.guilds if guild.shard_id in self._shards]
            missing = sum(guild.unavailable for guild in guilds)
            if missing < fewest:
                fewest, waited = missing, 0.0
            if not missing or waited >= _ARRIVAL_SECONDS:
                return guilds
            await self._pause(pause)
            waited += pause
            pause = min(2 * pause, _MAX_LOOK_AGAIN)

    async def _missed(self, channel: int, messages: Sequence[discord.Message]) -> Sequence[discord.Message]:
        """Return the questions among a channel's messages that nobody answered, oldest first."""
        me, seen = own_id(self._bot), self._bot.seen
        latest = latest_answered(messages, me, seen)
        questions = unanswered(await questions_in(messages, me, self._bot.message_content, seen), latest)
        if not questions:
            return ()
        askers = {question.author.id for question in questions}
        return unanswered(questions, await self._answers.latest_questions(channel, askers, questions[0].id))
