"""PostgreSQL knows that a process is alive from an advisory lock, as long as the session that has it lasts."""

import asyncio
import logging
from typing import Any, Self

import asyncpg

from bot.store.leases.postgres_notes import LOCKS, STALE_SECONDS, read_notes

_log = logging.getLogger(__name__)

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

_CLOSE_SECONDS = 1.0

_LOCK_SECONDS = 60.0
"""How long to wait for the lock: twice what the server waits before it ends a connection."""


class LockConnection:
    """A session that has a lock.

    `server_up` is for how many seconds the server had been running then, `is_writable` whether it took writes.
    """

    is_proxied = False

    def __init__(self, driver: Any, key: int, server_up: float, *, is_writable: bool) -> None:  # noqa: ANN401 - asyncpg's, which has no types
        self._driver = driver
        self._key = key
        self.server_up = server_up
        self.is_writable = is_writable
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
        if self.is_writable and await self._driver.fetchval(_READ_ONLY, timeout=max_wait):
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


async def set_for_session(driver: Any, name: str, value: str) -> None:  # noqa: ANN401 - likewise
    """Set something for this connection, if the server knows it."""
    try:
        await driver.fetchval("SELECT set_config($1, $2, false)", name, value)
    except asyncpg.UndefinedObjectError:
        _log.info("the database has no %s: it may take longer to notice that a process is frozen", name)
