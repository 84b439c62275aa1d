"""How texts are encrypted: noted at each start, and compared with the keys that there are.

What the notes tell of is looked for in the rows before anybody is told of it. That takes long only if nothing is found
in a large database, and then it is noted.
"""

import asyncio
from dataclasses import replace

from sqlalchemy import Connection

from bot.domain.errors import DatabaseUnavailable
from bot.domain.secrets.encryption import EncryptionState, EncryptionStore
from bot.store.encryption.conditions import Condition, exists_any, has_key, is_in_clear
from bot.store.encryption.notes import EncryptionNotes, load_notes, save_notes
from bot.store.ports.base import SqlStore, read_transaction, write_transaction

_SEARCH_SECONDS = 2.0
"""How long a start may look for what the notes tell of; after that they are believed."""


class SqlEncryptionStore(SqlStore, EncryptionStore):
    """Implements `EncryptionStore`."""

    async def begin(self) -> EncryptionState:
        before = await self._load()
        found = await self._search(before)
        now = self._note_start(found)
        if now != before:
            await self._save(now)
        return self._tell(found)

    async def state(self) -> EncryptionState:
        return self._tell(await self._search(await self._load()))

    @read_transaction
    def _load(self, connection: Connection) -> EncryptionNotes:
        return load_notes(connection)

    @write_transaction
    def _save(self, connection: Connection, notes: EncryptionNotes) -> None:
        save_notes(connection, notes)

    @read_transaction
    def _exists(self, connection: Connection, condition: Condition) -> bool:
        return exists_any(connection, condition)

    async def _search(self, notes: EncryptionNotes) -> EncryptionNotes:
        """Return the notes without what is no longer true of the rows."""
        missing = [key for key in notes.keys if key not in self._cipher.key_ids]
        gone = {key for key in missing if not await self._may_exist(has_key(key))}
        clear = notes.has_clear_texts and (not self._cipher.key_ids or await self._may_exist(is_in_clear))
        keys = {key: day for key, day in notes.keys.items() if key not in gone}
        return replace(notes, keys=keys, has_clear_texts=clear)

    async def _may_exist(self, condition: Condition) -> bool:
        try:
            async with asyncio.timeout(_SEARCH_SECONDS):
                return await self._exists(condition)
        except (TimeoutError, DatabaseUnavailable):
            return True

    def _note_start(self, notes: EncryptionNotes) -> EncryptionNotes:
        if not self._cipher.key_ids:
            # A database that was never encrypted needs no notes.
            return replace(notes, current="", has_clear_texts=True)
        return replace(notes.with_key(self._cipher.key_ids[0], self._now()), current=self._cipher.key_ids[0])

    def _tell(self, notes: EncryptionNotes) -> EncryptionState:
        has_key = bool(self._cipher.key_ids)
        return EncryptionState(
            has_key=has_key,
            missing_keys={key: day for key, day in notes.keys.items() if key not in self._cipher.key_ids},
            has_clear_texts=has_key and notes.has_clear_texts,
        )
