"""`python -m bot copy-database`: what it refuses, never beside a bot, and each mistake in one line."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.leases import new_owner_id
from bot.store.addresses.urls import parse_url
from bot.store.errors import DatabaseOpenError, MaintenanceError, explain
from bot.store.maintenance import copying
from bot.store.maintenance.copying import copy_database
from bot.store.open import examine_store, open_lease, open_store
from tests.commands.copies import Killed, do, dump, fill, run_copy, small_pages
from tests.postgres import PostgresServer
from tests.process.bot_runs import run_here

PG = "postgresql://me:not-to-be-seen@127.0.0.1:9/bot"


async def test_it_refuses_beside_a_bot_on_either_database(urls: tuple[str, str]) -> None:
    for url in urls:
        async with open_store(url), open_lease(url, new_owner_id()):
            with pytest.raises(MaintenanceError, match="a bot runs on"):
                await run_copy(urls)
    assert await run_copy(urls) == 0


async def test_no_bot_and_no_second_copy_begins_meanwhile(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    refused: list[str] = []

    async def try_all() -> None:
        for url in urls:
            with pytest.raises(DatabaseOpenError, match="being copied"):
                async with open_lease(url, new_owner_id()):
                    pass
        with pytest.raises(MaintenanceError, match="another process"):
            await run_copy(urls)
        refused.append("all")

    real = copying._Copy._compare

    async def compare(self: Any, total: int) -> None:  # noqa: ANN401 - the class is private
        await try_all()
        await real(self, total)

    with patch.object(copying._Copy, "_compare", compare):
        await run_copy(urls)
    assert refused
    async with open_lease(urls[0], new_owner_id()), open_lease(urls[1], new_owner_id()):
        pass


def end_connection(url: str, postgres: PostgresServer) -> None:
    name = urlsplit(url).path[1:]
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        f" AND database = (SELECT oid FROM pg_database WHERE datname = '{name}')"
    )


def delete_lock(url: str, _postgres: PostgresServer) -> None:
    Path(f"{url.removeprefix('sqlite:///')}.maintenance").unlink()


@pytest.mark.parametrize(
    ("lose", "scheme", "said"),
    [
        (end_connection, "postgresql", "ended the connection that kept bots away; run the command again to resume"),
        (delete_lock, "sqlite", "that kept bots away from .* was deleted; run the command again to resume"),
    ],
)
@pytest.mark.parametrize("when", ["copying", "comparing"])
async def test_a_lock_that_is_lost_stops_the_copy_and_it_is_resumed(
    urls: tuple[str, str],
    postgres: PostgresServer,
    lose: Callable[[str, PostgresServer], None],
    scheme: str,
    said: str,
    when: str,
) -> None:
    await do(urls[0], fill, writes=True)
    (url,) = (each for each in urls if each.startswith(scheme))
    lost: list[tuple[str, int]] = []

    def progress(what: str, done: int, _total: int) -> None:
        if what == when and not lost:
            lose(url, postgres)
        if what == when:
            lost.append((what, done))

    with small_pages():
        with pytest.raises(MaintenanceError, match=said):
            await copy_database(parse_url(urls[0]), parse_url(urls[1]), progress)
        assert len(lost) == 1, "nothing more is done"
        with pytest.raises(DatabaseOpenError, match="not finished"):
            await examine_store(urls[1])
        await run_copy(urls)
    assert await do(urls[1], dump) == await do(urls[0], dump)


async def test_a_target_with_anything_else_is_refused_and_left_alone(urls: tuple[str, str]) -> None:
    async with open_store(urls[1]) as store:
        await store.metadata.set("precious", "1")
    with pytest.raises(MaintenanceError, match="rows in facts"):
        await run_copy(urls)
    await do(urls[1], lambda connection: connection.execute(text("DELETE FROM facts")), writes=True)
    await do(urls[1], lambda connection: connection.execute(text("CREATE TABLE other (name TEXT)")), writes=True)
    with pytest.raises(MaintenanceError, match="other tables"):
        await run_copy(urls)


async def test_a_row_that_changed_meanwhile_is_noticed(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    real = copying._Copy._compare

    async def compare(self: Any, total: int) -> None:  # noqa: ANN401 - the class is private
        await do(urls[1], lambda db: db.execute(text("UPDATE facts SET value = 'x' WHERE name = 'B'")), writes=True)
        await real(self, total)

    with patch.object(copying._Copy, "_compare", compare), pytest.raises(MaintenanceError, match=r"differs.*facts"):
        await run_copy(urls)
    with pytest.raises(DatabaseOpenError, match="not finished"):
        await examine_store(urls[1])


def test_a_beginning_of_another_copy_is_refused(sqlite_template: Path, tmp_path: Path, postgres_url: str) -> None:
    first = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'first.db')}"
    second = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'second.db')}"
    with patch.object(copying._Copy, "run", side_effect=Killed), pytest.raises(Killed):
        asyncio.run(run_copy((first, postgres_url)))
    with pytest.raises(MaintenanceError, match="another database"):
        asyncio.run(run_copy((second, postgres_url)))
    assert asyncio.run(run_copy((first, postgres_url))) == 0


@pytest.mark.parametrize(
    ("source", "target", "code", "said"),
    [
        (PG, PG, 2, "the same database"),
        ("sqlite:///a.db", "sqlite:///a.db", 2, "the same database"),
        ("sqlite:///a.db", "sqlite:///b.db", 2, "must be SQLite and the other PostgreSQL"),
        ("mysql://me:not-to-be-seen@there/bot", PG, 2, "FROM must begin with"),
        ("sqlite:///a.db", "sqlite://", 2, "TO needs three slashes"),
        ("sqlite:///missing.db", PG, 1, "there is no database at missing.db"),
        (PG, "sqlite:///new.db", 1, "failed:"),
        ("sqlite:///empty.db", PG, 1, "no tables of the bot"),
        ("sqlite:///older.db", PG, 1, "older version"),
        ("sqlite:///newer.db", PG, 1, "newer than this version"),
        ("sqlite:///noise.db", PG, 1, "not a database"),
    ],
)
def test_mistakes_are_told_in_one_line(source: str, target: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(b"no database at all" * 1000)
    (tmp_path / "empty.db").touch()
    for name, version in (("older", "0002"), ("newer", "9999")):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES (?)", (version,))
            connection.commit()
    ended = run_here({}, tmp_path, "copy-database", source, target)
    assert (ended.code, ended.out, len(ended.err)) == (code, [], 1), ended
    assert said in ended.err[0]
    assert ended.holds_none_of(["not-to-be-seen", "Traceback"])
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE turns SET question = CAST(x'72756D6F7572FF' AS TEXT)", "Could not decode to UTF-8 column 'question'"),
        ("UPDATE turns SET answer = CAST(x'72756D6F7572EDA080' AS TEXT)", "Could not decode to UTF-8 column 'answer'"),
        ("UPDATE answers SET asker = 'rumour'", "it refuses a value (22000)"),
    ],
)
async def test_what_does_not_fit_is_told_without_its_text(
    change: str, said: str, sqlite_template: Path, tmp_path: Path, postgres_url: str
) -> None:
    source = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'source.db')}"
    await do(source, fill, writes=True)
    await do(source, lambda connection: connection.execute(text(change)) and None, writes=True)
    with pytest.raises(MaintenanceError) as caught:
        await run_copy((source, postgres_url))
    assert str(caught.value).endswith(f"failed: {said}")


async def test_what_a_server_says_of_a_value_is_not_repeated(postgres_url: str) -> None:
    cast = text("SELECT CAST(CAST(:value AS text) AS bigint)")
    for value in ("rumour", "9" * 30):
        with pytest.raises(DBAPIError) as caught:
            await do(postgres_url, lambda connection, value=value: connection.execute(cast, {"value": value}))
        assert explain(caught.value) in ("it refuses a value (22P02)", "it refuses a value (22003)")
