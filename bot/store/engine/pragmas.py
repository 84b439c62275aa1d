"""What a SQLite connection is told: to write ahead, how long to wait for locks, and how long for the disk."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_MOMENT_MS = 20
"""Milliseconds that a call which cannot wait grants another process to give its lock back."""

_RETRY_SECONDS = 0.02
"""Seconds between two tries at what SQLite does not wait for by itself."""


def write_ahead(connection: sqlite3.Connection, max_wait: float) -> None:
    """Have the file's changes written ahead, so that readers and the one writer do not block each other.

    A file is told once and for all. If another process is about to tell it, or writes, SQLite refuses at once instead
    of waiting, and several processes may start at the same moment.
    """
    until = time.monotonic() + max_wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(_RETRY_SECONDS)


@contextmanager
def impatient(connection: sqlite3.Connection) -> Iterator[None]:
    """Have the connection wait for no lock of another process during this block, except for a moment."""
    (max_wait,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {_MOMENT_MS}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {max_wait}")


def synchronize(connection: Connection, how: str) -> None:
    """Set how long a commit waits for the disk, which a connection keeps until it is told otherwise."""
    if connection.info.get("synchronous") != how:
        connection.exec_driver_sql(f"PRAGMA synchronous = {how}")
        connection.info["synchronous"] = how
