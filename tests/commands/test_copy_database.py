"""`python -m bot copy-database`: both ways, complete, resumable at any moment, and never beside a bot."""

import asyncio
import itertools
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Text, insert, select, text

from bot.commands.copy_database import copy
from bot.domain.conversation_key import ConversationKey
from bot.domain.leases import new_owner_id
from bot.store.addresses.urls import parse_url
from bot.store.columns import SafeText
from bot.store.engine import open_engine
from bot.store.errors import DatabaseOpenError, MaintenanceError
from bot.store.maintenance import copying
from bot.store.maintenance.copying import copy_database
from bot.store.open import examine_store, open_lease, open_store
from bot.store.tables import metadata
from bot.store.upgrade import Schema
from tests.process.bot_runs import run_here
from tests.store.samples import CHANNEL, make_turn, record

ROOT = Path(__file__).resolve().parents[2]

ROWS = 7
"""How many rows each table gets; pages hold fewer here."""

Content = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def sqlite_target(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/copies/new.db"


@pytest.fixture(params=["to postgresql", "to sqlite"])
def urls(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> tuple[str, str]:
    """Give the URLs of a source with tables, and of a target without, each way."""
    if request.param == "to postgresql":
        source = shutil.copy(sqlite_template, tmp_path / "source.db")
        return f"sqlite:///{source}", request.getfixturevalue("postgres_url")
    return request.getfixturevalue("prepared_postgres_url"), f"sqlite:///{tmp_path}/copies/new.db"


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
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }


async def do(url: str, work: Any, *, writes: bool = False) -> Any:  # noqa: ANN401 - whatever the work returns
    async with open_engine(parse_url(url), max_wait=10) as engine:
        return await engine.run(work, writes=writes)


async def run_copy(urls: tuple[str, str]) -> int:
    return await copy_database(parse_url(urls[0]), parse_url(urls[1]))


def small_pages() -> Any:  # noqa: ANN401 - mock's
    return patch("bot.store.maintenance.rows.PAGE_ROWS", 3)


async def test_every_table_is_copied_and_the_bot_goes_on(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    with small_pages():
        assert await run_copy(urls) == ROWS * len(metadata.tables)
    content = await do(urls[1], dump)
    assert content == await do(urls[0], dump)
    assert all(len(rows) == ROWS for rows in content.values()), "no table is left out"
    assert await examine_store(urls[1]) is Schema.CURRENT
    async with open_store(urls[1]) as store, open_lease(urls[1], new_owner_id()):
        await store.metadata.set("after", "1")


async def test_numbers_of_deleted_turns_are_not_given_again(urls: tuple[str, str]) -> None:
    async with open_store(urls[0]) as store:
        for number in range(3):
            await record(store, make_turn(number))
    await do(
        urls[0],
        lambda connection: connection.execute(text("DELETE FROM turns WHERE id > (SELECT min(id) FROM turns)")),
        writes=True,
    )
    await run_copy(urls)
    async with open_store(urls[1]) as store:
        await record(store, make_turn(9))
        turns = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)).turns
    assert [turn.question for turn in turns] == ["question 0", "question 9"]
    ids = await do(urls[1], lambda connection: list(connection.scalars(text("SELECT id FROM turns ORDER BY id"))))
    assert ids == [ids[0], ids[0] + 3]


class Killed(BaseException):
    """What no part of the program catches."""


async def test_a_copy_that_is_cut_off_at_any_transaction_is_resumed(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    is_sqlite = urls[1].startswith("sqlite")
    engine = "bot.store.engine.sqlite.SqliteEngine" if is_sqlite else "bot.store.engine.postgres.PostgresEngine"
    module, _, name = engine.rpartition(".")
    kind = getattr(__import__(module, fromlist=[name]), name)
    real_run, runs = kind.run, 0
    with small_pages():
        for cut_at in itertools.count(2, 3):
            left = itertools.count()

            async def run(self: Any, work: Any, _left: Any = left, _cut: int = cut_at, **options: Any) -> Any:  # noqa: ANN401
                if options["writes"] and next(_left) == _cut:
                    raise Killed
                return await real_run(self, work, **options)

            runs += 1
            try:
                with patch.object(kind, "run", run):
                    await run_copy(urls)
                break
            except Killed:
                with pytest.raises(DatabaseOpenError, match="not finished"):
                    async with open_store(urls[1]):
                        pass
    assert runs > 3
    assert await do(urls[1], dump) == await do(urls[0], dump)
    assert await examine_store(urls[1]) is Schema.CURRENT


async def test_a_killed_process_leaves_no_lock(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)

    def stop(what: str, done: int, _total: int) -> None:
        if done > ROWS:
            raise Killed(what)

    with small_pages(), pytest.raises(Killed):
        await copy_database(parse_url(urls[0]), parse_url(urls[1]), stop)
    await run_copy(urls)
    assert await do(urls[1], dump) == await do(urls[0], dump)


async def test_a_process_that_is_killed_is_resumed_by_another(urls: tuple[str, str]) -> None:
    facts = [{"name": f"fact {number}", "value": "x" * 100} for number in range(20_000)]
    await do(urls[0], lambda connection: connection.execute(insert(metadata.tables["facts"]), facts), writes=True)
    arguments = [sys.executable, "-m", "bot", "copy-database", *urls]
    with subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert [process.stderr.readline()[:9] for _ in range(3)] == ["copying: "] * 3
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(DatabaseOpenError, match="not finished"):
        await examine_store(urls[1])
    done = await asyncio.to_thread(subprocess.run, arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "copying: 0 %" not in done.stderr, "it goes on where it was"
    assert done.stdout.startswith("Copied 20000 rows")
    assert await do(urls[1], dump) == await do(urls[0], dump)


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


PG = "postgresql://me:not-to-be-seen@127.0.0.1:9/bot"


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


async def test_lines_and_a_bar_show_how_far_it_is(sqlite_template: Path, tmp_path: Path, postgres_url: str) -> None:
    source = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'source.db')}"
    await do(source, fill, writes=True)
    out, err = StringIO(), StringIO()
    assert await asyncio.to_thread(copy, source, postgres_url, out, err) == 0
    assert "copying: 100 %" in err.getvalue()
    assert err.getvalue().splitlines()[-1].startswith("comparing: 100 %")
    assert out.getvalue().startswith(f"Copied {ROWS * len(metadata.tables)} rows from ")
