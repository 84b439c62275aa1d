"""PostgreSQL: a lease is an advisory lock on a connection of its own. The server gives it back when that ends.

The server is told to end the connection 30 s after its process was last heard of, since a process that is frozen
(SIGSTOP, a paused container), or whose host is gone, closes nothing.
"""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Any, Self

import asyncpg

from bot.domain.leases import OWNER_ID, Lease
from bot.domain.runtime.timing import Backoff, Clock

_log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
"""Seconds between two signs of life; the server waits three times as long for one."""

SETTLE_SECONDS = 15.0
"""How long nobody is taken for ended after the database came back: each process has to lock again first."""

_SETTINGS = {
    "idle_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "2",
    "statement_timeout": "0",
    "lock_timeout": "0",
}
"""When the server ends the connection (PostgreSQL's documentation, "Client Connection Defaults" and "TCP Settings"):
30 s after the latest statement, and 30 s after the host went silent. The first exists since PostgreSQL 14.

An operator's limits for statements must not end the wait for the lock: meanwhile nobody would see that we live."""

_LOCKS = """
SELECT (classid::bigint << 32) | objid::bigint AS key, pid = pg_backend_pid() AS own
FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""All advisory locks by their key, those that are waited for too (documentation, "pg_locks")."""

_UP_SECONDS = "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float"
"""For how long the server has been up, by its clock; less than 0 if that was set back."""

_MAX_PAUSE = 5.0
"""Seconds for one try to connect again, and between two: together less than `SETTLE_SECONDS`."""

_CLOSE_SECONDS = 1.0

_LOCK_SECONDS = 60.0
"""How long to wait for the lock: twice what the server waits before it ends a connection."""


class PostgresLease(Lease):
    """Implements `Lease`, as long as `connection` or the next one has the lock. `clock` returns seconds."""

    def __init__(self, connection: "_Connection", dsn: str, key: int, max_wait: float, clock: Clock) -> None:
        self._connection: _Connection | None = connection
        self._dsn = dsn
        self._key = key
        self._max_wait = max_wait
        self._clock = clock
        self._backoff = Backoff(clock)
        self._settled_at = clock() + SETTLE_SECONDS - connection.server_up
        self._one_at_a_time = asyncio.Lock()
        self._is_broken = connection.is_broken
        self._holding = asyncio.create_task(self._hold())

    @classmethod
    async def open(cls, dsn: str, owner: str, *, max_wait: float, clock: Clock | None = None) -> Self:
        """Connect, lock, and stay so until it is closed; raises what the driver raises.

        `max_wait` bounds connecting, in seconds; `clock` is the event loop's unless a test has its own.
        """
        key = int(owner, 16)
        async with asyncio.timeout(max_wait):
            connection = await _connect(dsn, key, max_wait)
        return cls(connection, dsn, key, max_wait, clock or asyncio.get_running_loop().time)

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        """Return those of `owners` for whom the server has no lock."""
        living = await self._living()
        if living is None or self._clock() < self._settled_at:
            return ()
        return [owner for owner in owners if not OWNER_ID.fullmatch(owner) or int(owner, 16) not in living]

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

    async def _retake(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        while True:
            try:
                connection = await _connect(self._dsn, self._key, min(self._max_wait, _MAX_PAUSE))
            except Exception as error:  # noqa: BLE001 - the driver's errors have no common base, and name addresses
                _log.debug("the lock is not taken again yet: %s", type(error).__name__)
                await asyncio.sleep(min(self._backoff.next_pause(), _MAX_PAUSE))
            else:
                break
        self._connection, self._is_broken = connection, connection.is_broken
        self._settled_at = self._clock() + SETTLE_SECONDS
        _log.info("lock taken again")

    async def _living(self) -> Collection[int] | None:
        """Return the keys of all locks, None if the server does not answer, or has no lock for this connection."""
        async with self._one_at_a_time:
            if self._connection is None:
                return None
            try:
                keys, own = await self._connection.locks(self._max_wait)
            except Exception:  # noqa: BLE001 - likewise
                keys, own = set(), set()
            if self._key not in own:
                # Behind a pooler in transaction mode, the connection is there without it.
                self._is_broken.set()
                return None
            return keys


class _Connection:
    """A connection that has a lock. `server_up` is for how many seconds the server had been running then."""

    def __init__(self, driver: Any, server_up: float) -> None:  # noqa: ANN401 - asyncpg's, which has no types
        self._driver = driver
        self.server_up = server_up
        self.is_broken = asyncio.Event()
        driver.add_termination_listener(lambda _: self.is_broken.set())

    async def locks(self, max_wait: float) -> tuple[set[int], set[int]]:
        """Return the keys of all locks, and of this connection's own."""
        rows = await self._driver.fetch(_LOCKS, timeout=max_wait)
        return {row["key"] for row in rows}, {row["key"] for row in rows if row["own"]}

    async def close(self) -> None:
        """Close it, so that the lock is free afterwards; a server that does not answer is not waited for."""
        try:
            await self._driver.close(timeout=_CLOSE_SECONDS)
        except Exception:  # noqa: BLE001 - likewise
            self.terminate()

    def terminate(self) -> None:
        """Close it at once, without telling the server."""
        self._driver.terminate()


async def _connect(dsn: str, key: int, max_wait: float) -> _Connection:
    """Connect and take the lock. If an earlier connection still has it, wait until the server ends that one."""
    # A server that falls silent after the login is not waited for: a process without the lock counts as ended.
    driver: Any = await asyncpg.connect(dsn, timeout=max_wait, command_timeout=max_wait)
    try:
        for name, value in _SETTINGS.items():
            await _set(driver, name, value)
        await driver.execute(f"SELECT pg_advisory_lock({key})", timeout=_LOCK_SECONDS)
        return _Connection(driver, max(0.0, await driver.fetchval(_UP_SECONDS)))
    except BaseException:
        driver.terminate()
        raise


async def _set(driver: Any, name: str, value: str) -> None:  # noqa: ANN401 - likewise
    """Set something for this connection, if the server knows it."""
    try:
        await driver.fetchval("SELECT set_config($1, $2, false)", name, value)
    except asyncpg.UndefinedObjectError:
        _log.info("the database has no %s: it may take longer to notice that a process is frozen", name)
