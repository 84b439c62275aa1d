"""PostgreSQL: a lease is an advisory lock on a connection of its own. The server gives it back when that ends.

The server is told to end the connection 30 s after its process was last heard of, since a process that is frozen
(SIGSTOP, a paused container), or whose host is gone, closes nothing. Behind a proxy, there is a note instead.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Self

from bot.domain.leases import OWNER_ID, Lease
from bot.domain.runtime.timing import Backoff, Clock
from bot.store.addresses.urls import PostgresServer, parse_url
from bot.store.leases.postgres_locks import LockConnection
from bot.store.leases.postgres_notes import NoteConnection
from bot.store.postgres_connection import connect, has_proxy

_log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
"""Seconds between two signs of life; the server waits three times as long for one."""

SETTLE_SECONDS = 15.0
"""How long nobody is taken for ended after the database came back: each process has to lock again first."""

MAX_AGE_SECONDS = 1800.0
"""How old a connection may become: after a failover that it survived, others look for the lock on another server.

One to a server that takes no writes is replaced at the next sign of life."""

_MAX_PAUSE = 5.0
"""Seconds for one try to connect again, and between two: together less than `SETTLE_SECONDS`."""

MAINTENANCE_KEY = 0x5377_6974_6368_636F
"""The number of the lock that a copy of the database holds: "Switchco" in ASCII. No process's is as high."""


class PostgresLease(Lease):
    """Implements `Lease`, as long as `connection` or the next one shows it. `clock` returns seconds."""

    def __init__(
        self, connection: "_Connection", open_one: "_Opening", key: int, max_wait: float, clock: Clock
    ) -> None:
        self._connection: _Connection | None = connection
        self._open_one = open_one
        self._key = key
        self._max_wait = max_wait
        self._clock = clock
        self._backoff = Backoff(clock, longest=_MAX_PAUSE)
        self._opened_at = clock()
        self._settled_at = clock() + SETTLE_SECONDS - connection.server_up
        self._one_at_a_time = asyncio.Lock()
        self._is_broken = connection.is_broken
        self._holding = asyncio.create_task(self._hold())

    @classmethod
    async def open(cls, url: str, owner: str, *, max_wait: float, clock: Clock | None = None) -> Self:
        """Connect, lock, and stay so until it is closed; raises what the driver raises.

        `max_wait` bounds connecting, in seconds; `clock` is the event loop's unless a test has its own.
        """
        address = parse_url(url)
        assert isinstance(address, PostgresServer)
        open_one = partial(_connect, address, owner)
        async with asyncio.timeout(max_wait):
            connection = await open_one(max_wait)
        return cls(connection, open_one, int(owner, 16), max_wait, clock or asyncio.get_running_loop().time)

    @property
    def is_proxied(self) -> bool:
        """Whether there is a note instead of a lock."""
        return self._connection is not None and self._connection.is_proxied

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        """Return those of `owners` for whom the server has neither a lock nor a fresh note."""
        if not owners:
            return ()
        living = await self._living()
        if living is None or self._clock() < self._settled_at:
            return ()
        return [owner for owner in owners if not OWNER_ID.fullmatch(owner) or int(owner, 16) not in living]

    async def is_database_copied(self) -> bool:
        """Tell whether a copy holds its own lock."""
        return MAINTENANCE_KEY in (await self._living() or ())

    async def close(self) -> None:
        """Give the lock back."""
        self._holding.cancel()
        await asyncio.wait({self._holding})
        if self._connection is not None:
            await self._connection.close()

    async def _hold(self) -> None:
        """Let the server hear of this process, and take the lock again whenever it is lost."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._is_broken.wait()
            if self._is_broken.is_set() or await self._living() is None:
                _log.warning("lost the lock that shows other processes this one is alive; reconnecting")
                await self._retake()
            elif self._is_due():
                await self._renew()

    def _is_due(self) -> bool:
        """Return whether the name may lead to another server by now.

        One that takes no writes may be about to be replaced: in the middle of a failover, it leads to the old one yet.
        """
        is_read_only = self._connection is not None and not self._connection.is_writable
        return is_read_only or self._clock() - self._opened_at > MAX_AGE_SECONDS

    def _settle(self) -> None:
        """Give the others time to lock again."""
        self._settled_at = self._clock() + SETTLE_SECONDS

    async def _retake(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        while not await self._renew():  # noqa: ASYNC110 - nothing tells that a server is back
            await asyncio.sleep(self._backoff.next_pause())
        self._settle()
        _log.info("lock taken again")

    async def _renew(self) -> bool:
        """Go on with a new connection, which has the lock before the old one gives it back; tells whether it could."""
        try:
            connection = await self._open_one(min(self._max_wait, _MAX_PAUSE))
        except Exception as error:  # noqa: BLE001 - the driver's errors have no common base, and name addresses
            _log.debug("the lock is not taken again yet: %s", type(error).__name__)
            return False
        async with self._one_at_a_time:
            old, self._connection, self._is_broken = self._connection, connection, connection.is_broken
        self._opened_at = self._clock()
        if old is not None and connection.is_writable and not old.is_writable:
            self._settle()  # perhaps it is another server
        if old is not None and not old.is_proxied:
            await old.close()
        elif old is not None:
            old.terminate()  # its note is the new one's, too
        return True

    async def _living(self) -> Collection[int] | None:
        """Return the keys of all processes, None if the server does not answer, or no longer knows of this one."""
        async with self._one_at_a_time:
            if self._connection is None:
                return None
            try:
                keys = await self._connection.living(self._max_wait)
            except Exception:  # noqa: BLE001 - likewise
                keys = None
            if keys is None:
                self._is_broken.set()
            return keys


_Connection = LockConnection | NoteConnection
_Opening = Callable[[float], Awaitable[_Connection]]
"""Connects and takes the lock, or writes the note. It gets how many seconds connecting may take."""


async def _connect(address: PostgresServer, owner: str, max_wait: float) -> _Connection:
    """Connect and take the lock. If an earlier connection of another kind still has it, wait until that is ended."""
    # A server that falls silent after the login is not waited for: a process without the lock counts as ended.
    driver = await connect(address, max_wait=max_wait, command_timeout=max_wait, statement_cache_size=0)
    try:
        if address.is_pooled or await has_proxy(driver):
            return await NoteConnection.open(driver, owner)
        return await LockConnection.open(driver, int(owner, 16))
    except BaseException:
        driver.terminate()
        raise
