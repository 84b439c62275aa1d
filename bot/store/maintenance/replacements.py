"""Values replaced in rows that others may change at the same time: only those that are still as they were read."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, Update, bindparam, select, tuple_, update


class Replacement(NamedTuple):
    """A row by its primary key, the column, and the value that takes the place of the old one."""

    key: Sequence[Any]
    column: str
    old: str
    new: str


def replace_values(connection: Connection, table: Table, replacements: Sequence[Replacement]) -> int:
    """Replace what is still as it was, and return how many values that are.

    Rows that others have locked are left out: without waiting there is no deadlock.
    """
    keys = tuple_(*table.primary_key.columns)
    locking = select(*table.primary_key.columns).where(keys.in_({tuple(each.key) for each in replacements}))
    locked = {tuple(row) for row in connection.execute(locking.with_for_update(skip_locked=True))}
    done = 0
    for each in replacements:
        if tuple(each.key) in locked:
            key = {f"key_{number}": value for number, value in enumerate(each.key)}
            changed = connection.execute(_update(table, each.column), {**key, "old": each.old, "new": each.new})
            done += changed.rowcount
    return done


@cache
def _update(table: Table, name: str) -> Update:
    own = [column == bindparam(f"key_{number}") for number, column in enumerate(table.primary_key.columns)]
    return update(table).where(*own, table.c[name] == bindparam("old")).values({name: bindparam("new")})
