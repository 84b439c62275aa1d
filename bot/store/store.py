"""The store: the program's ports to its database, each method one transaction."""

import time
from collections.abc import Callable, Mapping

from bot.domain.conversation import Conversation, NewTurn
from bot.domain.server_settings import Scope, StoredSettings
from bot.store.answer_store import JournalStore
from bot.store.engine.transactions import Database
from bot.store.personal_data import ArchiveStore
from bot.store.queries.conversations import clear_conversation, load_conversation, record_turn, withdraw_turn
from bot.store.queries.metadata import load_fact, save_fact
from bot.store.queries.server_settings import list_preference, load_preferences, save_preference
from bot.store.queries.user_keys import load_user_key, renew_user_key

Clock = Callable[[], float]
"""Returns the time in seconds since 1970 (UTC)."""


class Store:
    """Implements `Memory` and `PreferenceStore`, keeps the program's own facts, and has the other ports beside it.

    Every method raises `MemoryUnavailable` where the database does not answer, within a bounded time.
    """

    def __init__(self, database: Database, *, clock: Clock = time.time) -> None:
        self._database = database
        self._clock = clock
        self.answer_store = JournalStore(database, self._now)
        self.personal_data = ArchiveStore(database, self._now)

    async def conversation(self, provider: str, channel: int, *, most: int, before: int | None = None) -> Conversation:
        """Return the channel's current conversation with at most the `most` latest turns; a bounded read."""
        return await self._database.read(load_conversation, provider, channel, most, before)

    async def record(self, turn: NewTurn) -> int | None:
        """Store a finished turn and return its id; None, with nothing stored, if its conversation was cleared."""
        return await self._database.write(record_turn, turn, self._now())

    async def withdraw(self, turn: int) -> None:
        """Take a recorded turn back, because its answer could not be shown after all."""
        await self._database.write(withdraw_turn, turn)

    async def clear_conversation(self, provider: str, channel: int) -> None:
        """Delete the channel's turns with the provider, and begin a new conversation under a new id."""
        await self._database.write(clear_conversation, provider, channel, self._now())

    async def user_key(self, provider: str, user: int) -> str:
        """Return the key that names the user to the provider: the id's digits, once renewed with `.` and a counter."""
        return await self._database.read(load_user_key, provider, user)

    async def renew_user_key(self, provider: str, user: int) -> str:
        """Count the user's key up, so that the provider begins afresh, and return the new one."""
        return await self._database.write(renew_user_key, provider, user)

    async def load(self, server: int | None, channel: int) -> StoredSettings:
        """Return what is set for the server and for the channel."""
        return await self._database.read(load_preferences, server, channel)

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or channel `target`, which belongs to `server`; None takes the value away."""
        await self._database.write(save_preference, scope, server, target, name, value)

    async def all_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        """Return the value of one setting for each server, or each channel, that has it, by id."""
        return await self._database.read(list_preference, name, scope)

    async def fact(self, name: str) -> str | None:
        """Return what the program remembers under `name`, None for nothing."""
        return await self._database.read(load_fact, name)

    async def save_fact(self, name: str, value: str) -> None:
        """Remember `value` under `name`, instead of what was there."""
        await self._database.write(save_fact, name, value)

    def _now(self) -> int:
        return int(self._clock())
