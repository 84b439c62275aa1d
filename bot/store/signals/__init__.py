"""Signals between processes: on PostgreSQL they arrive at once, and otherwise never."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.cluster.signals import NO_SIGNALS, Signals
from bot.domain.leases import Owner
from bot.store.addresses.urls import SqliteFile, parse_url

_CONNECT_SECONDS = 5.0
"""How long a start waits for one more connection; after that it is tried again beside everything else."""


@asynccontextmanager
async def open_signals(
    url: str, owner: Owner, *, direct_url: str | None = None, is_proxied: bool = False
) -> AsyncIterator[Signals]:
    """Yield the signals of the process `owner` on the database at `url`, which was opened before.

    `direct_url`, if set, leads to the same database without a pooling proxy; `is_proxied` says that there is one all
    the same. A database that refuses one more connection does not raise: it is tried again, and until then no signal
    arrives.
    """
    address = parse_url(direct_url or url)
    if is_proxied or isinstance(address, SqliteFile):
        yield NO_SIGNALS
        return
    from bot.store.signals.postgres import PostgresSignals  # like the engines, only if it is used

    signals = PostgresSignals(address, owner)
    await signals.open(_CONNECT_SECONDS)
    try:
        yield signals
    finally:
        await signals.close()
