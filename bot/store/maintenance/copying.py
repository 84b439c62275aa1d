"""Copies a database into an empty one of the other kind, row by row; a copy that was cut off is gone on with.

What is copied is noted in the target, in the transaction that holds the rows. Until the end, the target's schema has a
version that no bot knows, so that none starts on half a copy.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert

from bot.store.addresses.urls import Address, SqliteFile
from bot.store.engine import Engine, open_engine
from bot.store.errors import MaintenanceError, explain
from bot.store.files import make_file
from bot.store.maintenance.checks import check_file, check_schema
from bot.store.maintenance.copy_notes import (
    TABLES,
    count_all,
    finish,
    is_blank,
    is_content,
    mark,
    note_end,
    read_notes,
)
from bot.store.maintenance.lock import Lock, hold_lock
from bot.store.maintenance.progress import Progress, untold
from bot.store.maintenance.rows import as_stored, key_of, look_up, read_page, read_sequence
from bot.store.upgrade import NEWEST, upgrade

T = TypeVar("T")

_MAX_WAIT = 60.0

_STEP_SECONDS = 300.0
"""How long one step may take; the longest is to count all rows. A server that falls silent ends the copy."""


async def copy_database(source: Address, target: Address, progress: Progress = untold) -> int:
    """Copy everything, compare it row by row, and return how many rows there are; bounded in memory.

    Raises `MaintenanceError`: a bot runs on one of them, the target holds something else, or one fails. Then, and after
    a kill, the same call goes on with the copy.
    """
    now = str(source)
    try:
        async with AsyncExitStack() as stack:
            check_file(source)
            locks = [await stack.enter_async_context(hold_lock(source))]
            reading = await stack.enter_async_context(open_engine(source, max_wait=_MAX_WAIT))
            await check_schema(reading, source, _STEP_SECONDS)
            now = str(target)
            if isinstance(target, SqliteFile):
                make_file(target)
            locks.append(await stack.enter_async_context(hold_lock(target)))
            writing = await stack.enter_async_context(open_engine(target, max_wait=_MAX_WAIT))
            copy = _Copy(reading, writing, locks, progress)
            await copy.begin(_identify(source), str(target))
            now = f"{source} or {target}"
            return await copy.run()
    except MaintenanceError:
        raise
    except Exception as error:  # noqa: BLE001 - the drivers have no common base; it becomes one line, without a password
        reason = target.mask(source.mask(explain(error)))
    raise MaintenanceError(f"{now} failed: {reason}")


class _Copy:
    """One copy between two open databases."""

    def __init__(self, source: Engine, target: Engine, locks: Sequence[Lock], progress: Progress) -> None:
        self._source = source
        self._target = target
        self._locks = locks
        self._progress = progress
        self._after: dict[str, Sequence[Any]] = {}

    async def begin(self, source: str, target: str) -> None:
        """Mark the target as a copy of `source`, or go on where its notes say; raises if it holds anything else."""
        if await _ask(self._target, is_blank):
            async with asyncio.timeout(_STEP_SECONDS):
                await upgrade(self._target)
        notes = await _ask(self._target, lambda connection: read_notes(connection, source, target))
        if notes is None:
            await _ask(self._target, lambda connection: mark(connection, source), writes=True)
        else:
            self._after = notes

    async def run(self) -> int:
        """Copy, compare and finish; returns how many rows there are."""
        counts = await _ask(self._source, count_all)
        total = sum(counts.values())
        await self._copy_rows(total)
        await self._compare(total)
        if await _ask(self._target, count_all) != counts:
            raise MaintenanceError(_differs("number of rows"))
        await self._check_locks()
        sequences = await _ask(self._source, _read_sequences)
        await _ask(self._target, lambda connection: finish(connection, sequences), writes=True)
        return total

    async def _copy_rows(self, total: int) -> None:
        done = sum((await _ask(self._target, count_all)).values())
        for table in TABLES:
            after = self._after.get(table.name)
            while page := await self._read(table, after):
                after = key_of(table, page[-1])
                # A power cut may undo the latest of these, together with their notes; the last transaction waits.
                await _ask(self._target, _Page(table, page, after).write, writes=True, relaxed=True)
                done += len(page)
                self._progress("copying", min(done, total), total)

    async def _compare(self, total: int) -> None:
        done = 0
        for table in TABLES:
            after: Sequence[Any] | None = None
            while page := await self._read(table, after):
                after = key_of(table, page[-1])
                if not await _ask(self._target, _Page(table, page, after).is_there):
                    raise MaintenanceError(_differs(table.name))
                done += len(page)
                self._progress("comparing", min(done, total), total)

    async def _read(self, table: Table, after: Sequence[Any] | None) -> list[dict[str, Any]]:
        await self._check_locks()
        only = is_content(table)
        return await _ask(self._source, lambda connection: read_page(connection, table, after, only))

    async def _check_locks(self) -> None:
        """Raise if bots are no longer kept away."""
        for lock in self._locks:
            await lock.check()


class _Page:
    """Some rows of a table, which end at a key."""

    def __init__(self, table: Table, rows: list[dict[str, Any]], end: Sequence[Any]) -> None:
        self._table = table
        self._rows = rows
        self._end = end

    def write(self, connection: Connection) -> None:
        """Add the rows, and note how far the copy has come."""
        connection.execute(insert(self._table), self._rows)
        note_end(connection, self._table, self._end)

    def is_there(self, connection: Connection) -> bool:
        """Tell whether the database holds these very rows."""
        expected = [as_stored(connection, self._table, row) for row in self._rows]
        keys = [key_of(self._table, row) for row in expected]
        return look_up(connection, self._table, keys) == dict(zip(keys, expected, strict=True))


async def _ask(engine: Engine, work: Callable[[Connection], T], *, writes: bool = False, relaxed: bool = False) -> T:
    """Return what a step returns; raises `TimeoutError`, and what the engine raises."""
    async with asyncio.timeout(_STEP_SECONDS):
        return await engine.run(work, writes=writes, relaxed=relaxed)


def _identify(source: Address) -> str:
    """Return what tells this source from others, and this version's copies from those of others."""
    return f"{NEWEST} {source.path.resolve() if isinstance(source, SqliteFile) else source}"


def _read_sequences(connection: Connection) -> dict[str, int]:
    numbered = [table for table in TABLES if table.autoincrement_column is not None]
    return {table.name: read_sequence(connection, table) for table in numbered}


def _differs(what: str) -> str:
    return f"the copy differs from its source ({what}), which was changed meanwhile; empty the target, and start again"
