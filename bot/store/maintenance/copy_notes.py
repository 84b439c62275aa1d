"""What a copy notes in its target: of which source it is, and how far it has come; and which rows count at all."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    column,
    delete,
    insert,
    inspect,
    not_,
    select,
    true,
    update,
)
from sqlalchemy import table as lightweight_table
from sqlalchemy.sql import ColumnElement

from bot.store.errors import MaintenanceError
from bot.store.leases.postgres_notes import NOTE_PREFIX
from bot.store.maintenance.rows import count_rows, write_sequence
from bot.store.tables import facts, metadata
from bot.store.upgrade import COPYING, NEWEST

NOTES_TABLE = "copy_notes"

_notes = Table(NOTES_TABLE, MetaData(), Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
_SOURCE = "source"
_version = lightweight_table("alembic_version", column("version_num"))

TABLES = tuple(metadata.sorted_tables)
"""All tables, those that others refer to first."""


def is_blank(connection: Connection) -> bool:
    """Tell whether a database has no tables."""
    return not inspect(connection).get_table_names()


def read_notes(connection: Connection, source: str, target: str) -> dict[str, Sequence[Any]] | None:
    """Return the last key of each table that was begun, None if nothing was; raises if there is anything else."""
    names = set(inspect(connection).get_table_names())
    version = connection.scalar(select(_version.c.version_num)) if "alembic_version" in names else ""
    if version == COPYING and _notes.name in names:
        notes = {str(row.name): str(row.value) for row in connection.execute(select(_notes))}
        if notes.pop(_SOURCE, None) != source:
            raise MaintenanceError(f"{target} holds the beginning of a copy of another database; name an empty one")
        return {name: json.loads(value) for name, value in notes.items()}
    if version != NEWEST or names != {*metadata.tables, "alembic_version"}:
        raise MaintenanceError(f"{target} holds other tables, or those of another version; name an empty one")
    held = [name for name, count in count_all(connection).items() if count]
    if held:
        raise MaintenanceError(f"{target} is not empty: it has rows in {', '.join(held)}; name an empty one")
    return None


def is_content(table: Table) -> ColumnElement[bool]:
    """Return what is true of all rows but the notes by which processes behind a proxy show that they are alive.

    A process that was killed leaves one, which neither makes a target full nor is worth copying.
    """
    return not_(facts.c.name.startswith(NOTE_PREFIX)) if table is facts else true()


def mark(connection: Connection, source: str) -> None:
    """Have an empty database be a copy of `source` that is not finished."""
    connection.execute(delete(facts).where(not_(is_content(facts))))
    _notes.create(connection)
    connection.execute(insert(_notes), {"name": _SOURCE, "value": source})
    connection.execute(update(_version).values(version_num=COPYING))


def note_end(connection: Connection, table: Table, end: Sequence[Any]) -> None:
    """Note the last key of a table that is copied."""
    connection.execute(delete(_notes).where(_notes.c.name == table.name))
    connection.execute(insert(_notes), {"name": table.name, "value": json.dumps(list(end))})


def finish(connection: Connection, sequences: dict[str, int]) -> None:
    """Have it be a database like any other; `sequences` are the highest numbers that the source gave, by table."""
    for table in TABLES:
        if table.name in sequences:
            write_sequence(connection, table, sequences[table.name])
    _notes.drop(connection)
    connection.execute(update(_version).values(version_num=NEWEST))


def count_all(connection: Connection) -> dict[str, int]:
    """Return how many rows of content each table has."""
    return {table.name: count_rows(connection, table, is_content(table)) for table in TABLES}
