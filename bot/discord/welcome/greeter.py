"""Notes which servers the bot is in, welcomes those that are new to it, and takes each welcome away in the end.

Servers are noted at once, since what is stored of one that was left is erased. With the note goes that a welcome waits,
for whatever process is there then. Welcomes are posted and removed one after another, with pauses: many joins at once
are no flood of requests. A server counts as new if the database does not know the bot in it, and only one process
learns that: each is welcomed once, unless the bot is removed and invited again. At the first start nobody is welcomed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from bot.discord.client import Switchboard
from bot.discord.reading.addressing import own_id
from bot.discord.welcome.posting import WelcomePosts
from bot.discord.welcome.shown import PAUSE, ShownWelcomes
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Backoff, Pause
from bot.domain.welcome import WelcomeStore

_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 3600.0
"""How often it is looked which welcomes are old, and which still wait."""


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
    """Welcomes servers from `begin` to `close`; `posts` posts the welcomes, and `shown` ends them.

    `pause` waits for some seconds.
    """

    def __init__(
        self,
        bot: Switchboard,
        store: WelcomeStore,
        memberships: Memberships,
        shown: ShownWelcomes,
        posts: WelcomePosts,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._store = store
        self._memberships = memberships
        self._shown = shown
        self._posts = posts
        self._pause = pause
        self._sweep_due = False
        self._new: dict[int, bool] = {}  # those to note, and whether to welcome them
        self._unwelcomed: dict[int, None] = {}
        self._out_of_sight = set[int]()
        self._known: dict[int, set[int]] = {}  # of each shard whose servers were compared
        self._uncompared: dict[int, asyncio.Event] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._noting: asyncio.Task[None] | None = None
        self._welcoming: asyncio.Task[None] | None = None

    def begin(self, shard: int) -> None:
        """Compare a shard's servers that the bot is in with those known: a session of it has begun."""
        self._known.pop(shard, None)
        self._uncompared.setdefault(shard, asyncio.Event())
        self._look_for_old()

    async def compared(self, shard: int) -> None:
        """Wait until it is known which servers of a shard are new."""
        if (compared := self._uncompared.get(shard)) is not None:
            await compared.wait()

    def joined(self, server: int) -> None:
        """Welcome a server, unless the bot was in it all the time."""
        self._look_at(server, welcome=True)

    def arrived(self, server: int) -> None:
        """Welcome a server that was to be welcomed and could not be seen; only note one that nobody said was joined."""
        if server in self._out_of_sight:
            self._out_of_sight.discard(server)
            self._unwelcomed[server] = None
            self._work()
        elif server not in self._new:
            guild = self._bot.get_guild(server)
            known = None if guild is None else self._known.get(guild.shard_id)
            if known is not None and server not in known:
                self._look_at(server, welcome=False)

    def left(self, server: int) -> None:
        """Do not welcome a server that the bot was removed from."""
        self._new.pop(server, None)
        self._unwelcomed.pop(server, None)
        self._out_of_sight.discard(server)
        self._forget(server)

    async def close(self) -> None:
        """Stop. Servers not noted yet are new at the next start too, and a welcome that waits is posted then."""
        if self._timer is not None:
            self._timer.cancel()
        for task in (self._noting, self._welcoming):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

    def _look_at(self, server: int, *, welcome: bool) -> None:
        self._new[server] = welcome
        if self._timer is not None:  # before a session has begun, it is not known who is new
            self._work()

    def _look_for_old(self) -> None:
        """Look for welcomes that are old, or wait, now and once an hour."""
        self._sweep_due = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._look_for_old)
        self._work()

    def _work(self) -> None:
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._run(self._is_any_new, self._note_next))
        if self._welcoming is None or self._welcoming.done():
            self._welcoming = asyncio.create_task(self._run(self._is_any_welcome_due, self._welcome_next))

    async def _run(self, is_due: Callable[[], object], step: Callable[[], Awaitable[float]]) -> None:
        """Do `step` until nothing is due, and wait each time for the seconds that it returns."""
        backoff = Backoff(asyncio.get_running_loop().time)
        while is_due():
            try:
                pause = await step()
            except DatabaseUnavailable:
                pause = backoff.next_pause()
                _log.warning("the database does not answer: servers are welcomed later")
            except Exception:  # noqa: BLE001 - whatever it was, the next server is welcomed
                pause = backoff.next_pause()
                _log.exception("welcoming a server failed")
            if pause:
                await self._pause(pause)

    def _is_any_new(self) -> object:
        return self._uncompared or self._new

    async def _note_next(self) -> float:
        if self._uncompared:
            await self._compare(next(iter(self._uncompared)))
            return 0.0
        server = next(iter(self._new))
        welcome = self._new.pop(server)
        try:
            await self._note(server, welcome=welcome)
        except DatabaseUnavailable:
            self._new[server] = welcome
            raise
        return 0.0

    def _forget(self, server: int) -> None:
        for known in self._known.values():
            known.discard(server)

    def _is_any_welcome_due(self) -> object:
        return self._sweep_due or self._unwelcomed

    async def _welcome_next(self) -> float:
        if self._sweep_due:
            self._sweep_due = False
            try:
                self._unwelcomed.update(dict.fromkeys(await self._shown.sweep()))
            except DatabaseUnavailable:
                self._sweep_due = True
                raise
            return 0.0
        server = next(iter(self._unwelcomed))
        del self._unwelcomed[server]
        try:
            return PAUSE if await self._welcome(server) else 0.0
        except DatabaseUnavailable:
            self._unwelcomed[server] = None
            raise

    async def _compare(self, shard: int) -> None:
        guilds, serves = self._bot.guilds, self._bot.admission.serves
        present = {guild.id for guild in guilds if guild.shard_id == shard and serves(guild.id)}
        unknown = set(await self._memberships.unknown_guilds(self._me, present))
        # Each shard has its own first start, which is none if there are just more shards than before.
        first_start = f"greets {self._me} {shard}"
        is_first = await self._bot.facts.get(first_start) is None and (shard == 0 or unknown == present)
        if is_first:
            await self._memberships.note_guilds(self._me, unknown)
            await self._bot.facts.set(first_start, "yes")
        if not is_first:
            self._new.update(dict.fromkeys(sorted(unknown), True))
            present -= unknown
        self._known[shard] = present
        self._uncompared.pop(shard).set()

    async def _note(self, server: int, *, welcome: bool) -> None:
        """Note a server, so that nothing of it is erased; it is to be welcomed if it is new."""
        guild = self._bot.get_guild(server)
        if guild is None:
            return
        is_new = await self._store.claim(self._me, server, welcome=welcome)
        self._known.setdefault(guild.shard_id, set()).add(server)
        if self._bot.get_guild(server) is None:
            self._forget(server)
            await self._memberships.left(self._me, server)
        elif is_new and welcome:
            self._unwelcomed[server] = None
            self._work()

    async def _welcome(self, server: int) -> bool:
        """Welcome a server; return whether Discord was asked for something."""
        guild = self._bot.get_guild(server)
        if guild is None or not self._bot.admission.serves(server):
            return False
        if guild.unavailable:
            self._out_of_sight.add(server)
            return False
        return await self._posts.post(guild)

    @property
    def _me(self) -> int:
        return own_id(self._bot)
