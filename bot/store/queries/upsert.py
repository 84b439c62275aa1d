"""Inserts that say what to do with a row in their way, for which SQLAlchemy has no common spelling."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    Insert = sqlite.Insert | postgresql.Insert


# Each is put together once: with SQLAlchemy that takes longer than to execute it.


def insert_into(connection: Connection, table: Table) -> "Insert":
    """Return an insert that has `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases know."""
    return _insert_into(connection.dialect.name, table)


def insert_or_replace(connection: Connection, table: Table) -> "Insert":
    """Return an insert that overwrites the row with the same primary key."""
    return _insert_or_replace(connection.dialect.name, table)


@cache
def _insert_into(dialect: str, table: Table) -> "Insert":
    # Each imports its whole dialect, drivers' adapters included: the other one's is not needed.
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table)


@cache
def _insert_or_replace(dialect: str, table: Table) -> "Insert":
    insert = _insert_into(dialect, table)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)
