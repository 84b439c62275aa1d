"""The real data that 0.1.0 left is upgraded on both databases alike: cut off, and by several processes at once."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, inspect, select

from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.errors import DatabaseOpenError
from bot.store.open import open_store
from bot.store.tables import metadata
from bot.store.upgrade import alembic_config

DUMP = Path(__file__).parents[1] / "data" / "f1091b2.sql"

Content = dict[str, list[tuple[Any, ...]]]


async def do(url: str, work: Any, *, writes: bool = False) -> Any:  # noqa: ANN401 - whatever the work returns
    async with open_engine(parse_url(url), max_wait=30, enforce_links=False) as engine:
        return await engine.run(work, writes=writes)


def read(connection: Connection) -> Content:
    """Return all rows of all tables that there are."""
    tables = MetaData()
    tables.reflect(connection)
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in tables.sorted_tables
    }


def fill(connection: Connection, old: Path) -> None:
    """Make the tables of 0.1.0 and give them its rows."""
    command.upgrade(alembic_config(connection), "0002")
    tables = MetaData()
    tables.reflect(connection)
    with closing(sqlite3.connect(old)) as source:
        source.row_factory = sqlite3.Row
        for table in tables.sorted_tables:
            if table.name != "alembic_version" and (
                rows := [dict(row) for row in source.execute(f"SELECT * FROM {table.name}")]
            ):
                connection.execute(insert(table), rows)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Give 0.1.0's own SQLite file."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def urls(old: Path, postgres_url: str) -> list[str]:
    """Give both databases, with what 0.1.0 left."""
    asyncio.run(do(postgres_url, lambda connection: fill(connection, old), writes=True))
    return [f"sqlite:///{old}", postgres_url]


async def start(url: str) -> None:
    async with open_store(url):
        pass


async def test_several_processes_upgrade_at_once_and_both_databases_end_alike(urls: list[str]) -> None:
    for url in urls:
        await asyncio.gather(*(start(url) for _ in range(3)))
    on_sqlite, on_postgres = [await do(url, read) for url in urls]
    assert on_sqlite == on_postgres
    assert on_sqlite.keys() == {*metadata.tables, "alembic_version"}
    assert on_sqlite["turns"]
    assert len(on_sqlite["answers"]) > 5


async def test_an_upgrade_that_is_cut_off_changes_nothing_and_is_made_at_the_next_start(urls: list[str]) -> None:
    real = command.upgrade

    def cut_off(config: Any, _revision: str) -> None:  # noqa: ANN401 - Alembic's
        real(config, "0004")
        raise OSError("cut off")

    for url in urls:
        before = await do(url, read)
        with patch.object(command, "upgrade", cut_off), pytest.raises(DatabaseOpenError, match="cut off"):
            await start(url)
        assert await do(url, read) == before
        await start(url)
        assert await do(url, lambda db: set(inspect(db).get_table_names())) == {*metadata.tables, "alembic_version"}
