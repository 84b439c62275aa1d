"""Erasing totals of days, a batch at a time."""

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from bot.store.tables import daily_times, daily_usage

AT_ONCE = 500
"""The most rows that one batch deletes."""


def erase_some(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    """Erase some rows of a table of totals, and return how many; those that are being added to are passed over."""
    key = list(table.primary_key)
    batch = select(*key).where(which).limit(AT_ONCE).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(tuple_(*key).in_(batch))).rowcount


def erase_totals_of_server(connection: Connection, server: int) -> int:
    """Erase some of a server's totals, and return how many rows."""
    return sum(erase_some(connection, table, table.c.server == server) for table in (daily_times, daily_usage))
