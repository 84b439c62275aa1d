"""Inserts that say what to do with a row in their way, for which SQLAlchemy has no common spelling."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: AsyncConnection, table: Table) -> Insert:
    """Return an insert that has `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases know."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_or_replace(connection: AsyncConnection, table: Table) -> Insert:
    """Return an insert that overwrites the row with the same primary key."""
    insert = insert_into(connection, table)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)
