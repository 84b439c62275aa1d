"""Migrations: together they make just the tables that the program uses, once, and a newer database is refused."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import open_engine
from bot.store.errors import DatabaseUnavailable
from bot.store.opening import open_store
from bot.store.schema import NEWEST, alembic_config, upgrade
from bot.store.tables import metadata
from bot.store.urls import parse_url
from tests.store.samples import CHANNEL, make_turn

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(empty_url: str) -> str:
    """Give the URL of an empty database."""
    return empty_url


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Open an engine as migrations have it, on an empty database."""
    async with open_engine(parse_url(url), patience=5, enforce_links=False) as opened:
        yield opened


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrations_make_the_tables_that_the_program_uses(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(differences), "an empty database lacks something"
    await upgrade(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(table_names) == {*metadata.tables, "alembic_version"}


async def test_the_newest_migration_is_known_by_its_number(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST
        scripts = await connection.run_sync(lambda inner: ScriptDirectory.from_config(alembic_config(inner)))
    assert scripts.get_heads() == [NEWEST]


def test_a_start_with_a_current_database_needs_neither_alembic_nor_the_other_dialect() -> None:
    script = "import sys, bot.assembly; print([name for name in ('alembic', 'asyncpg') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


async def test_a_second_upgrade_changes_nothing(url: str) -> None:
    async with open_store(url) as store:
        await store.record(make_turn())
    async with open_store(url) as store:
        assert len((await store.conversation("chatbase", CHANNEL, most=9)).turns) == 1


async def test_what_the_first_version_stored_is_there_after_the_upgrade(url: str, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(lambda inner: command.upgrade(alembic_config(inner), "0001"))
        await connection.execute(text(f"INSERT INTO conversations VALUES ('chatbase', {CHANNEL}, 'first')"))
        await connection.execute(
            text(f"INSERT INTO turns VALUES (7, 'chatbase', {CHANNEL}, 'first', NULL, 5, 'old question', 'old', 1)")
        )
    async with open_store(url) as store:
        conversation = await store.conversation("chatbase", CHANNEL, most=9)
        assert (conversation.id, [turn.question for turn in conversation.turns]) == ("first", ["old question"])
        assert await store.record(make_turn())


async def test_every_migration_can_be_taken_back(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        await connection.run_sync(lambda inner: command.downgrade(alembic_config(inner), "base"))
    async with engine.begin() as connection:
        assert await connection.run_sync(table_names) == {"alembic_version"}
    await upgrade(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migration_that_fails_leaves_nothing_behind(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        # In the way of the last table that the first migration makes.
        await connection.execute(text("CREATE TABLE facts (name TEXT)"))
    with pytest.raises(Exception, match="facts"):
        await upgrade(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(table_names) == {"facts"}


async def test_a_table_of_somebody_else_is_told(url: str, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE turns (name TEXT)"))
    with pytest.raises(DatabaseUnavailable) as caught:
        async with open_store(url):
            pass
    assert "turns" in caught.value.reason
    assert "already exists" in caught.value.reason


async def test_a_newer_database_is_refused(url: str, engine: AsyncEngine) -> None:
    async with open_store(url) as store:
        await store.record(make_turn())
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable) as caught:
        async with open_store(url):
            pass
    assert caught.value.reason == ("its schema (9999) is newer than this version of the program; update the program")
