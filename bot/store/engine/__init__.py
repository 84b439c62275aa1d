"""Engines: how units of work are run on each of the two databases."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.addresses.urls import Address, SqliteFile

T = TypeVar("T")

CONNECTIONS = 5
"""The most connections that one process holds, unless the operator grants fewer; further calls wait for one to come
free."""

_TALKATIVE = ("aiosqlite", "alembic", "sqlalchemy.engine")


class Engine(Protocol):
    """Runs units of work: functions that are handed a connection and wait for nothing but the database.

    They are no coroutines. SQLite's are run in a thread, so that each crosses over to it and back once, and not once
    for each statement and commit; those of PostgreSQL run where their driver can wait for the server.
    """

    @property
    def connections(self) -> int:
        """How many units of work it runs at once."""
        ...

    @property
    def one_writer(self) -> bool:
        """Whether the database has only one writer at a time."""
        ...

    async def run(
        self, work: Callable[[Connection], T], *, writes: bool, relaxed: bool = False, waits: bool = True
    ) -> T:
        """Return what `work` returns, once its transaction is committed; whatever it raises takes everything back.

        A `relaxed` one need not wait for the disk: the end of the process does not undo it, a power cut may. With
        `waits` off, a database with one writer at a time refuses the first change if another process is the one.
        One that is cancelled commits nothing any more, unless the commit is under way. It ends when its connection is
        free; if it is cancelled once more, it ends at once.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


@asynccontextmanager
async def open_engine(
    address: Address, *, max_wait: float, enforce_links: bool = True, makes_file: bool = True
) -> AsyncIterator[Engine]:
    """Yield an engine, and close all its connections at the end; connects only when it is first used.

    `max_wait`, in seconds, bounds each wait for a connection. With `enforce_links` off, SQLite does not check foreign
    keys, which the migrations need to rebuild a table (https://www.sqlite.org/lang_altertable.html, section 7). With
    `makes_file` off, a SQLite file must be there.
    """
    _quieten()
    engine = _create(address, max_wait, enforce_links=enforce_links, makes_file=makes_file)
    try:
        yield engine
    finally:
        await engine.close()


def _create(address: Address, max_wait: float, *, enforce_links: bool, makes_file: bool) -> Engine:
    # Each is imported only if it is used: what PostgreSQL needs takes as long as a quarter of discord.py.
    match address:
        case SqliteFile():
            from bot.store.engine.sqlite import SqliteEngine

            return SqliteEngine(address, max_wait, enforce_links=enforce_links, makes_file=makes_file)
        case PostgresServer():
            from bot.store.engine.postgres import PostgresEngine

            return PostgresEngine(address, CONNECTIONS, max_wait)


def _quieten() -> None:
    """Keep these libraries from logging below warnings: statements with their values, which are people's texts."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
