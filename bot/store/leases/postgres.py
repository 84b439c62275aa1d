"""PostgreSQL: a lease is an advisory lock on a connection of its own. The server gives it back when that ends.

The server is told to end the connection 30 s after its process was last heard of, since a process that is frozen
(SIGSTOP, a paused container), or whose host is gone, closes nothing. Behind a proxy, there is a note instead.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Any, Self

import asyncpg

from bot.domain.leases import OWNER_ID, Lease
from bot.domain.runtime.timing import Backoff, Clock
from bot.store.addresses.urls import PostgresServer, parse_url
from bot.store.leases.postgres_notes import LOCKS, STALE_SECONDS, NoteConnection, read_notes
from bot.store.postgres_connection import connect, has_proxy

_log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
"""Seconds between two signs of life; the server waits three times as long for one."""

SETTLE_SECONDS = 15.0
"""How long nobody is taken for ended after the database came back: each process has to lock again first."""

SESSION_SETTINGS = {
    "idle_session_timeout": f"{STALE_SECONDS}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "2",
    "statement_timeout": "0",
    "lock_timeout": "0",
}
"""When the server ends the connection (PostgreSQL's documentation, "Client Connection Defaults" and "TCP Settings"):
30 s after the latest statement, and 30 s after the host went silent. The first exists since PostgreSQL 14.

An operator's limits for statements must not end the wait for the lock: meanwhile nobody would see that we live."""

_UP_SECONDS = "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float"
"""For how long the server has been up, by its clock; less than 0 if that was set back."""

_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"

MAX_AGE_SECONDS = 1800.0
"""How old a connection may become: after a failover that it survived, others look for the lock on another server."""

_MAX_PAUSE = 5.0
"""Seconds for one try to connect again, and between two: together less than `SETTLE_SECONDS`."""

_CLOSE_SECONDS = 1.0

_LOCK_SECONDS = 60.0
"""How long to wait for the lock: twice what the server waits before it ends a connection."""


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
            elif self._clock() - self._opened_at > MAX_AGE_SECONDS:
                await self._renew()

    async def _retake(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        while not await self._renew():  # noqa: ASYNC110 - nothing tells that a server is back
            await asyncio.sleep(self._backoff.next_pause())
        self._settled_at = self._clock() + SETTLE_SECONDS
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


class _SessionConnection:
    """A session that has a lock. `server_up` is for how many seconds the server had been running then."""

    is_proxied = False

    def __init__(self, driver: Any, key: int, server_up: float, *, is_writable: bool) -> None:  # noqa: ANN401 - asyncpg's, which has no types
        self._driver = driver
        self._key = key
        self.server_up = server_up
        self._is_writable = is_writable
        self.is_broken = asyncio.Event()
        driver.add_termination_listener(lambda _: self.is_broken.set())

    @classmethod
    async def open(cls, driver: Any, key: int) -> Self:  # noqa: ANN401 - likewise
        """Take the lock; raises what the driver raises."""
        for name, value in SESSION_SETTINGS.items():
            await set_for_session(driver, name, value)
        # Shared, so that there can be two connections with it for a moment, and never none.
        await driver.execute(f"SELECT pg_advisory_lock_shared({key})", timeout=_LOCK_SECONDS)
        up, is_read_only = await driver.fetchval(_UP_SECONDS), await driver.fetchval(_READ_ONLY)
        return cls(driver, key, max(0.0, up), is_writable=not is_read_only)

    async def living(self, max_wait: float) -> set[int] | None:
        """Return the keys of all processes that are alive; None if the lock is lost, or another server took over."""
        rows = await self._driver.fetch(LOCKS, timeout=max_wait)
        if self._key not in {row["key"] for row in rows if row["own"]}:
            return None
        if self._is_writable and await self._driver.fetchval(_READ_ONLY, timeout=max_wait):
            return None
        return {row["key"] for row in rows} | await read_notes(self._driver)

    async def close(self) -> None:
        """Close it, so that the lock is free afterwards; a server that does not answer is not waited for."""
        try:
            await self._driver.close(timeout=_CLOSE_SECONDS)
        except Exception:  # noqa: BLE001 - likewise
            self.terminate()

    def terminate(self) -> None:
        """Close it at once, without telling the server."""
        self._driver.terminate()


_Connection = _SessionConnection | NoteConnection
_Opening = Callable[[float], Awaitable[_Connection]]
"""Connects and takes the lock, or writes the note. It gets how many seconds connecting may take."""


async def _connect(address: PostgresServer, owner: str, max_wait: float) -> _Connection:
    """Connect and take the lock. If an earlier connection of another kind still has it, wait until that is ended."""
    # A server that falls silent after the login is not waited for: a process without the lock counts as ended.
    driver = await connect(address, max_wait=max_wait, command_timeout=max_wait, statement_cache_size=0)
    try:
        if address.is_pooled or await has_proxy(driver):
            return await NoteConnection.open(driver, owner)
        return await _SessionConnection.open(driver, int(owner, 16))
    except BaseException:
        driver.terminate()
        raise


async def set_for_session(driver: Any, name: str, value: str) -> None:  # noqa: ANN401 - likewise
    """Set something for this connection, if the server knows it."""
    try:
        await driver.fetchval("SELECT set_config($1, $2, false)", name, value)
    except asyncpg.UndefinedObjectError:
        _log.info("the database has no %s: it may take longer to notice that a process is frozen", name)
