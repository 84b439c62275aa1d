"""A SQLite file with damage in its middle: found after the start without anybody waiting, and told once."""

import asyncio
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.database_health import DatabaseFault, Soundness
from bot.store.engine import damage_search
from bot.store.engine.health import find_fault
from bot.store.open import open_store, search_for_damage
from bot.store.ports.base import Stores
from tests.fakes.damaged_files import lead_into_nothing, overwrite, scribble_over_an_index, zero
from tests.store.samples import CHANNEL, make_turn, record

Damage = Callable[[Path], None]

TURNS = 5


@pytest.fixture
async def file(sqlite_template: Path, tmp_path: Path) -> Path:
    """Give a database's file with turns in it and all its changes."""
    path = Path(shutil.copy(sqlite_template, tmp_path / "switchboard.db"))
    async with open_store(f"sqlite:///{path}") as store:
        for number in range(TURNS):
            await record(store, make_turn(number))
    return path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the search begin at once."""
    monkeypatch.setattr(damage_search, "BEGIN_AFTER", 0)


async def searched(store: Stores) -> Soundness:
    """Return what the search has found."""
    async with asyncio.timeout(10):
        while store.health.soundness is Soundness.PENDING:
            await asyncio.sleep(0.005)
    return store.health.soundness


def errors_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("damage", [zero, scribble_over_an_index, lead_into_nothing])
@pytest.mark.usefixtures("at_once")
async def test_damage_is_found_and_told_once(file: Path, damage: Damage, caplog: pytest.LogCaptureFixture) -> None:
    damage(file)
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.get("nothing")
        assert await searched(store) is Soundness.DAMAGED
        for _ in range(3):
            with suppress(DatabaseUnavailable):
                await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=TURNS)
    (line,) = errors_in(caplog)
    assert line.startswith("the database is damaged (")
    assert "restore a backup as docs/databases.md" in line


@pytest.mark.usefixtures("at_once")
async def test_a_sound_file_is_said_to_be_sound(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        assert store.health.soundness is Soundness.PENDING
        assert await searched(store) is Soundness.SOUND
    assert not errors_in(caplog)


@pytest.mark.usefixtures("at_once")
async def test_nobody_waits_for_the_search(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = asyncio.Event(), threading.Event()
    loop, find = asyncio.get_running_loop(), damage_search.find_damage

    def slowly(connection: object) -> str | None:
        found = find(connection)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(began.set)
        may_end.wait(10)
        return found

    monkeypatch.setattr(damage_search, "find_damage", slowly)
    async with asyncio.timeout(10), open_store(f"sqlite:///{file}") as store:
        await began.wait()
        for number in range(5):
            await record(store, make_turn(number))
        assert store.health.soundness is Soundness.PENDING
        may_end.set()
        assert await searched(store) is Soundness.SOUND


@pytest.mark.usefixtures("at_once")
async def test_a_search_that_takes_too_long_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(damage_search, "MAX_SECONDS", 0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    monkeypatch.setattr(damage_search, "find_damage", lambda connection: connection.execute(endless).fetchone())
    async with open_store(f"sqlite:///{file}") as store:
        assert await searched(store) is Soundness.UNFINISHED
    assert "given up after 0.05 s" in caplog.text


@pytest.mark.usefixtures("at_once")
async def test_a_search_under_way_ends_with_the_store_and_with_the_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = shutil.copy(file, tmp_path / "backup.db")
    began, loop = asyncio.Event(), asyncio.get_running_loop()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    def search(connection: sqlite3.Connection) -> str | None:
        loop.call_soon_threadsafe(began.set)
        return str(connection.execute(endless).fetchone())

    monkeypatch.setattr(damage_search, "find_damage", search)
    async with asyncio.timeout(10):
        async with open_store(f"sqlite:///{file}"):
            await began.wait()
        began.clear()
        async with open_store(f"sqlite:///{file}") as store:
            await began.wait()
            await record(store, make_turn(1))
            file.unlink()
            with pytest.raises(DatabaseUnavailable, match="FileLost"):
                await store.metadata.get("nothing")
            assert await searched(store) is Soundness.UNFINISHED
            shutil.copy(backup, file)
            assert await store.metadata.get("nothing") is None


async def test_the_search_ends_with_the_store(file: Path) -> None:
    async with asyncio.timeout(1):
        async with open_store(f"sqlite:///{file}") as store:
            await store.metadata.get("nothing")
            assert store.health.soundness is Soundness.PENDING, "the first answers come first"


@pytest.mark.parametrize("damage", [zero, scribble_over_an_index])
async def test_damage_that_a_call_meets_is_told_once(
    file: Path, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    damage(file)
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(3):
            with pytest.raises(DatabaseUnavailable, match="SQLITE_CORRUPT") as caught:
                await record(store, make_turn(TURNS + number))
            assert caught.value.fault is DatabaseFault.DAMAGED
        assert store.health.soundness is Soundness.DAMAGED
        await store.metadata.set("what is sound", "is used")
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("bot.store")]
    assert line.startswith("the database is damaged (DatabaseError SQLITE_CORRUPT)")


async def test_a_file_that_becomes_no_database_is_told_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        overwrite(file, 1, b"noise ")
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable, match=r"SQLITE_NOTADB|SQLITE_CORRUPT") as caught:
                await store.metadata.get("nothing")
            assert caught.value.fault is DatabaseFault.DAMAGED
    assert len(errors_in(caplog)) == 1


@pytest.mark.usefixtures("at_once")
async def test_a_backup_in_the_place_of_a_damaged_file_is_searched_too(
    file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backup = Path(shutil.copy(file, tmp_path / "backup.db"))
    zero(file)
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.get("nothing")
        assert await searched(store) is Soundness.DAMAGED
        for ending in ("", "-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
        with pytest.raises(DatabaseUnavailable, match="FileLost"):
            await store.metadata.get("nothing")
        shutil.copy(backup, file)
        await store.metadata.get("nothing")
        assert await searched(store) is Soundness.SOUND
    assert "is in its place again" in caplog.text


@pytest.mark.parametrize(
    ("code", "fault"),
    [("XX001", DatabaseFault.DAMAGED), ("XX002", DatabaseFault.DAMAGED), ("25006", None), ("XX000", None)],
)
def test_damage_that_a_server_tells_of_is_damage_too(code: str, fault: DatabaseFault | None) -> None:
    error = Exception("of the server's own words nothing is used")
    error.sqlstate = code  # type: ignore[attr-defined]  # as asyncpg's errors have it
    assert find_fault(error) is fault


def test_a_search_that_waits_for_a_lock_does_not_keep_the_process_from_ending(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage_search, "_STOP_TRIES", 1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        found = asyncio.run(search_for_damage(f"sqlite:///{file}", 0.05))
        (searching,) = (thread for thread in threading.enumerate() if thread.name == "damage search")
        assert found.soundness is Soundness.UNFINISHED
        assert searching.daemon
    searching.join()
