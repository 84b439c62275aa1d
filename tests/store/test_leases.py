"""Leases: a process that holds one is alive, and one that lost it, in whatever way, is not."""

import asyncio
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from bot.domain.leases import new_owner_id
from bot.store.errors import DatabaseOpenError
from bot.store.leases import postgres as postgres_lease
from bot.store.leases import postgres_locks
from bot.store.leases import sqlite as sqlite_lease
from bot.store.leases.postgres import SETTLE_SECONDS, PostgresLease
from bot.store.leases.sqlite import SqliteLease
from bot.store.open import open_lease, open_store
from tests.e2e.waiting import until
from tests.postgres import PostgresServer, name_database

LIVING, GONE = "a" * 15, "b" * 15


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server be up for long."""
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT 3600::float")


async def test_who_holds_a_lease_is_alive_until_it_is_given_back(url: str) -> None:
    async with open_lease(url, LIVING) as mine:
        assert await mine.find_ended([LIVING, GONE, "not an id", "../etc"]) == [GONE, "not an id", "../etc"]
        async with open_lease(url, GONE) as other:
            assert [*await mine.find_ended([GONE]), *await other.find_ended([LIVING])] == []
        assert await mine.find_ended([GONE, LIVING]) == [GONE]


async def test_to_ask_about_nobody_costs_nothing(prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask_server(lease: PostgresLease) -> None:
        raise AssertionError("the server is asked")

    async with open_lease(prepared_postgres_url, LIVING) as lease:
        monkeypatch.setattr(PostgresLease, "_living", ask_server)
        assert list(await lease.find_ended([])) == []


def test_ids_are_never_the_same() -> None:
    assert len({new_owner_id() for _ in range(1000)}) == 1000


async def test_a_file_that_was_left_behind_holds_nothing_and_is_removed(tmp_path: Path) -> None:
    database = tmp_path / "switchboard.db"
    left = [tmp_path / f"switchboard.db.owner-{owner}" for owner in ("c" * 15, "d" * 15)]
    left[0].touch()
    others = [
        tmp_path / name for name in ("switchboard.db", "switchboard.db.owner-notes", "other.db.owner-" + "c" * 15)
    ]
    for other in others:
        other.touch()
    lease = SqliteLease(database, LIVING)
    assert not left[0].exists()
    left[1].touch()
    assert await lease.find_ended(["d" * 15]) == ["d" * 15]
    file = tmp_path / f"switchboard.db.owner-{LIVING}"
    assert {*tmp_path.iterdir()} == {file, *others}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not file.read_bytes()
    await lease.close()
    assert {*tmp_path.iterdir()} == {*others}


async def test_a_file_that_somebody_removes_as_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, removed = os.open, list[Path]()

    def make_and_remove(path: Path, *arguments: int) -> int:
        file = make(path, *arguments)
        if not removed:
            removed.append(path)
            path.unlink()
        return file

    monkeypatch.setattr(os, "open", make_and_remove)
    lease = SqliteLease(tmp_path / "switchboard.db", LIVING)
    assert removed
    assert await SqliteLease(tmp_path / "switchboard.db", GONE).find_ended([LIVING]) == []
    await lease.close()


@pytest.mark.parametrize("name", ["linked file.db", "linked folder%20/switchboard.db", "../{folder}/switchboard.db"])
async def test_processes_that_reach_a_database_by_different_names_see_each_other(tmp_path: Path, name: str) -> None:
    (tmp_path / "linked file.db").symlink_to(tmp_path / "switchboard.db")
    (tmp_path / "linked folder%20").symlink_to(tmp_path)
    by_own_name = f"sqlite:///{tmp_path}/switchboard.db"
    by_other = f"sqlite:///{tmp_path}/{name.format(folder=tmp_path.name)}"
    async with open_lease(by_own_name, LIVING) as mine, open_lease(by_other, "c" * 15) as other:
        assert await mine.find_ended(["c" * 15, GONE]) == [GONE]
        assert await other.find_ended([LIVING, GONE]) == [GONE]
    assert {each.name for each in tmp_path.iterdir()} == {"linked file.db", "linked folder%20"}


async def test_a_folder_that_takes_no_file_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(DatabaseOpenError):
        async with open_lease(f"sqlite:///{tmp_path}/missing/switchboard.db", LIVING):
            pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO, errno.ESTALE])
async def test_a_file_system_that_locks_nothing_is_said_at_the_start_and_ends_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(number, os.strerror(number))

    async with open_lease(f"sqlite:///{tmp_path}/switchboard.db", LIVING) as lease:
        (tmp_path / f"switchboard.db.owner-{GONE}").touch()
        with monkeypatch.context() as patch:
            patch.setattr(sqlite_lease, "_lock", refuse)
            assert await lease.find_ended([GONE]) == []
            with pytest.raises(DatabaseOpenError, match=os.strerror(number)):
                async with open_lease(f"sqlite:///{tmp_path}/switchboard.db", "c" * 15):
                    pass
        assert await lease.find_ended([GONE]) == [GONE]


@pytest.fixture
def break_leases(postgres: PostgresServer, prepared_postgres_url: str) -> Callable[[], object]:
    """Give what ends all connections that have an advisory lock."""
    ending = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
    return lambda: postgres.execute(ending, database=name_database(prepared_postgres_url))


async def somebody_waits(postgres: PostgresServer) -> None:
    """Return once a connection waits for a lock; the event loop goes on meanwhile."""
    async with asyncio.timeout(30):
        while await asyncio.to_thread(postgres.execute, "SELECT count(*) FROM pg_locks WHERE NOT granted") != "1":
            pass


async def test_a_lock_whose_connection_broke_is_taken_again_before_anybody_is_judged(
    prepared_postgres_url: str, break_leases: Callable[[], object]
) -> None:
    now = [1000.0]
    mine = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5, clock=lambda: now[0])
    async with open_lease(prepared_postgres_url, "c" * 15) as other:
        assert await mine.find_ended([GONE]) == [GONE]
        assert isinstance(other, PostgresLease)
        before = other._connection
        break_leases()
        await until(lambda: mine._settled_at == now[0] + SETTLE_SECONDS and other._connection not in (before, None))
        assert await mine.find_ended([GONE]) == ()
        now[0] += SETTLE_SECONDS - 0.1
        assert await mine.find_ended([GONE]) == ()
        now[0] += 0.1
        assert await mine.find_ended([GONE, LIVING, "c" * 15]) == [GONE]
        assert await other.find_ended([GONE]) == ()
    await mine.close()


async def test_a_server_that_has_just_started_is_given_time(
    prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT 5::float")
    now = [1000.0]
    lease = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5, clock=lambda: now[0])
    assert await lease.find_ended([GONE]) == ()
    now[0] += SETTLE_SECONDS - 5
    assert await lease.find_ended([GONE]) == [GONE]
    await lease.close()


async def test_the_server_is_told_to_end_the_connection_of_a_process_that_is_silent(
    prepared_postgres_url: str, postgres: PostgresServer
) -> None:
    lease = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5)
    assert lease._connection is not None
    driver = lease._connection._driver
    expected = {
        "idle_session_timeout": "30s",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "2",
    }
    assert {name: await driver.fetchval(f"SHOW {name}") for name in expected} == expected
    await lease.close()


async def test_a_server_that_falls_silent_while_the_lock_is_taken_again_is_asked_again(
    prepared_postgres_url: str, break_leases: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5)
    before = lease._connection
    tries, set_one = list[str](), postgres_locks.set_for_session

    async def fall_silent(driver: asyncpg.Connection, name: str, value: str) -> None:
        tries.append(name)
        if len(tries) == 1:
            # The next try gets its usual time, which it may need on a slow machine.
            monkeypatch.setattr(postgres_lease, "_MAX_PAUSE", usual)
            await driver.execute("SELECT pg_sleep(600)")
        await set_one(driver, name, value)

    usual = postgres_lease._MAX_PAUSE
    monkeypatch.setattr(postgres_locks, "set_for_session", fall_silent)
    monkeypatch.setattr(postgres_lease, "_MAX_PAUSE", 0.4)
    break_leases()
    await until(lambda: lease._connection not in (before, None))
    assert len(tries) > 1
    await lease.close()


async def test_settings_of_the_server_end_no_wait_for_the_lock(
    prepared_postgres_url: str, postgres: PostgresServer
) -> None:
    """Another process would see no lock between two tries, and take this one for ended."""
    name = name_database(prepared_postgres_url)
    limits = ("statement_timeout", "lock_timeout")
    postgres.execute(*(f"ALTER DATABASE {name} SET {limit} = '100ms'" for limit in limits))
    ghost = await asyncpg.connect(prepared_postgres_url)
    try:
        await ghost.execute(f"SELECT pg_advisory_lock({int(LIVING, 16)})")
        opening = asyncio.create_task(PostgresLease.open(prepared_postgres_url, LIVING, max_wait=20))
        await somebody_waits(postgres)
        assert not (await asyncio.wait({opening}, timeout=0.3))[0]
        ghost.terminate()
        await (await opening).close()
    finally:
        ghost.terminate()
        postgres.execute(*(f"ALTER DATABASE {name} RESET {limit}" for limit in limits))


async def test_a_server_whose_clock_was_set_back_is_given_no_more_time_than_others(
    prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT -86400::float")
    now = [1000.0]
    lease = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5, clock=lambda: now[0])
    now[0] += SETTLE_SECONDS
    assert await lease.find_ended([GONE]) == [GONE]
    await lease.close()


async def test_a_server_that_does_not_know_a_setting_yet_is_used_all_the_same(
    prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(postgres_locks, "SESSION_SETTINGS", {"idle_session_time": "30s", "tcp_keepalives_idle": "10"})
    async with open_lease(prepared_postgres_url, LIVING) as lease:
        assert await lease.find_ended([LIVING, GONE]) == [GONE]
    assert "the database has no idle_session_time:" in caplog.text


async def test_a_connection_without_its_lock_is_replaced(prepared_postgres_url: str) -> None:
    lease = await PostgresLease.open(prepared_postgres_url, LIVING, max_wait=5)
    before = lease._connection
    assert before is not None
    await before._driver.execute("SELECT pg_advisory_unlock_all()")
    assert await lease.find_ended([GONE]) == ()
    await until(lambda: lease._connection not in (before, None))
    await lease.close()


async def test_it_waits_for_its_own_connection_of_before_to_end(
    prepared_postgres_url: str, postgres: PostgresServer
) -> None:
    """As after a broken network: the server has not noticed, and the lock is never free for a moment."""
    ghost = await asyncpg.connect(prepared_postgres_url)
    await ghost.execute(f"SELECT pg_advisory_lock({int(LIVING, 16)})")
    async with open_lease(prepared_postgres_url, GONE) as other:
        opening = asyncio.create_task(PostgresLease.open(prepared_postgres_url, LIVING, max_wait=20))
        await somebody_waits(postgres)
        assert await other.find_ended([LIVING]) == []
        ghost.terminate()
        lease = await opening
        assert await other.find_ended([LIVING]) == []
        await lease.close()
        assert await other.find_ended([LIVING]) == [LIVING]


async def test_on_a_file_it_is_known_without_a_statement_who_is_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/switchboard.db"
    async with open_store(url), open_lease(url, new_owner_id()) as one:
        assert one.is_alone()
        async with open_lease(url, new_owner_id()) as other:
            assert [one.is_alone(), other.is_alone()] == [False, False]
        assert one.is_alone()
