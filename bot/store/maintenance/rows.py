"""Rows of any table: read in pages by the primary key, and looked up by it. None of it knows what a table is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, column, delete, func, insert, select, text, tuple_
from sqlalchemy import table as lightweight_table
from sqlalchemy.sql import ColumnElement

from bot.store.columns import SafeText

PAGE_ROWS = 200
"""How many rows are held at once."""

_sequences = lightweight_table("sqlite_sequence", column("name"), column("seq"))
"""Where SQLite keeps what numbers it gave (https://www.sqlite.org/autoinc.html)."""

Row = dict[str, Any]
Key = tuple[Any, ...]


def read_page(
    connection: Connection,
    table: Table,
    after: Sequence[Any] | None,
    only: ColumnElement[bool],
    more: Sequence[ColumnElement[Any]] = (),
) -> list[Row]:
    """Return the next rows after a key, in the order of this database; from the first row on if there is none.

    Here and below, `only` is what is true of the rows that count. `more` is what is computed of each, under its label.
    """
    query = select(table, *more).where(only).order_by(*table.primary_key.columns).limit(PAGE_ROWS)
    if after is not None:
        query = query.where(_key_of(table) > tuple_(*after, types=[each.type for each in table.primary_key.columns]))
    return [dict(row) for row in connection.execute(query).mappings()]


def look_up(connection: Connection, table: Table, keys: Sequence[Key]) -> dict[Key, Row]:
    """Return the rows with these keys, whatever the order of this database is."""
    rows = connection.execute(select(table).where(_key_of(table).in_(keys))).mappings()
    return {key_of(table, row): dict(row) for row in rows}


def key_of(table: Table, row: Mapping[Any, Any]) -> Key:
    """Return a row's primary key."""
    return tuple(row[column.name] for column in table.primary_key.columns)


def as_stored(connection: Connection, table: Table, row: Row) -> Row:
    """Return a row as it is after it went through `SafeText`, as each value that the bot stores does."""
    safe = {column.name: column.type for column in table.columns if isinstance(column.type, SafeText)}
    dialect = connection.dialect
    return {
        name: safe[name].process_bind_param(value, dialect) if name in safe else value for name, value in row.items()
    }


def count_rows(connection: Connection, table: Table, only: ColumnElement[bool]) -> int:
    """Return how many rows a table has."""
    return int(connection.scalar(select(func.count()).select_from(table).where(only)) or 0)


def read_sequence(connection: Connection, table: Table) -> int:
    """Return the highest number that the database gave a row of the table by itself, 0 if none."""
    if connection.dialect.name == "sqlite":
        return int(connection.scalar(select(_sequences.c.seq).where(_sequences.c.name == table.name)) or 0)
    name = _sequence_name(connection, table)
    value, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608 - the server's own
    return int(value) if is_called else 0


def write_sequence(connection: Connection, table: Table, value: int) -> None:
    """Have the database go on after a number."""
    if not value:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(delete(_sequences).where(_sequences.c.name == table.name))
        connection.execute(insert(_sequences).values(name=table.name, seq=value))
        return
    connection.execute(text("SELECT setval(:name, :seq)"), {"name": _sequence_name(connection, table), "seq": value})


def _sequence_name(connection: Connection, table: Table) -> str:
    assert table.autoincrement_column is not None, "only tables whose rows are numbered have one"
    query = text("SELECT pg_get_serial_sequence(:table, :column)")
    return str(connection.scalar(query, {"table": table.name, "column": table.autoincrement_column.name}))


def _key_of(table: Table) -> ColumnElement[Any]:
    return tuple_(*table.primary_key.columns)
