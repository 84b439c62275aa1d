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
