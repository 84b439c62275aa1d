"""Searches a SQLite file for damage, beside everything else (https://www.sqlite.org/pragma.html#pragma_quick_check)."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from threading import Lock

from bot.domain.runtime.database_health import Soundness
from bot.store.addresses.urls import SqliteFile
from bot.store.engine.health import Health, find_fault
from bot.store.engine.sqlite_file import file_uri
from bot.store.engine.threads import call_in_daemon

BEGIN_AFTER = 3.0
"""Seconds after the start, or after another file took the place of a lost one: the first answers come first."""

MAX_SECONDS = 900.0
"""When a search is given up. 2 GB took 107 s from a slow disk beside 60 writes a second, and 6 s from memory."""

_MAX_WAIT = 10.0
_MAX_FINDING_CHARS = 200

_STOP_TRIES, _STOP_SECONDS = 20, 0.05
"""How often a search is told to stop, and for how long it is waited for each time: it may not have begun to read."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def searching_for_damage(address: SqliteFile, health: Health) -> AsyncIterator[None]:
    """Have the file searched now, and whenever another one is in its place, until the end."""
    health.want_search()
    searching = asyncio.create_task(_search_always(address, health))
    try:
        yield
    finally:
        searching.cancel()
        await asyncio.wait({searching})


async def _search_always(address: SqliteFile, health: Health) -> None:
    while True:
        await health.search_wanted.wait()
        health.search_wanted.clear()
        await asyncio.sleep(BEGIN_AFTER)
        await search(address, health, MAX_SECONDS)


async def search(address: SqliteFile, health: Health, max_seconds: float) -> None:
    """Search once, on a connection and in a thread of its own: it reads, so that nobody who writes waits for it.

    The changes of that time stay in the file of latest changes (`-wal`) until it is over.
    """
    one = _Search(address)
    health.stop_search = one.stop
    try:
        finding = await _run(one, max_seconds)
    except TimeoutError:
        health.note_search(Soundness.UNFINISHED)
        _log.warning("the search for damage in the database was given up after %g s: nothing was found", max_seconds)
    except sqlite3.Error as error:
        if find_fault(error):
            health.note_damage("it cannot be read to its end")
            return
        health.note_search(Soundness.UNFINISHED)
        _log.warning("the database could not be searched for damage: %s", error.sqlite_errorname)
    else:
        if finding is None:
            health.note_search(Soundness.SOUND)
        else:
            health.note_damage(finding)


async def _run(one: "_Search", max_seconds: float) -> str | None:
    running = call_in_daemon(one.run, "damage search")
    try:
        async with asyncio.timeout(max_seconds):
            return await asyncio.shield(running)
    finally:
        for _ in range(_STOP_TRIES):
            if running.done():
                break
            one.stop()
            await asyncio.wait({running}, timeout=_STOP_SECONDS)


class _Search:
    """One search, in a thread. Not by a store's engine: it is no call of the program's, and may take minutes."""

    def __init__(self, address: SqliteFile) -> None:
        self._uri = file_uri(address.path.absolute(), "rw")  # which makes no file
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def run(self) -> str | None:
        """Return the first damage, None if there is none; raises what SQLite raises, as when it is stopped."""
        connection = sqlite3.connect(
            self._uri, timeout=_MAX_WAIT, isolation_level=None, check_same_thread=False, uri=True
        )
        with closing(connection):
            self._hold(connection)
            try:
                return find_damage(connection)
            finally:
                self._hold(None)

    def stop(self) -> None:
        """Break off what is read at this moment."""
        with self._lock:
            if self._connection is not None:
                self._connection.interrupt()

    def _hold(self, connection: sqlite3.Connection | None) -> None:
        with self._lock:
            self._connection = connection


def find_damage(connection: sqlite3.Connection) -> str | None:
    """Return the first damage in one line, which names tables and pages but no content; None if there is none."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return None if found == "ok" else " ".join(found.split())[:_MAX_FINDING_CHARS]
