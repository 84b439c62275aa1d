"""`python -m bot backup`: whole at any moment, readable by its owner alone, and never over another file."""

import asyncio
import os
import re
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.commands.backup import backup
from bot.domain.conversation_key import ConversationKey
from bot.store.addresses.urls import SqliteFile
from bot.store.errors import MaintenanceError
from bot.store.maintenance.backup import back_up
from bot.store.open import open_store
from tests.postgres import PostgresServer
from tests.process.bot_runs import run_here
from tests.store.samples import CHANNEL, make_turn, record


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return Path(shutil.copy(sqlite_template, tmp_path / "data" / "switchboard.db"))


async def questions(url: str) -> list[str]:
    async with open_store(url) as store:
        turns = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=1000)).turns
    return [turn.question for turn in turns]


async def test_a_backup_made_between_two_turns_is_restored_with_what_was_there(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    async with open_store(f"sqlite:///{file}") as store:
        await record(store, make_turn(1))
        ended = run_here({"DATABASE_URL": f"sqlite:///{file}"}, tmp_path, "backup", str(target))
        await record(store, make_turn(2))
    assert (ended.code, ended.out) == (0, [f"Backed up to {target} ({target.stat().st_size / 1e6:.1f} MB, checked)."])
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup.db", "data"], "no other file is needed or left"
    # Restoring, as docs/databases.md says: the bot is stopped, the old files go, and the backup takes their name.
    for old in file.parent.iterdir():
        old.unlink()
    shutil.copy(target, file)
    assert await questions(f"sqlite:///{file}") == ["question 1"]


async def test_writes_meanwhile_neither_disturb_a_backup_nor_start_it_over(file: Path, tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(30):
            await record(store, make_turn(number))
        with closing(sqlite3.connect(file)) as other:
            seen: list[tuple[int, int]] = []

            def progress(_what: str, done: int, total: int) -> None:
                seen.append((done, total))
                other.execute("INSERT INTO facts VALUES (?, ?)", (f"meanwhile {len(seen)}", "x" * 5000))
                other.commit()

            with patch("bot.store.maintenance.backup._STEP_PAGES", 5):
                back_up(SqliteFile(file), tmp_path / "backup.db", progress)
    assert len(seen) > 3
    assert seen == sorted(seen), "it never begins again"
    assert len({total for _, total in seen}) == 1
    with closing(sqlite3.connect(tmp_path / "backup.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM facts").fetchone() == (0,), "it is of the moment when it began"
        assert copy.execute("SELECT count(*) FROM turns").fetchone() == (30,)


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "the database itself"])
def test_nothing_is_overwritten(kind: str, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    match kind:
        case "file":
            target.write_text("precious")
        case "folder":
            target.mkdir()
        case "dangling link":
            target.symlink_to(tmp_path / "nowhere")
        case _:
            target = file
    before = file.read_bytes()
    with pytest.raises(MaintenanceError, match="exists already"):
        back_up(SqliteFile(file), target)
    assert file.read_bytes() == before
    assert kind != "file" or target.read_text() == "precious"


def test_what_gets_the_name_meanwhile_is_not_overwritten(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"

    def take_name(*_: object) -> None:
        target.write_text("precious")

    with pytest.raises(MaintenanceError, match="exists already"):
        back_up(SqliteFile(file), target, take_name)
    assert target.read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 2, "nothing half done is left"


def test_a_file_system_without_links(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    with patch.object(os, "link", side_effect=PermissionError):
        back_up(SqliteFile(file), target)
        with pytest.raises(MaintenanceError):
            back_up(SqliteFile(file), target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def damage(file: Path) -> None:
    """Overwrite all pages but the first two with noise."""
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xa5" * (file.stat().st_size - 8192))


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda file: file.unlink(), "there is no database at"),
        (lambda file: file.write_bytes(b"no database at all" * 1000), "not a database"),
        (lambda file: file.write_bytes(b""), "holds no tables of the bot"),
        (damage, "malformed|damaged"),
    ],
)
def test_what_cannot_be_backed_up_is_said_in_one_line(
    prepare: Callable[[Path], object], said: str, file: Path, tmp_path: Path
) -> None:
    prepare(file)
    ended = run_here({"DATABASE_URL": f"sqlite:///{file}"}, tmp_path, "backup", "backup.db")
    assert (ended.code, ended.out) == (1, [])
    with pytest.raises(MaintenanceError, match=said):
        back_up(SqliteFile(file), tmp_path / "backup.db")
    assert "\n" not in ended.err[-1]
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize(
    "target",
    [
        "missing/backup.db",
        "data/switchboard.db-wal",
        "data/switchboard.db-journal",
        "data/../data/switchboard.db-shm",
        "link/switchboard.db-wal",
    ],
)
@pytest.mark.parametrize("source", ["data/switchboard.db", "link/switchboard.db", "linked.db"])
def test_a_target_that_will_not_do(source: str, target: str, file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file.parent)
    (tmp_path / "linked.db").symlink_to(file)
    ended = run_here({"DATABASE_URL": f"sqlite:///{source}"}, tmp_path, "backup", target)
    assert (ended.code, ended.out, len(ended.err)) == (1, [], 1)
    assert target in ended.err[0]


def test_a_full_disk_is_said_of_the_file_that_is_written(file: Path, tmp_path: Path) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    with (
        patch("bot.store.maintenance.backup._copy", side_effect=full),
        pytest.raises(MaintenanceError, match=r"backup\.db cannot be written: the disk is full"),
    ):
        back_up(SqliteFile(file), tmp_path / "backup.db")


def test_other_settings_are_not_needed_and_a_bad_address_is_named(tmp_path: Path) -> None:
    ended = run_here({"DATABASE_URL": "mysql://me:secret@there/bot"}, tmp_path, "backup", "backup.db")
    assert ended.code == 1
    assert ended.err[0].startswith("DATABASE_URL must begin with")
    ended = run_here({}, tmp_path, "backup", "backup.db")
    assert ended.err == ["there is no database at data/switchboard.db"]


def test_for_postgresql_pg_dump_is_named(tmp_path: Path) -> None:
    ended = run_here({"DATABASE_URL": "postgresql://me:secret@127.0.0.1:9/bot"}, tmp_path, "backup", "backup.db")
    assert (ended.code, len(ended.err)) == (1, 1)
    assert "pg_dump" in ended.err[0]
    assert "secret" not in ended.err[0]


async def run_as_documented(program: str, url: str, folder: Path) -> None:
    """Run the command with a program that docs/databases.md has, in a shell that knows the address."""
    page = (Path(__file__).parents[2] / "docs" / "databases.md").read_text(encoding="utf-8")
    (command,) = (
        block for block in re.findall(r"```sh\n(.+?)```", page, re.DOTALL) if re.search(rf"\b{program} ", block)
    )
    environment = os.environ | {"DATABASE_URL": url}
    await asyncio.to_thread(
        subprocess.run, ["sh", "-ec", command], check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL
    )


async def test_what_pg_dump_wrote_is_restored_by_psql(
    prepared_postgres_url: str, postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    async with open_store(prepared_postgres_url) as store:
        await record(store, make_turn(1))
        await run_as_documented("pg_dump", prepared_postgres_url, tmp_path)  # while the bot runs
        await record(store, make_turn(2))
    assert stat.S_IMODE((tmp_path / "backup.sql").stat().st_mode) == 0o600
    await run_as_documented("psql", postgres_url, tmp_path)
    assert await questions(postgres_url) == ["question 1"]
    async with open_store(postgres_url) as store:
        assert await record(store, make_turn(3)), "numbers of turns go on"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar(file: Path, tmp_path: Path) -> None:
    out, err = StringIO(), Terminal()
    assert backup(f"sqlite:///{file}", tmp_path / "backup.db", out, err) == 0
    assert err.getvalue().startswith("\rbackup [")
    assert err.getvalue().endswith("100 %\n")
