"""The lock that a copy, erasing or `VACUUM` holds on a database: no second one, and no bot that starts meanwhile.

It takes it first and then looks for leases; a bot takes its lease first and then looks for the lock. So of the
two, at least one sees the other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.addresses.urls import Address, SqliteFile
from bot.store.errors import MaintenanceError

_MAX_WAIT = 10.0

_OWNERS_END = 1 << 60
"""Processes' locks have smaller numbers than this (`bot.domain.leases`)."""

_AGAIN = "run the command again to resume"


class Lock(Protocol):
    """A lock that is held."""

    async def check(self) -> None:
        """Raise `MaintenanceError` if it is lost, so that a bot may have started."""
        ...


@asynccontextmanager
async def hold_lock(address: Address) -> AsyncIterator[Lock]:
    """Hold the lock; raises `MaintenanceError` if it is taken or a bot runs, and what the system or driver raises."""
    async with _hold_file_lock(address) if isinstance(address, SqliteFile) else _hold_server_lock(address) as lock:
        yield lock


async def is_bot_running(address: Address) -> bool:
    """Tell whether a bot runs on the database; raises what the system or driver raises."""
    if isinstance(address, SqliteFile):
        from bot.store.leases.sqlite import find_living

        return bool(find_living(address.path))
    from bot.store.postgres_connection import connect

    driver = await connect(address, max_wait=_MAX_WAIT, command_timeout=_MAX_WAIT, statement_cache_size=0)
    try:
        return await _lives_on_server(driver)
    finally:
        with suppress(Exception):
            await driver.close(timeout=1)


async def _lives_on_server(driver: Any) -> bool:  # noqa: ANN401 - asyncpg's connection, which has no types
    from bot.store.leases.postgres_notes import read_living

    return any(0 <= key < _OWNERS_END for key in await read_living(driver))


class _FileLock(Lock):
    def __init__(self, address: SqliteFile, handle: int) -> None:
        self._address = address
        self._handle = handle

    async def check(self) -> None:
        from bot.store.leases.sqlite import is_locked_for_maintenance

        if not is_locked_for_maintenance(self._address.path, self._handle):
            raise MaintenanceError(f"the file that kept bots away from {self._address} was deleted; {_AGAIN}")


@asynccontextmanager
async def _hold_file_lock(address: SqliteFile) -> AsyncIterator[Lock]:
    from bot.store.leases.sqlite import find_living, lock_for_maintenance, unlock_after_maintenance

    handle = lock_for_maintenance(address.path)
    if handle is None:
        raise MaintenanceError(f"{address} is being copied, erased or written afresh by another process")
    try:
        _refuse_bots(address, is_running=bool(find_living(address.path)))
        yield _FileLock(address, handle)
    finally:
        unlock_after_maintenance(address.path, handle)


class _ServerLock(Lock):
    """It is the connection's, and lost with it."""

    def __init__(self, address: PostgresServer, driver: Any) -> None:  # noqa: ANN401 - asyncpg's connection, which has no types
        self._address = address
        self._driver = driver

    async def check(self) -> None:
        try:
            await self._driver.fetchval("SELECT 1", timeout=_MAX_WAIT)
        except Exception:  # noqa: BLE001 - the driver's errors have no common base, and whichever it is, the lock is lost
            is_lost = True
        else:
            is_lost = False
        if is_lost:
            raise MaintenanceError(f"{self._address} ended the connection that kept bots away; {_AGAIN}")


@asynccontextmanager
async def _hold_server_lock(address: PostgresServer) -> AsyncIterator[Lock]:
    from bot.store.leases.postgres import MAINTENANCE_KEY
    from bot.store.leases.postgres_locks import SESSION_SETTINGS, set_for_session
    from bot.store.postgres_connection import connect, has_proxy

    driver = await connect(address, max_wait=_MAX_WAIT, command_timeout=_MAX_WAIT, statement_cache_size=0)
    try:
        if await has_proxy(driver):
            raise MaintenanceError(f"{address} is a proxy such as PgBouncer; give the server's own address")
        # It says nothing while a page is copied. If this host is gone, the server notices by TCP's keepalives.
        for name, value in (SESSION_SETTINGS | {"idle_session_timeout": "0"}).items():
            await set_for_session(driver, name, value)
        if not await driver.fetchval(f"SELECT pg_try_advisory_lock({MAINTENANCE_KEY})"):
            raise MaintenanceError(f"{address} is being copied, erased or written afresh by another process")
        _refuse_bots(address, is_running=await _lives_on_server(driver))
        yield _ServerLock(address, driver)
    finally:
        with suppress(Exception):
            await driver.close(timeout=1)


def _refuse_bots(address: Address, *, is_running: bool) -> None:
    if is_running:
        raise MaintenanceError(f"a bot runs on {address}; stop it first, and start no other until this is done")
