"""What the database remembers of its encryption: a few notes in one of its facts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, select

from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import facts

_NAME = "encryption"


@dataclass(frozen=True, slots=True)
class EncryptionNotes:
    """`keys` has the id of each key that texts may be encrypted with, and the day on which it was first used.

    `encrypts` tells whether the latest start had a key, `has_clear_texts` whether there may be texts in clear though
    there was a key once.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    encrypts: bool = False
    has_clear_texts: bool = True


def load_notes(connection: Connection) -> EncryptionNotes:
    """Return the notes. A database without any was used without a key until now."""
    stored = connection.scalar(select(facts.c.value).where(facts.c.name == _NAME))
    return EncryptionNotes() if stored is None else EncryptionNotes(**json.loads(stored))


def save_notes(connection: Connection, notes: EncryptionNotes) -> None:
    """Store the notes in place of the others."""
    row = {"name": _NAME, "value": json.dumps(asdict(notes))}
    connection.execute(insert_or_replace(connection, facts).values(row))
