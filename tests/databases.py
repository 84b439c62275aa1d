"""Databases that the bot was started on before: nothing is in them, but a test need not wait for the migrations.

Most tests are not about a first start, and making the tables for each of them took a tenth of the whole suite. SQLite's
file is copied for each test. PostgreSQL's database is emptied between two tests: a copy of it takes five times as long.
"""

import asyncio
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import Connection, MetaData, select

from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from tests.postgres import PostgresServer, name_database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file to copy."""
    path = tmp_path_factory.mktemp("template") / "switchboard.db"
    asyncio.run(_set_up(f"sqlite:///{path}"))
    return path


@dataclass
class PreparedDatabase:
    """PostgreSQL's database without content, lent to one test after the other."""

    server: PostgresServer
    _url: str = ""
    _shape: str = ""
    """Its tables and columns as the migrations made them."""

    def lend(self) -> str:
        """Return the URL of the database, empty and with nobody connected to it.

        It is made again if a test changed its tables.
        """
        if self._url and self._reset() == self._shape:
            return self._url
        if self._url:
            self.server.leave_database(self._url)
        self._url = self.server.create_database()
        asyncio.run(_set_up(self._url))
        self._shape = self._reset()
        return self._url

    def _reset(self) -> str:
        return self.server.execute(_END_CONNECTIONS, _EMPTY_TABLES, _NAME_COLUMNS, database=name_database(self._url))


_END_CONNECTIONS = """DO $$ BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
END $$"""

_EMPTY_TABLES = """DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica; -- foreign keys do not matter for a moment
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$"""

_NAME_COLUMNS = """SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2"""


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a SQLite database without content that is this test's alone."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'switchboard.db')}"


@pytest.fixture(scope="session")
def prepared_postgres(postgres: PostgresServer) -> PreparedDatabase:
    """Give what lends `prepared_postgres_url` to the tests."""
    return PreparedDatabase(postgres)


@pytest.fixture
def prepared_postgres_url(prepared_postgres: PreparedDatabase) -> str:
    """Give the URL of a PostgreSQL database without content that is this test's alone while it runs."""
    return prepared_postgres.lend()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database without content: SQLite's, unless a test is parametrized to have PostgreSQL's."""
    return cast("str", request.getfixturevalue(_KINDS[getattr(request, "param", "sqlite")]))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database without content, of one kind after the other."""
    return cast("str", request.getfixturevalue(_KINDS[request.param]))


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement on a database from outside, whether or not an event loop runs here, and return its rows."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            return connection.execute(statement).fetchall()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _execute_on_postgres(url, statement)).result()


async def _execute_on_postgres(url: str, statement: str) -> list[tuple[Any, ...]]:
    connection: Any = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def find_text(url: str, wanted: str) -> set[str]:
    """Return the names of the tables in which anything holds a text, whatever tables there are."""
    async with open_engine(parse_url(url), max_wait=10) as engine:
        return await engine.run(lambda connection: _search(connection, wanted), writes=False)


def _search(connection: Connection, wanted: str) -> set[str]:
    found = MetaData()
    found.reflect(connection)
    return {
        table.name
        for table in found.sorted_tables
        if any(wanted in str(value) for row in connection.execute(select(table)) for value in row)
    }


_KINDS = {"sqlite": "sqlite_url", "postgresql": "prepared_postgres_url"}


async def _set_up(url: str) -> None:
    async with open_store(url):
        pass
