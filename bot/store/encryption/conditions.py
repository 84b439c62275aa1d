"""Conditions on the columns whose values are encrypted: which values are in clear, and which have another key."""

from collections.abc import Callable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, func, literal, or_, select

from bot.domain.secrets.cipher import MARKER, encrypted_prefix
from bot.store.encrypted_columns import CLEAR_SETTINGS, ENCRYPTED_COLUMNS, EncryptedColumn
from bot.store.tables import metadata, server_settings

Condition = Callable[[EncryptedColumn], ColumnElement[bool]]


def columns_by_table() -> Mapping[Table, list[EncryptedColumn]]:
    """Return the columns whose values are encrypted, by table."""
    return {metadata.tables[name]: list(group) for name, group in groupby(ENCRYPTED_COLUMNS, attrgetter("table"))}


def value_of(column: EncryptedColumn) -> Column[Any]:
    """Return the column of its table."""
    return metadata.tables[column.table].c[column.name]


def is_in_clear(column: EncryptedColumn) -> ColumnElement[bool]:
    """Return the condition that a value should be encrypted, and is not. An empty one need not be."""
    value = value_of(column)
    clear = and_(value != "", ~_begins(value, MARKER))
    if column.table == server_settings.name:
        return and_(clear, server_settings.c.name.not_in(CLEAR_SETTINGS))
    return clear


def has_key(key_id: str) -> Condition:
    """Return the condition that a value is encrypted with this key."""
    return lambda column: _begins(value_of(column), encrypted_prefix(key_id))


def is_not_in_clear(column: EncryptedColumn) -> ColumnElement[bool]:
    """Return the condition that a value is encrypted, with whichever key."""
    return _begins(value_of(column), MARKER)


def exists_any(connection: Connection, condition: Condition) -> bool:
    """Tell whether any value meets the condition; if none does, every row is looked at."""
    return any(
        connection.execute(select(literal(1)).select_from(table).where(or_(*map(condition, columns))).limit(1)).first()
        for table, columns in columns_by_table().items()
    )


def _begins(value: Column[Any], beginning: str) -> ColumnElement[bool]:
    return func.substr(value, 1, len(beginning)) == beginning
