"""Encrypts what is stored, while the bot runs or not: what is in clear, or has another key than the first.

Each batch is a transaction of its own, and takes only what still needs it: after a kill, the same call goes on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, or_

from bot.domain.secrets.cipher import Cipher, encrypted_prefix
from bot.store.addresses.urls import Address
from bot.store.encrypted_columns import EncryptedColumn
from bot.store.encryption.conditions import Condition, columns_by_table, is_in_clear, is_not_in_clear
from bot.store.encryption.notes import EncryptionNotes, load_notes, save_notes
from bot.store.engine import Engine, open_engine
from bot.store.errors import MaintenanceError, explain
from bot.store.maintenance.checks import check_file, check_schema
from bot.store.maintenance.compaction import Compaction, compact
from bot.store.maintenance.lock import is_bot_running
from bot.store.maintenance.progress import Progress, untold
from bot.store.maintenance.replacements import Replacement, replace_values
from bot.store.maintenance.rows import Row, count_rows, key_of, read_page

T = TypeVar("T")

_MAX_WAIT = 60.0

_STEP_SECONDS = 300.0
"""How long one step may take; the longest is to look for what is to be done in a large database."""

_MAX_PASSES = 3
"""How often all rows are looked through: what was locked or written meanwhile is done in another pass."""


@dataclass(frozen=True, slots=True)
class EncryptingResult:
    """How many texts were `encrypted`, how many of each column are `unreadable`, and what was left of the old ones.

    `is_complete` is False if others were written meanwhile.
    """

    encrypted: int
    unreadable: Mapping[str, int]
    is_complete: bool
    compaction: Compaction


async def encrypt_clear_texts(address: Address, cipher: Cipher, progress: Progress = untold) -> EncryptingResult:
    """Encrypt what is stored in clear, with the first key of `cipher`.

    Raises `MaintenanceError`: a bot runs that could not read it, or the database fails.
    """
    return await _run(address, cipher, is_in_clear, progress)


async def rotate_keys(address: Address, cipher: Cipher, progress: Progress = untold) -> EncryptingResult:
    """Encrypt what has another key with the first key of `cipher`, likewise, and try to read what has that one."""
    return await _run(address, cipher, is_not_in_clear, progress)


async def _run(address: Address, cipher: Cipher, condition: Condition, progress: Progress) -> EncryptingResult:
    try:
        check_file(address)
        async with open_engine(address, max_wait=_MAX_WAIT, makes_file=False) as engine:
            await check_schema(engine, address, _STEP_SECONDS)
            await _check_bots(engine, address, cipher)
            run = _Run(engine, cipher, condition, progress)
            await run.begin()
            await run.encrypt()
            await run.finish()
        return EncryptingResult(run.encrypted, run.unreadable, run.is_complete, await compact(address))
    except MaintenanceError:
        raise
    except Exception as error:  # noqa: BLE001 - the drivers have no common base; it becomes one line, without a password
        reason = address.mask(explain(error))
    raise MaintenanceError(f"{address} failed: {reason}; run the same command again to resume")


async def _check_bots(engine: Engine, address: Address, cipher: Cipher) -> None:
    """Raise if a bot runs that has another key, or none: it could not read what is encrypted here."""
    notes = await _ask(engine, load_notes)
    if notes.current != cipher.key_ids[0] and await is_bot_running(address):
        raise MaintenanceError(
            f"a bot runs on {address} that does not encrypt with the first key of SECRET_KEY, and may not read it; "
            "restart it with this SECRET_KEY, and run the same command again"
        )


class _Run:
    """One command at work on an open database."""

    def __init__(self, engine: Engine, cipher: Cipher, condition: Condition, progress: Progress) -> None:
        self._engine = engine
        self._cipher = cipher
        self._condition = condition
        self._progress = progress
        self.encrypted = 0
        self.unreadable: Mapping[str, int] = {}
        self.is_complete = False

    async def begin(self) -> None:
        """Note that texts may have the key from now on."""
        await self._note(lambda notes: notes.with_key(self._cipher.key_ids[0], time.time()))

    async def encrypt(self) -> None:
        """Encrypt what there is, and what was written meanwhile."""
        total, done = await _ask(self._engine, self._count), 0
        for _ in range(_MAX_PASSES):
            tried, unreadable = 0, Counter[str]()
            for table, columns in columns_by_table().items():
                after: Sequence[Any] | None = None
                while page := await self._read(table, columns, after):
                    after = key_of(table, page[-1])
                    changes = self._prepare(table, columns, page, unreadable)
                    tried += len(changes)
                    await self._store(table, changes)
                    done += len(page)
                    self._progress("encrypting", min(done, total), total)
            self.unreadable = unreadable
            self.is_complete = not tried
            if self.is_complete:
                return

    async def finish(self) -> None:
        """Note what is true now: no text is in clear, or none has another key."""
        if not self.is_complete or self.unreadable:
            return
        first = self._cipher.key_ids[0]
        if self._condition is is_in_clear:
            await self._note(lambda notes: replace(notes, has_clear_texts=False))
        else:
            await self._note(lambda notes: replace(notes, keys={first: notes.keys[first]}))

    async def _note(self, change: Callable[[EncryptionNotes], EncryptionNotes]) -> None:
        def work(connection: Connection) -> None:
            save_notes(connection, change(load_notes(connection)))

        await _ask(self._engine, work, writes=True)

    def _count(self, connection: Connection) -> int:
        return sum(
            count_rows(connection, table, or_(*map(self._condition, columns)))
            for table, columns in columns_by_table().items()
        )

    async def _read(self, table: Table, columns: Sequence[EncryptedColumn], after: Sequence[Any] | None) -> list[Row]:
        """Return the next rows, with what is to be done in each."""
        conditions = [self._condition(column) for column in columns]
        wanted = [each.label(_flag(column)) for each, column in zip(conditions, columns, strict=True)]
        return await _ask(
            self._engine, lambda connection: read_page(connection, table, after, or_(*conditions), wanted)
        )

    def _prepare(
        self, table: Table, columns: Sequence[EncryptedColumn], page: Sequence[Row], unreadable: Counter[str]
    ) -> list[Replacement]:
        """Encrypt the texts of some rows with the first key, and count those that cannot be read."""
        changes = []
        for row in page:
            for column in columns:
                if not row[_flag(column)]:
                    continue
                cell, old = column.cell(row), row[column.name]
                text = self._cipher.decrypt(old, cell)
                if text is None:
                    unreadable[f"{table.name}.{column.name}"] += 1
                elif not old.startswith(encrypted_prefix(self._cipher.key_ids[0])):
                    changes.append(Replacement(key_of(table, row), column.name, old, self._cipher.encrypt(text, cell)))
        return changes

    async def _store(self, table: Table, changes: Sequence[Replacement]) -> None:
        if changes:
            self.encrypted += await _ask(
                self._engine, lambda connection: replace_values(connection, table, changes), writes=True
            )


def _flag(column: EncryptedColumn) -> str:
    return f"{column.name} is meant"


async def _ask(engine: Engine, work: Callable[[Connection], T], *, writes: bool = False) -> T:
    """Return what a step returns; raises `TimeoutError`, and what the engine raises."""
    async with asyncio.timeout(_STEP_SECONDS):
        return await engine.run(work, writes=writes, relaxed=writes)
