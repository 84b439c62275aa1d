"""The lock that a copy holds on both databases: no second copy, and no bot that starts meanwhile.

The copy takes it first and then looks for leases; a bot takes its lease first and then looks for the lock. So of the
two, at least one sees the other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.store.addresses.urls import Address, SqliteFile
from bot.store.errors import MaintenanceError

_MAX_WAIT = 10.0

_OWNERS_END = 1 << 60
"""Processes' locks have smaller numbers than this (`bot.domain.leases`)."""


@asynccontextmanager
async def hold_lock(address: Address) -> AsyncIterator[None]:
    """Hold the lock; raises `MaintenanceError` if it is taken or a bot runs, and what the system or driver raises."""
    if isinstance(address, SqliteFile):
        from bot.store.leases.sqlite import find_living, lock_for_maintenance, unlock_after_maintenance

        lock = lock_for_maintenance(address.path)
        if lock is None:
            raise MaintenanceError(f"{address} is being copied by another process")
        try:
            _refuse_bots(address, is_running=bool(find_living(address.path)))
            yield
        finally:
            unlock_after_maintenance(address.path, lock)
        return
    from bot.store.leases.postgres import MAINTENANCE_KEY
    from bot.store.leases.postgres_notes import LOCKS, read_notes
    from bot.store.postgres_connection import connect, has_proxy

    driver = await connect(address, max_wait=_MAX_WAIT, statement_cache_size=0)
    try:
        if await has_proxy(driver):
            raise MaintenanceError(f"{address} is a proxy such as PgBouncer; give the server's own address")
        with suppress(Exception):  # servers before PostgreSQL 14 do not know it
            await driver.execute("SELECT set_config('idle_session_timeout', '0', false)")
        if not await driver.fetchval(f"SELECT pg_try_advisory_lock({MAINTENANCE_KEY})"):
            raise MaintenanceError(f"{address} is being copied by another process")
        keys = {row["key"] for row in await driver.fetch(LOCKS)}
        living = any(0 <= key < _OWNERS_END for key in keys) or bool(await read_notes(driver))
        _refuse_bots(address, is_running=living)
        yield
        if driver.is_closed():
            raise MaintenanceError(f"{address} ended the connection that kept bots away; run the command again")
    finally:
        with suppress(Exception):
            await driver.close(timeout=1)


def _refuse_bots(address: Address, *, is_running: bool) -> None:
    if is_running:
        raise MaintenanceError(f"a bot runs on {address}; stop it first, and start it when the copy is done")
