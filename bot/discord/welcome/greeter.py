"""Notes which servers the bot is in, welcomes those that are new to it, and takes each welcome away in the end.

Everything is done one after another, with pauses, in one task: many joins at once are no flood of requests. A server
counts as new if the database does not know the bot in it, and only one process learns that: each is welcomed at most
once, unless the bot is removed and invited again. At the first start nobody is welcomed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Protocol

from bot.discord.client import Switchboard
from bot.discord.reading.addressing import own_id
from bot.discord.welcome.place import welcome_channel
from bot.discord.welcome.shown import PAUSE, ShownWelcomes
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Backoff, Pause
from bot.domain.welcome import WelcomeStore

_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 3600.0
"""How often it is looked which welcomes are old."""


class Memberships(Protocol):
    """Which servers the bot is known to be in. The first two raise `DatabaseUnavailable`."""

    async def unknown_guilds(self, bot: int, present: Collection[int]) -> Collection[int]:
        """Return those of the servers `present` that the bot is not known to be in."""
        ...

    async def note_guilds(self, bot: int, servers: Collection[int]) -> None:
        """Store that the bot is in these servers."""
        ...

    async def left(self, bot: int, server: int) -> None:
        """Store that the bot was removed from a server, and erase what is stored of it."""
        ...


class Greeter:
    """Welcomes servers from `begin` to `close`; `shown` posts the welcomes and ends them.

    `pause` waits for some seconds; `now` returns seconds since 1970 (UTC).
    """

    def __init__(
        self,
        bot: Switchboard,
        store: WelcomeStore,
        memberships: Memberships,
        shown: ShownWelcomes,
        pause: Pause = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._bot = bot
        self._store = store
        self._memberships = memberships
        self._shown = shown
        self._pause = pause
        self._now = now
        self._compare_due = True
        self._new: dict[int, None] = {}
        self._out_of_sight = set[int]()
        self._next_sweep = 0.0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Compare the servers that the bot is in with those known: a session has begun."""
        self._compare_due = True
        self._wake.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def joined(self, server: int) -> None:
        """Welcome a server, unless the bot was in it all the time."""
        self._new[server] = None
        self._wake.set()

    def arrived(self, server: int) -> None:
        """Welcome a server that could not be seen before, if it is to be welcomed."""
        if server in self._out_of_sight:
            self._out_of_sight.discard(server)
            self.joined(server)

    def left(self, server: int) -> None:
        """Do not welcome a server that the bot was removed from."""
        self._new.pop(server, None)
        self._out_of_sight.discard(server)

    async def close(self) -> None:
        """Stop; what is not done yet is done after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        backoff = Backoff(asyncio.get_running_loop().time)
        while True:
            try:
                pause = await self._step()
            except DatabaseUnavailable:
                pause = backoff.next_pause()
                _log.warning("the database does not answer: servers are welcomed later")
            except Exception:  # noqa: BLE001 - whatever it was, the next server is welcomed
                pause = backoff.next_pause()
                _log.exception("welcoming a server failed")
            if pause:
                await self._pause(pause)

    async def _step(self) -> float:
        """Do one thing, or wait for something to do; return for how many seconds to wait before the next."""
        if self._compare_due:
            await self._compare()
            return 0.0
        if self._new:
            server = next(iter(self._new))
            del self._new[server]
            try:
                return PAUSE if await self._welcome(server) else 0.0
            except DatabaseUnavailable:
                self._new[server] = None
                raise
        if self._now() >= self._next_sweep:
            self._next_sweep = self._now() + _SWEEP_SECONDS
            await self._shown.sweep()
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_SWEEP_SECONDS):
                await self._wake.wait()
        return 0.0

    async def _compare(self) -> None:
        present = {guild.id for guild in self._bot.guilds}
        unknown = await self._memberships.unknown_guilds(self._me, present)
        # Each process has its own shards, and so its own first start.
        first_start = f"greets {self._me} {min(self._bot.shard_ids or [0])}"
        if await self._bot.facts.get(first_start) is None:
            await self._memberships.note_guilds(self._me, unknown)
            await self._bot.facts.set(first_start, "yes")
        else:
            self._new.update(dict.fromkeys(sorted(unknown)))
        self._compare_due = False

    async def _welcome(self, server: int) -> bool:
        """Welcome a server if it is new, and return whether Discord was asked for something."""
        guild = self._bot.get_guild(server)
        if guild is None:
            return False
        if guild.unavailable:
            self._out_of_sight.add(server)
            return False
        channel = welcome_channel(guild)
        text = "" if channel is None else await self._shown.text(server, channel.id)
        if not await self._store.claim(self._me, server):
            return False
        if self._bot.get_guild(server) is None:
            await self._memberships.left(self._me, server)
            return False
        if channel is None:
            _log.info("server %d is not welcomed: there is no channel to write in", server)
            return False
        await self._shown.post(channel, text)
        return True

    @property
    def _me(self) -> int:
        return own_id(self._bot)
