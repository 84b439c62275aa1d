"""A copy of a SQLite database in one file, made while the bot goes on writing (https://www.sqlite.org/backup.html)."""

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from bot.store.addresses.urls import SqliteFile
from bot.store.engine.damage_search import find_damage
from bot.store.engine.sqlite_file import file_uri
from bot.store.errors import MaintenanceError
from bot.store.maintenance.progress import Progress, untold

_STEP_PAGES = 256
"""How many pages are copied between two reports: a megabyte."""

_LOCK_SECONDS = 10.0

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite calls its own files beside a database."""


def back_up(address: SqliteFile, target: Path, progress: Progress = untold) -> int:
    """Write what the database holds at this moment into `target`, and return its size in bytes.

    Blocks. The file is there only once it is whole and was checked, only its owner may read it, and it needs no other
    file. Raises `MaintenanceError`: there is no database, something has that name already, or a file cannot be written
    or read.
    """
    try:
        return _back_up(address.path, target, progress)
    except FileExistsError:
        reason = f"{target} exists already; name a new file"
    except sqlite3.DatabaseError as error:
        # SQLite's words hold no text of the database's content here: no statement has any.
        reason = f"{address} cannot be backed up: {error}"
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:  # only the copy is written
            reason = f"{target} cannot be written: the disk is full"
    except OSError as error:
        reason = f"{target} cannot be written: {error.strerror or error}"
    raise MaintenanceError(reason)


def _back_up(source: Path, target: Path, progress: Progress) -> int:
    if not source.is_file():
        raise MaintenanceError(f"there is no database at {source}")
    if os.path.lexists(target):
        raise FileExistsError
    if target.parent.resolve() / target.name in {Path(f"{source.resolve()}{ending}") for ending in _BESIDE}:
        raise MaintenanceError(f"{target} is a name for SQLite's own files; choose another")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)  # readable by us
    os.close(handle)
    partial = Path(name)
    try:
        _copy(source, partial, progress)
        _flush(partial)
        size = partial.stat().st_size
        _put_in_place(partial, target)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
        for ending in _BESIDE:
            Path(f"{partial}{ending}").unlink(missing_ok=True)
    _flush(target.parent)
    return size


def _copy(source: Path, partial: Path, progress: Progress) -> None:
    """Copy all pages as they are at one moment, however long it takes and whatever is written meanwhile."""
    uri = file_uri(source.absolute(), "rw")  # which makes no file
    with (
        closing(sqlite3.connect(uri, timeout=_LOCK_SECONDS, isolation_level=None, uri=True)) as reading,
        closing(sqlite3.connect(partial, timeout=_LOCK_SECONDS, isolation_level=None)) as writing,
    ):
        # Within a reading transaction: what others write would otherwise have the copy begin again.
        reading.execute("BEGIN")
        if reading.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            raise MaintenanceError(f"{source} holds no tables of the bot")
        reading.backup(
            writing, pages=_STEP_PAGES, progress=lambda _, left, total: progress("backup", total - left, total)
        )
        reading.execute("ROLLBACK")
        # As copied, the file says that changes may lie in another file beside it.
        writing.execute("PRAGMA journal_mode = DELETE")
        if (found := find_damage(writing)) is not None:
            raise MaintenanceError(f"{source} is damaged ({found}): no backup was made; restore an earlier one")


def _put_in_place(partial: Path, target: Path) -> None:
    """Give the file its name in one step; raises `FileExistsError` if something has it."""
    try:
        os.link(partial, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links; on Windows, renaming refuses an existing name by itself
        if os.name != "nt":
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            partial.replace(target)
        else:
            partial.rename(target)


def _flush(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder, before anybody relies on them."""
    if path.is_dir() and os.name == "nt":
        return  # there, folders cannot be opened
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
