"""Erases a whole installation's data at the end of its operation: a SQLite database's files, or a server's tables."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

from bot.store.addresses.urls import Address, SqliteFile
from bot.store.engine import open_engine
from bot.store.errors import MaintenanceError, explain
from bot.store.maintenance.copy_notes import NOTES_TABLE
from bot.store.maintenance.lock import hold_lock
from bot.store.maintenance.progress import Progress, untold
from bot.store.tables import answers, metadata, turns
from bot.store.upgrade import VERSION_TABLE

_MAX_WAIT = 60.0

_BLOCK = 1 << 20

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite calls its own files beside a database. They go first."""

_MARK = "-erasing"
"""What a file beside a database is called while it is overwritten; it says how many answers and turns that held. After
a kill, the next run knows by it whose the rest is."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: how many answers, turns, and bytes if it is a file; `files` has the names of those."""

    answers: int
    turns: int
    size: int = 0
    files: tuple[str, ...] = ()


async def examine(address: Address) -> Contents:
    """Return what erasing would erase, and change nothing; raises `MaintenanceError` as `erase_database` does."""
    try:
        return await _examine(address)
    except MaintenanceError:
        raise
    except Exception as error:  # noqa: BLE001 - the drivers have no common base; it becomes one line, without a password
        reason = address.mask(explain(error))
    raise MaintenanceError(f"{address} cannot be read: {reason}; if it is the bot's, delete it by other means")


async def erase_database(address: Address, progress: Progress = untold) -> Contents:
    """Erase everything, and return what it was.

    A SQLite database's files are overwritten and removed; on a server, the bot's tables are dropped and nothing else.
    Raises `MaintenanceError`: a bot runs on it, it holds no tables of the bot, or it fails.
    """
    try:
        if isinstance(address, SqliteFile):
            return await _erase_file(address, progress)
        async with hold_lock(address) as lock:
            contents = await _examine(address)
            await lock.check()
            await _drop_tables(address)
            return contents
    except MaintenanceError:
        raise
    except Exception as error:  # noqa: BLE001 - likewise
        reason = address.mask(explain(error))
    raise MaintenanceError(f"{address} cannot be erased: {reason}; if it is the bot's, delete it by other means")


async def _examine(address: Address) -> Contents:
    counts = _read_mark(address.path) if isinstance(address, SqliteFile) else None
    if counts is None:
        if isinstance(address, SqliteFile):
            _check_file(address)
        async with asyncio.timeout(_MAX_WAIT), open_engine(address, max_wait=_MAX_WAIT) as engine:
            counts = await engine.run(_count, writes=False)
    if counts is None:
        raise MaintenanceError(f"{address} holds no tables of the bot")
    if not isinstance(address, SqliteFile):
        return Contents(*counts)
    found = _existing(address.path)
    return Contents(*counts, sum(path.stat().st_size for path in found), tuple(map(str, found)))


def _check_file(address: SqliteFile) -> None:
    if not address.path.is_file():
        raise MaintenanceError(f"there is no database at {address}; DATABASE_URL says where to look")
    if not address.path.stat().st_size:
        raise MaintenanceError(f"{address} holds no tables of the bot")


def _files(database: Path) -> list[Path]:
    return [*(_beside(database, ending) for ending in _BESIDE), database.resolve()]


def _beside(database: Path, ending: str) -> Path:
    database = database.resolve()
    return database.with_name(database.name + ending)


def _read_mark(database: Path) -> tuple[int, int] | None:
    """Return what a run counted that was killed while it overwrote the files; None if none was."""
    try:
        answers, turns = map(int, _beside(database, _MARK).read_text(encoding="ascii").split())
    except (FileNotFoundError, ValueError):
        return None
    return answers, turns


def _own_tables(connection: Connection) -> list[str]:
    """Return the bot's tables that there are; none in a database of something else."""
    there = set(inspect(connection).get_table_names())
    own = [name for name in metadata.tables if name in there]
    others = [name for name in (VERSION_TABLE, NOTES_TABLE) if name in there]
    return own + others if own and VERSION_TABLE in there else []


def _count(connection: Connection) -> tuple[int, int] | None:
    own = _own_tables(connection)
    if not own:
        return None
    count_answers, count_turns = (
        connection.scalar(select(func.count()).select_from(table)) or 0 if table.name in own else 0
        for table in (answers, turns)
    )
    return count_answers, count_turns


async def _drop_tables(address: Address) -> None:
    async with asyncio.timeout(_MAX_WAIT), open_engine(address, max_wait=_MAX_WAIT) as engine:
        await engine.run(_drop, writes=True)


def _drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"DROP TABLE {', '.join(map(quote, _own_tables(connection)))}"))


async def _erase_file(address: SqliteFile, progress: Progress) -> Contents:
    mark = _beside(address.path, _MARK)
    if not mark.exists():
        _check_file(address)
    async with hold_lock(address) as lock:
        # Opened before SQLite looks at them: it removes the write-ahead log, and does not overwrite it.
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("r+b", buffering=0)) for path in _existing(address.path)]
            contents = await _examine(address)
            await lock.check()
            mark.write_text(f"{contents.answers} {contents.turns}", encoding="ascii")
            _overwrite(files, progress)
        for path in (*_files(address.path), mark):
            path.unlink(missing_ok=True)
    _remove_link(address.path)
    return contents


def _existing(database: Path) -> list[Path]:
    return [path for path in _files(database) if path.exists()]


def _overwrite(files: Sequence[FileIO], progress: Progress) -> None:
    """Fill files with zeros."""
    total, done = sum(os.fstat(file.fileno()).st_size for file in files), 0
    for file in files:
        left = os.fstat(file.fileno()).st_size
        while left:
            written = file.write(bytes(min(left, _BLOCK)))
            left, done = left - written, done + written
            if left:
                progress("erasing", done, total)
        os.fsync(file.fileno())


def _remove_link(path: Path) -> None:
    """Remove a link whose file is gone."""
    if path.is_symlink():
        path.unlink()
