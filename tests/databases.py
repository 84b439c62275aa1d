"""Databases that the bot was started on before: nothing is in them, but a test need not wait for the migrations.

Most tests are not about a first start, and making the tables anew for each of them took a tenth of the whole suite.
"""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection, MetaData, select

from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.urls import parse_url
from tests.postgres import PostgresServer, name_database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file to copy."""
    path = tmp_path_factory.mktemp("template") / "switchboard.db"
    asyncio.run(_set_up(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """Give the name of a PostgreSQL database to copy, to which nobody may connect meanwhile."""
    url = postgres.create_database()
    asyncio.run(_set_up(url))
    return name_database(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a SQLite database without content that is this test's alone."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'switchboard.db')}"


@pytest.fixture
def prepared_postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """Give the URL of a PostgreSQL database without content that is this test's alone."""
    url = postgres.create_database(postgres_template)
    yield url
    postgres.leave_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database without content, of one kind after the other."""
    return cast("str", request.getfixturevalue(_KINDS[request.param]))


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
