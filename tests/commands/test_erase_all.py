"""`python -m bot erase-all`: nothing of anybody's words is left in the files, and nothing is erased by mistake."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.leases import new_owner_id
from bot.store.addresses.urls import parse_url
from bot.store.maintenance import erasing
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.store.tables import metadata
from tests.databases import execute, find_text
from tests.postgres import PostgresServer, name_database
from tests.process.bot_runs import Ended, run, run_here
from tests.store.samples import make_turn, record

WORDS = "question 1"


class Killed(BaseException):
    """What ends the process, as far as the code is concerned."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """Give a database with tables of each kind."""
    if request.param == "postgresql":
        prepared: str = request.getfixturevalue("prepared_postgres_url")
        return prepared
    (tmp_path / "data").mkdir()
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'data' / 'switchboard.db')}"


async def fill(store: Stores) -> None:
    """Store words of somebody's, and what they set for themselves."""
    for number in range(3):
        await record(store, make_turn(number))
    await store.server_settings.save("person", 0, 5, "opt-out", "on")


async def erase(url: str, folder: Path, *options: str) -> Ended:
    """Run the command."""
    return await asyncio.to_thread(run_here, {"DATABASE_URL": url}, folder, "erase-all", *options)


async def test_without_yes_it_says_what_it_would_do_and_does_nothing(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:
        await fill(store)
    ended = await erase(url, tmp_path)
    said = " ".join(ended.out)
    assert (ended.code, ended.err) == (1, [])
    assert "Nothing is erased yet." in said
    assert "0 questions with their answers, 3 exchanges saved as conversation history" in said
    assert "--yes" in said
    assert "backups" in said
    assert ("switchboard.db" in said) == url.startswith("sqlite")
    assert await find_text(url, WORDS)


async def test_with_yes_nothing_is_left(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:
        await fill(store)
    ended = await erase(url, tmp_path, "--yes")
    assert (ended.code, ended.err) == (0, [])
    assert ended.out[0].startswith("Erased everything at ")
    assert "delete those yourself" in ended.out[1]
    if url.startswith("sqlite"):
        assert list((tmp_path / "data").iterdir()) == []
    else:
        assert not await find_text(url, WORDS)
        tables = execute(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        assert not {row[0] for row in tables} & {*metadata.tables, "alembic_version"}
    again = await erase(url, tmp_path, "--yes")
    assert (again.code, again.out, len(again.err)) == (1, [], 1)
    async with open_store(url) as store:  # a new start finds a new database
        assert await store.server_settings.list_values("opt-out", "person") == {}


async def test_it_refuses_beside_a_bot(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store, open_lease(url, new_owner_id()):
        await fill(store)
        ended = await erase(url, tmp_path, "--yes")
        assert (ended.code, ended.out, len(ended.err)) == (1, [], 1)
        assert "a bot runs on" in ended.err[0]
        assert "stop it first" in ended.err[0]
        assert await find_text(url, WORDS)
    assert (await erase(url, tmp_path, "--yes")).code == 0


async def test_the_log_of_a_bot_that_was_killed_is_erased_too(tmp_path: Path) -> None:
    file, kept = tmp_path / "data" / "bot.db", tmp_path / "killed"
    file.parent.mkdir()
    async with open_store(f"sqlite:///{file}") as store:
        await fill(store)
        shutil.copytree(file.parent, kept)  # as a kill leaves it, with its write-ahead log
    assert WORDS.encode() in (kept / "bot.db-wal").read_bytes()
    (kept / f"bot.db.owner-{new_owner_id()}").touch()
    (tmp_path / "link.db").symlink_to(kept / "bot.db")
    held = [(kept / name).open("rb") for name in ("bot.db", "bot.db-wal")]
    ended = await erase(f"sqlite:///{tmp_path / 'link.db'}", tmp_path, "--yes")
    assert ended.code == 0
    assert list(kept.iterdir()) == []
    assert not (tmp_path / "link.db").is_symlink()
    for each in held:  # what is left on the disk, for as long as somebody has it open
        with each:
            assert not each.read().strip(b"\0")


async def test_the_tables_of_something_else_stay(prepared_postgres_url: str, tmp_path: Path) -> None:
    execute(prepared_postgres_url, "CREATE TABLE guests (name text)")
    execute(prepared_postgres_url, "INSERT INTO guests VALUES ('Ada')")
    assert (await erase(prepared_postgres_url, tmp_path, "--yes")).code == 0
    assert execute(prepared_postgres_url, "SELECT name FROM guests") == [("Ada",)]
    assert "holds no tables of the bot" in (await erase(prepared_postgres_url, tmp_path, "--yes")).err[0]
    execute(prepared_postgres_url, "DROP TABLE guests")


async def test_nothing_is_left_in_a_servers_data_files(
    postgres: PostgresServer, prepared_postgres_url: str, tmp_path: Path
) -> None:
    words = "not-to-be-found-in-any-file"
    async with open_store(prepared_postgres_url) as store:
        await store.metadata.set("words", words)
    database = name_database(prepared_postgres_url)
    postgres.execute("CHECKPOINT", database=database)
    base = postgres._data / "base"
    assert any(words.encode() in each.read_bytes() for each in base.rglob("*") if each.is_file())
    assert (await erase(prepared_postgres_url, tmp_path, "--yes")).code == 0
    postgres.execute("CHECKPOINT", database=database)
    assert not any(words.encode() in each.read_bytes() for each in base.rglob("*") if each.is_file())


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and nonsense", b"a letter to somebody" * 100])
async def test_a_file_of_something_else_is_left_alone(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(content)
    for options in ((), ("--yes",)):
        ended = await erase(f"sqlite:///{tmp_path}/letter.db", tmp_path, *options)
        assert (ended.code, ended.out, len(ended.err)) == (1, [], 1)
    assert (tmp_path / "letter.db").read_bytes() == content


async def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE answers (id TEXT)")
    ended = await erase(f"sqlite:///{tmp_path}/other.db", tmp_path, "--yes")
    assert ended.err == [f"{tmp_path}/other.db holds no tables of the bot"]
    assert (tmp_path / "other.db").exists()


async def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    ended = await run({"DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}, tmp_path, "erase-all", "--yes")
    assert (ended.code, ended.out) == (1, [])
    assert ended.err == [f"there is no database at {tmp_path}/none.db; DATABASE_URL says where to look"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "moment", ["before anything", "in the middle", "before the last file is removed", "at the end"]
)
async def test_a_run_that_was_killed_is_gone_on_with(moment: str, sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{shutil.copy(sqlite_template, file)}") as store:
        await fill(store)
    (tmp_path / "bot.db-erasing").write_text("0 3")
    if moment == "in the middle":
        with file.open("r+b") as database:
            database.write(bytes(file.stat().st_size // 2))
    elif moment == "before the last file is removed":
        file.write_bytes(bytes(file.stat().st_size))
    elif moment == "at the end":
        file.unlink()
    asked = await erase(f"sqlite:///{file}", tmp_path)
    assert "0 questions with their answers, 3 exchanges saved" in " ".join(asked.out)
    ended = await erase(f"sqlite:///{file}", tmp_path, "--yes")
    assert (ended.code, ended.err) == (0, [])
    assert "0 questions with their answers, 3 exchanges saved" in ended.out[0]
    assert list(tmp_path.iterdir()) == []


async def test_overwriting_begins_with_the_mark(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    file = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{shutil.copy(sqlite_template, file)}") as store:
        await fill(store)
    monkeypatch.setattr(erasing, "_overwrite", killed)
    with pytest.raises(Killed):
        await erasing.erase_database(parse_url(f"sqlite:///{file}"))
    assert (tmp_path / "bot.db-erasing").read_text() == "0 3"
