"""Examining: what `check` finds out of a database without creating or upgrading anything."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.errors import DatabaseOpenError
from bot.store.open import examine_store, open_store
from bot.store.upgrade import Schema, alembic_config
from tests.postgres import PASSWORD, PostgresServer


async def version(url: str) -> str | None:
    """Return the migration that a database has."""
    async with open_engine(parse_url(url), max_wait=5) as engine:
        return await engine.run(lambda db: db.scalar(text("SELECT version_num FROM alembic_version")), writes=False)


async def migrate(url: str, revision: str) -> None:
    """Bring an empty database to a migration."""
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine:
        await engine.run(lambda db: command.upgrade(alembic_config(db), revision), writes=True)


async def start(url: str) -> None:
    """Open the store as a start does."""
    async with open_store(url):
        pass


async def test_a_missing_file_stays_missing(tmp_path: Path) -> None:
    assert await examine_store(f"sqlite:///{tmp_path}/new/switchboard.db") is Schema.MISSING
    assert list(tmp_path.iterdir()) == []


async def test_an_older_database_stays_so(empty_url: str) -> None:
    await migrate(empty_url, "0004")
    assert await examine_store(empty_url) is Schema.OLDER
    assert await version(empty_url) == "0004"


async def test_an_empty_and_a_current_one(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "switchboard.db").touch()
    assert await examine_store(empty_url) is Schema.EMPTY
    async with open_store(empty_url):
        assert await examine_store(empty_url) is Schema.CURRENT


async def test_a_newer_one_is_refused(empty_url: str) -> None:
    async with open_store(empty_url):
        pass
    async with open_engine(parse_url(empty_url), max_wait=5) as engine:
        await engine.run(lambda db: db.execute(text("UPDATE alembic_version SET version_num = '9999'")), writes=True)
    with pytest.raises(DatabaseOpenError, match="9999"):
        await examine_store(empty_url)


async def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(DatabaseOpenError, match="no file can be made in"):
        await examine_store(f"sqlite:///{tmp_path}/data/switchboard.db")


async def test_a_role_that_may_not_make_tables(postgres: PostgresServer, postgres_url: str) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres.execute(f"CREATE ROLE looker_at_{name} LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(DatabaseOpenError, match="may not create any"):
        await examine_store(f"postgresql://looker_at_{name}:{PASSWORD}@127.0.0.1:{postgres.port}/{name}")


@pytest.mark.parametrize("opened", [examine_store, start])
@pytest.mark.parametrize("kind", ["pipe", "device"])
async def test_what_is_no_file_is_called_so(
    opened: Callable[[str], Awaitable[object]], kind: str, tmp_path: Path
) -> None:
    path = Path("/dev/null")
    if kind == "pipe":
        path = tmp_path / "pipe"
        os.mkfifo(path)
    with pytest.raises(DatabaseOpenError, match="it is a pipe or a device, and no file"):
        await opened(f"sqlite:///{path}")


@pytest.mark.parametrize("opened", [examine_store, start])
@pytest.mark.parametrize("options", ["", "&sslmode=require", "&port=6543"])
async def test_a_socket_that_is_not_there_is_named(
    opened: Callable[[str], Awaitable[object]], options: str, tmp_path: Path
) -> None:
    with pytest.raises(DatabaseOpenError, match=f"no server has a socket in {tmp_path}/none$"):
        await opened(f"postgresql://me@/bot?host={tmp_path}/none{options}")
