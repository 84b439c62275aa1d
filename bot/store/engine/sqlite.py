"""SQLite: units of work in threads, one transaction after another, which the event loop only begins and ends."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.urls import SqliteFile

T = TypeVar("T")

_CACHE_KIB = 256

_LOOK_AGAIN = 0.02
"""Seconds between two tries at what SQLite does not wait for by itself."""


class SqliteEngine:
    """Implements `Engine` on Python's own `sqlite3`."""

    one_writer = True

    def __init__(self, address: SqliteFile, connections: int, patience: float, *, enforce_links: bool) -> None:
        self._engine = create_engine(
            URL.create("sqlite", database=str(address.path.absolute())),
            # `isolation_level` None: transactions are begun below. `timeout` is how long to wait for another process's
            # lock; it ends before the caller's patience does, so that the call fails with the true reason.
            connect_args={"isolation_level": None, "check_same_thread": False, "timeout": patience / 2},
            pool_size=connections,
            max_overflow=0,
            pool_timeout=patience,
            hide_parameters=True,
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="sqlite")

        def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()
            _write_ahead(cursor, patience / 2)
            # What is deleted is overwritten, and not only given up for something else to be written over it one day.
            cursor.execute("PRAGMA secure_delete = ON")
            # KiB for each connection instead of 2 MB: a call reads a few pages, and the system's cache holds the file.
            cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            cursor.execute(f"PRAGMA foreign_keys = {'ON' if enforce_links else 'OFF'}")
            cursor.close()

        event.listen(self._engine, "connect", prepare)

    async def run(self, work: Callable[[Connection], T], *, writes: bool, relaxed: bool = False) -> T:
        """Return what `work` returns, once its transaction is committed."""
        call = _Call(work)

        def transact() -> T:
            with self._engine.begin() as connection:
                # A writing one takes its lock at once, since one that asks for it later may be refused. Not in a
                # listener, with one of which SQLAlchemy asks for listeners at every step. Its commit reaches the disk
                # before it counts: only so does a turn that was recorded survive a power cut. A hasty one saves that
                # time, in which a killed process would leave no trace of it at all.
                if writes:
                    _synchronize(connection, "NORMAL" if relaxed else "FULL")
                connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
                return call.run(connection)

        try:
            return await asyncio.wrap_future(self._threads.submit(transact))
        except asyncio.CancelledError:
            call.give_up()
            raise

    async def close(self) -> None:
        """Close all connections; one that a call still has is closed when the call gives up."""
        self._threads.shutdown(wait=False)
        self._engine.dispose()


def _write_ahead(cursor: DBAPICursor, patience: float) -> None:
    """Have the file's changes written ahead, so that readers and the one writer do not block each other.

    A file is told once and for all. Where another process is about to tell it, or writes, SQLite refuses at once
    instead of waiting, and several processes may start at the same moment.
    """
    until = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(_LOOK_AGAIN)


def _synchronize(connection: Connection, how: str) -> None:
    """Set how long a commit waits for the disk, which a connection keeps until it is told otherwise."""
    if connection.info.get("synchronous") != how:
        connection.exec_driver_sql(f"PRAGMA synchronous = {how}")
        connection.info["synchronous"] = how


class _Call(Generic[T]):
    """One unit of work, which may be given up from outside while a thread is at it."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self._lock = Lock()
        self._given_up = False
        self._busy: sqlite3.Connection | None = None

    def run(self, connection: Connection) -> T:
        """Return what the work returns; raises `_GivenUp` where nobody wants it any more."""
        self._hold(connection.connection.driver_connection)
        try:
            result = self._work(connection)
        finally:
            self._hold(None)
        return result

    def give_up(self) -> None:
        """Break off the statement under way, and keep what was done from being committed."""
        with self._lock:
            self._given_up = True
            if self._busy is not None:
                self._busy.interrupt()

    def _hold(self, connection: sqlite3.Connection | None) -> None:
        """Take note of whose statements may be broken off: never those of whoever has the connection next."""
        with self._lock:
            self._busy = connection
            if self._given_up:
                raise _GivenUp


class _GivenUp(Exception):
    """Whoever called waits no longer."""
