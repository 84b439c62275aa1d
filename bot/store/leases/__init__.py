"""Leases: how a process is known to be alive, on each of the two databases."""

from typing import Protocol

from bot.domain.leases import Lease
from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.addresses.urls import SqliteFile, parse_url


class HeldLease(Lease, Protocol):
    """A lease that is held until it is closed."""

    async def is_database_copied(self) -> bool:
        """Tell whether a copy of the database is being made, or one into it: then no bot may run on it."""
        ...

    async def close(self) -> None:
        """Give the lease back: from now on this process counts as ended."""
        ...


async def hold_lease(url: str, owner: str, *, max_wait: float) -> HeldLease:
    """Hold a lease under the id `owner`; raises what the system or the driver raises if that fails.

    `max_wait`, in seconds, bounds connecting to a server.
    """
    # Each is imported only if it is used, like the engines.
    match parse_url(url):
        case SqliteFile(path):
            from bot.store.leases.sqlite import SqliteLease

            return SqliteLease(path, owner)
        case PostgresServer():
            from bot.store.leases.postgres import PostgresLease

            return await PostgresLease.open(url, owner, max_wait=max_wait)


async def is_lease_seen(url: str, owner: str, *, is_proxied: bool, max_wait: float) -> bool:
    """Tell whether the lease of `owner` is seen on the PostgreSQL database at `url`: it is held on this one, then.

    If it `is_proxied`, a database without tables does not tell. Raises what the driver raises.
    """
    from bot.store.leases.postgres_notes import has_notes, read_living
    from bot.store.postgres_connection import connect

    address = parse_url(url)
    assert isinstance(address, PostgresServer)
    driver = await connect(address, max_wait=max_wait, command_timeout=max_wait, statement_cache_size=0)
    try:
        async with driver.transaction():
            if is_proxied and not await has_notes(driver):
                return True
            return int(owner, 16) in await read_living(driver)
    finally:
        driver.terminate()
