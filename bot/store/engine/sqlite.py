"""SQLite: aiosqlite's connections, each with a thread of its own, to which a unit of work crosses once."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from threading import Lock, Thread, local
from typing import Generic, TypeVar

import aiosqlite
from sqlalchemy import Connection, NullPool, create_engine

from bot.store.addresses.urls import SqliteFile
from bot.store.engine import CONNECTIONS
from bot.store.engine.pragmas import impatient, synchronize, write_ahead
from bot.store.engine.sqlite_file import FileGuard, FileLost, is_spoilt, rescue
from bot.store.engine.threads import promise

T = TypeVar("T")

_CACHE_KIB = 256


class SqliteEngine:
    """Implements `Engine` on aiosqlite. Nobody runs more calls at once than there may be connections."""

    connections = CONNECTIONS
    one_writer = True

    def __init__(self, address: SqliteFile, max_wait: float, *, enforce_links: bool, makes_file: bool = True) -> None:
        self._guard = FileGuard(str(address.path.absolute()), makes_file=makes_file)
        # How long to wait for another process's lock. It ends before the caller's max_wait does, so that the call fails
        # with the true reason.
        self._timeout = max_wait / 2
        self._enforce_links = enforce_links
        # One for all connections, so that each statement is compiled once. It closes nothing that is still in use.
        self._of_thread = local()
        self._upper_engine = create_engine(
            "sqlite://", creator=lambda: self._of_thread.connection, poolclass=NullPool, hide_parameters=True
        )
        self._idle: list[_ThreadedConnection] = []
        self._busy: set[_ThreadedConnection] = set()

    async def run(
        self, work: Callable[[Connection], T], *, writes: bool, relaxed: bool = False, waits: bool = True
    ) -> T:
        """Return what `work` returns, once its transaction is committed.

        A call that is cancelled ends when its connection is free. If it is cancelled once more, it ends at once, and
        the connection is given up.
        """
        connection = self._idle.pop() if self._idle else await self._open()
        is_sound = True
        self._busy.add(connection)
        call = _Call(work)
        done = connection.submit(lambda: connection.transact(call.run, writes=writes, relaxed=relaxed, waits=waits))
        try:
            return await asyncio.shield(done)
        except FileLost:
            is_sound = False
            self._drop_idle()
            raise
        except asyncio.CancelledError:
            call.give_up()
            await asyncio.wait({done})
            done.exception()  # nobody is left to be told
            raise
        except Exception as error:
            is_sound = not is_spoilt(error)
            raise
        finally:
            self._busy.discard(connection)
            if done.done() and is_sound:
                self._idle.append(connection)
            else:
                connection.give_up()
            if not (self._busy or self._idle):
                self._guard.let_go()

    def _drop_idle(self) -> None:
        """Have all connections closed that have a file open which was lost."""
        while self._idle:
            self._idle.pop().give_up()

    async def close(self) -> None:
        """Close all connections; one that a call still has is closed when its thread is done with that."""
        for connection in self._busy:
            connection.give_up()
        while self._idle:
            await self._idle.pop().close()

    async def _open(self) -> "_ThreadedConnection":
        # `isolation_level` None: this program begins its transactions itself. Interrupting comes from another thread.
        connection = _ThreadedConnection(self._connect, self._connect_upper, self._guard.check)
        await connection.open()
        return connection

    def _connect(self) -> sqlite3.Connection:
        """Open the file; in the connection's thread."""
        self._guard.check_before_opening()
        return sqlite3.connect(
            self._guard.uri, timeout=self._timeout, isolation_level=None, check_same_thread=False, uri=True
        )

    def _connect_upper(self, connection: sqlite3.Connection) -> Connection:
        """Prepare SQLite's connection, and return SQLAlchemy's over it; in its thread."""
        self._guard.check_version(connection)
        write_ahead(connection, self._timeout)
        self._guard.opened(connection)
        # What is deleted is overwritten, and not only given up for something else to be written over it one day.
        connection.execute("PRAGMA secure_delete = ON")
        # KiB for each connection instead of 2 MB: a call reads a few pages, and the system's cache holds the file.
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if self._enforce_links else 'OFF'}")
        self._of_thread.connection = connection
        return self._upper_engine.connect()


class _ThreadedConnection(aiosqlite.Connection):
    """aiosqlite's connection and thread, with SQLAlchemy's connection on top; the thread alone uses that one.

    aiosqlite itself, and SQLAlchemy's dialect for it, cross to the thread and back for each statement, and more.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        connect_upper: Callable[[sqlite3.Connection], Connection],
        check_files: Callable[[], None],
    ) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._connect_file = connect
        self._check_files = check_files
        self._thread.daemon = True  # what SQLite waits for does not keep the process alive
        self._connect_upper = connect_upper
        self._upper: Connection | None = None

    async def open(self) -> None:
        """Start the thread, and have it open the file. If the caller is cancelled meanwhile, the thread closes it."""
        self._thread.start()
        try:
            await self.submit(self._open_file)
        except BaseException:
            self.give_up()
            raise

    def _open_file(self) -> None:
        # aiosqlite would keep it in the loop's thread, which may have been cancelled: then nobody would close it.
        self._connection = self._connect_file()

    def submit(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Have the thread call a function, after those before it."""
        future, call = promise(function)
        # Without a future for aiosqlite, which would have to find the loop open.
        self._tx.put_nowait((None, call))
        return future

    def transact(self, work: Callable[[Connection], T], *, writes: bool, relaxed: bool, waits: bool) -> T:
        """Return what `work` returns, in a transaction; in the thread."""
        try:
            self._check_files()
        except FileLost:
            rescue(self._conn)
            raise
        connection = self._upper = self._upper or self._connect_upper(self._conn)
        with connection.begin(), nullcontext() if waits else impatient(self._conn):
            # A writing one takes its lock at once, since one that asks for it later may be refused. Not in a listener,
            # with one of which SQLAlchemy asks for listeners at every step. Its commit reaches the disk before it
            # counts: only so does a turn that was recorded survive a power cut. A relaxed one saves that time, in which
            # a killed process would leave no trace of it at all.
            if writes:
                synchronize(connection, "NORMAL" if relaxed else "FULL")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes and waits else "BEGIN")
            return work(connection)

    def give_up(self) -> None:
        """Have the thread close the connection when it is done with what it has, and wait for nothing."""
        self._tx.put_nowait((None, self._close_upper))
        # From a thread without a loop aiosqlite makes no future, which would have to find the loop open.
        stopping = Thread(target=self.stop)
        stopping.start()
        stopping.join()

    async def close(self) -> None:
        """Close SQLAlchemy's connection, then SQLite's, and end the thread."""
        await self.submit(self._close_upper)
        await super().close()

    def _close_upper(self) -> None:
        if self._upper is not None:
            self._upper.close()


class _Call(Generic[T]):
    """One unit of work, which may be given up from outside while a thread is at it."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self._lock = Lock()
        self._given_up = False
        self._busy: sqlite3.Connection | None = None

    def run(self, connection: Connection) -> T:
        """Return what the work returns; raises `_GivenUp` if nobody wants it any more."""
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
        """Take note of whose statements may be broken off: never a COMMIT that has begun."""
        with self._lock:
            self._busy = connection
            if self._given_up:
                raise _GivenUp


class _GivenUp(Exception):
    """The caller waits no longer."""
