"""Connections: how each of the two databases is spoken to."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.urls import Address, PostgresServer, SqliteFile

CONNECTIONS = 5
"""The most connections that one process holds; further calls wait for one to come free."""

_CACHE_KIB = 256

_TALKATIVE = ("aiosqlite", "alembic", "sqlalchemy.engine")


@asynccontextmanager
async def open_engine(address: Address, *, patience: float, enforce_links: bool = True) -> AsyncIterator[AsyncEngine]:
    """Yield an engine, and close all its connections at the end; connects only when it is first used.

    `patience`, in seconds, bounds each wait for a connection. With `enforce_links` off, SQLite does not check foreign
    keys, which the migrations need to rebuild a table (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    _quieten()
    match address:
        case SqliteFile():
            engine = _create_sqlite(address, patience, enforce_links=enforce_links)
        case PostgresServer():
            engine = _create_postgres(address, patience)
    try:
        yield engine
    finally:
        await engine.dispose()


def _quieten() -> None:
    """Keep these libraries from logging below warnings: statements with their values, which are people's texts."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _create_postgres(address: PostgresServer, patience: float) -> AsyncEngine:
    return create_async_engine(
        "postgresql+asyncpg://",
        # The driver reads the URL itself: it knows libpq's options, SQLAlchemy would hand them on unread.
        connect_args={"dsn": address.dsn, "timeout": patience},
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        # A connection that broke while nobody used it is replaced before the next call notices.
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _create_sqlite(address: SqliteFile, patience: float, *, enforce_links: bool) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(address.path.absolute())),
        # `isolation_level` None: transactions are begun below. `timeout` is how long to wait for another process's
        # lock; it ends before the caller's patience does, so that the call fails with the true reason.
        connect_args={"isolation_level": None, "timeout": patience / 2},
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
    )

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # Readers and the one writer do not block each other.
        cursor.execute("PRAGMA journal_mode = WAL")
        # What is deleted is overwritten, and not only given up for something else to be written over it one day.
        cursor.execute("PRAGMA secure_delete = ON")
        # KiB for each connection instead of 2 MB: a call reads a few pages, and the system's own cache holds the file.
        cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if enforce_links else 'OFF'}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin a SQLite transaction: a writing one takes its lock at once, since one that asks later may be refused.

    Its commit reaches the disk before it counts, which takes milliseconds. One that is `hasty` does not wait for that:
    it survives a killed process as well, and only a power cut may lose it.
    """
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if options.get('hasty', False) else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
