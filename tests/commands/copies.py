"""What the tests of copies share: two databases, rows for every table, and what is in them afterwards."""

from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Text, insert, select

from bot.store.addresses.urls import parse_url
from bot.store.columns import SafeText
from bot.store.engine import open_engine
from bot.store.maintenance.copying import copy_database
from bot.store.tables import metadata

ROWS = 7
"""How many rows each table gets; pages hold fewer here."""

Content = dict[str, list[tuple[Any, ...]]]


class Killed(BaseException):
    """What no part of the program catches."""


def fill(connection: Connection) -> None:
    """Give every table rows, whatever tables there are; keys that collations order differently are among them."""
    words = ["a", "B", "ä", "Z", "_", "é\N{GRINNING FACE}", "0'\"\\\n"]
    for table in metadata.sorted_tables:
        rows = []
        for number in range(ROWS):
            row: dict[str, Any] = {}
            for column in table.columns:
                is_text = isinstance(column.type, SafeText | Text)
                is_big = "BIG" in str(column.type)
                row[column.name] = words[number] if is_text else number + (2**60 if is_big else 0)
                if column.nullable and number % 2:
                    row[column.name] = None
            rows.append(row)
        connection.execute(insert(table), rows)


def dump(connection: Connection) -> Content:
    """Return every row of every table."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }


async def do(url: str, work: Any, *, writes: bool = False) -> Any:  # noqa: ANN401 - whatever the work returns
    """Do a unit of work on a database that no store has open."""
    async with open_engine(parse_url(url), max_wait=10) as engine:
        return await engine.run(work, writes=writes)


async def run_copy(urls: tuple[str, str]) -> int:
    """Copy the first of two databases into the second."""
    return await copy_database(parse_url(urls[0]), parse_url(urls[1]))


def small_pages() -> Any:  # noqa: ANN401 - mock's
    """Have a copy take several pages for each table."""
    return patch("bot.store.maintenance.rows.PAGE_ROWS", 3)
