"""What is left of old texts in a SQLite file and its write-ahead log, removed if nobody holds the file."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from bot.store.addresses.urls import Address, SqliteFile
from bot.store.engine.sqlite_file import file_uri
from bot.store.errors import MaintenanceError
from bot.store.maintenance.lock import hold_lock

_LOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Compaction:
    """`is_vacuumed` tells whether the file was written afresh, `reason` why it was not, None if it is a server's.

    `is_log_empty` tells whether the write-ahead log was emptied.
    """

    is_vacuumed: bool
    reason: str | None
    is_log_empty: bool


async def compact(address: Address) -> Compaction:
    """Write a SQLite file afresh if no bot holds it, and empty its write-ahead log; leaves a server as it is."""
    if not isinstance(address, SqliteFile):
        return Compaction(is_vacuumed=False, reason=None, is_log_empty=True)
    reason: str | None = None
    try:
        async with hold_lock(address):
            await asyncio.to_thread(_execute, address, "VACUUM")
    except (MaintenanceError, OSError) as error:
        reason = str(error).partition(";")[0]  # what to do about it is another thing here
    except sqlite3.Error as error:  # whose words hold no text of the database's content: no statement has any
        reason = f"VACUUM failed: {error}"
    is_busy, *_ = await asyncio.to_thread(_execute, address, "PRAGMA wal_checkpoint(TRUNCATE)") or (1,)
    return Compaction(is_vacuumed=reason is None, reason=reason, is_log_empty=not is_busy)


def _execute(address: SqliteFile, statement: str) -> tuple[int, ...] | None:
    """Return the first row, None if there is none. Waits for the locks of others."""
    uri = file_uri(address.path.absolute(), "rw")  # which makes no file
    with closing(sqlite3.connect(uri, timeout=_LOCK_SECONDS, isolation_level=None, uri=True)) as connection:
        row: tuple[int, ...] | None = connection.execute(statement).fetchone()
    return row
