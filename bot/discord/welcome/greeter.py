"""Notes which servers the bot is in, welcomes those that are new to it, and takes each welcome away in the end.

Everything is done one after another, with pauses, in one task: many joins at once are no flood of requests. A server
counts as new if the database does not know the bot in it, and only one process learns that: each is welcomed at most
once, unless the bot is removed and invited again. At the first start nobody is welcomed.
"""

import asyncio
import logging
from collections.abc import Collection
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

    `pause` waits for some seconds.
    """

    def __init__(
        self,
        bot: Switchboard,
        store: WelcomeStore,
        memberships: Memberships,
        shown: ShownWelcomes,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._store = store
        self._memberships = memberships
        self._shown = shown
        self._pause = pause
        self._compare_due = True
        self._sweep_due = False
        self._new: dict[int, bool] = {}  # those to look at, and whether to welcome them
        self._out_of_sight = set[int]()
        self._known = set[int]()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Compare the servers that the bot is in with those known: a session has begun."""
        self._compare_due = True
        self._look_for_old()

    def joined(self, server: int) -> None:
        """Welcome a server, unless the bot was in it all the time."""
        self._look_at(server, welcome=True)

    def arrived(self, server: int) -> None:
        """Welcome a server that was to be welcomed and could not be seen; only note one that nobody said was joined."""
        if server in self._out_of_sight:
            self._out_of_sight.discard(server)
            self.joined(server)
        elif not self._compare_due and server not in self._known and server not in self._new:
            self._look_at(server, welcome=False)

    def left(self, server: int) -> None:
        """Do not welcome a server that the bot was removed from."""
        self._new.pop(server, None)
        self._out_of_sight.discard(server)
        self._known.discard(server)

    async def close(self) -> None:
        """Stop; what is not done yet is done after the next start."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _look_at(self, server: int, *, welcome: bool) -> None:
        self._new[server] = welcome
        if self._timer is not None:  # before a session has begun, it is not known who is new
            self._work()

    def _look_for_old(self) -> None:
        """Look for old welcomes now, and once an hour."""
        self._sweep_due = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._look_for_old)
        self._work()

    def _work(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Do what there is to do, and end."""
        backoff = Backoff(asyncio.get_running_loop().time)
        while self._compare_due or self._new or self._sweep_due:
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
        """Do one thing; return for how many seconds to wait before the next."""
        if self._compare_due:
            await self._compare()
            return 0.0
        if self._new:
            server = next(iter(self._new))
            welcome = self._new.pop(server)
            try:
                return PAUSE if await self._note(server, welcome=welcome) else 0.0
            except DatabaseUnavailable:
                self._new[server] = welcome
                raise
        self._sweep_due = False
        await self._shown.sweep()
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
            self._new.update(dict.fromkeys(sorted(unknown), True))
            present.difference_update(unknown)
        self._known = present
        self._compare_due = False

    async def _note(self, server: int, *, welcome: bool) -> bool:
        """Note a server, and `welcome` it if it is new; return whether Discord was asked for something."""
        guild = self._bot.get_guild(server)
        if guild is None:
            return False
        if guild.unavailable:
            self._out_of_sight.add(server)
            return False
        channel = welcome_channel(guild)
        text = "" if channel is None else await self._shown.text(server, channel.id)
        is_new = await self._store.claim(self._me, server)
        self._known.add(server)
        if not (is_new and welcome):
            return False
        if self._bot.get_guild(server) is None:
            self._known.discard(server)
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
