"""What the database remembers of its encryption: a few notes in one of its facts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import facts

_NAME = "encryption"


@dataclass(frozen=True, slots=True)
class EncryptionNotes:
    """`keys` has the id of each key that texts may be encrypted with, and the day on which it was first used.

    `current` is the id of the key that the latest start encrypts with, empty if it had none. `has_clear_texts` tells
    whether there may be texts in clear.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    current: str = ""
    has_clear_texts: bool = True

    def with_key(self, key_id: str, now: float) -> "EncryptionNotes":
        """Return the notes once this key is used; `now` is in seconds since 1970 (UTC)."""
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        return replace(self, keys={key_id: today, **self.keys})


def load_notes(connection: Connection) -> EncryptionNotes:
    """Return the notes. A database without any was used without a key until now."""
    stored = connection.scalar(select(facts.c.value).where(facts.c.name == _NAME))
    return EncryptionNotes() if stored is None else EncryptionNotes(**json.loads(stored))


def save_notes(connection: Connection, notes: EncryptionNotes) -> None:
    """Store the notes in place of the others."""
    row = {"name": _NAME, "value": json.dumps(asdict(notes))}
    connection.execute(insert_or_replace(connection, facts).values(row))
