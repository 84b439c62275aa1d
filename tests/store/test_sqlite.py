"""SQLite's threads: a unit of work crosses over once, and one that nobody waits for any more leaves nothing behind."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.store.addresses.urls import SqliteFile
from bot.store.engine import CONNECTIONS
from bot.store.engine.sqlite import SqliteEngine
from bot.store.engine.transactions import Database

ENDLESS = text("WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")
COUNT = text("SELECT count(*) FROM things")


@asynccontextmanager
async def opened(file: Path, *, max_wait: float) -> AsyncIterator[SqliteEngine]:
    """Open an engine, and close it."""
    engine = SqliteEngine(SqliteFile(file), max_wait, enforce_links=True)
    try:
        yield engine
    finally:
        await engine.close()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    """Give an engine on a file with a table."""
    async with opened(tmp_path / "things.db", max_wait=5) as engine:
        await engine.run(lambda connection: connection.execute(text("CREATE TABLE things (name TEXT)")), writes=True)
        yield engine


def add(connection: Connection) -> None:
    connection.execute(text("INSERT INTO things VALUES ('one')"))


async def test_a_unit_of_work_crosses_to_its_thread_once(engine: SqliteEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    crossings, loop = list[object](), asyncio.get_running_loop()
    cross = loop.call_soon_threadsafe

    def count(call: object, *arguments: object, **named: None) -> asyncio.Handle:
        crossings.append(call)
        return cross(call, *arguments, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(loop, "call_soon_threadsafe", count)

    def work(connection: Connection) -> int:
        for _ in range(20):
            add(connection)
        found: int = connection.execute(COUNT).scalar_one()
        return found

    assert await engine.run(work, writes=True) == 20
    assert len(crossings) == 1


async def test_a_new_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "things.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE things (name TEXT)")
        async with opened(file, max_wait=20) as engine:
            counting = asyncio.create_task(engine.run(lambda connection: connection.scalar(COUNT), writes=False))
            await asyncio.wait({counting}, timeout=0.1)
            assert not counting.done()
            other.execute("COMMIT")
            assert await counting == 0


async def test_a_file_that_is_never_let_go_of_is_not_waited_for_without_end(tmp_path: Path) -> None:
    file = tmp_path / "things.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with opened(file, max_wait=0.1) as engine:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await engine.run(lambda connection: connection.scalar(COUNT), writes=False)


async def test_what_is_cancelled_breaks_off_and_commits_nothing(engine: SqliteEngine) -> None:
    loop = asyncio.get_running_loop()
    begun, ended = asyncio.Event(), asyncio.Event()

    def work(connection: Connection) -> None:
        add(connection)
        # Only from within the statement: between two of them there is nothing to break off.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(lambda: loop.call_soon_threadsafe(begun.set) and 0, 10_000)
        try:
            connection.execute(ENDLESS)
        finally:
            driver.set_progress_handler(None, 0)
            loop.call_soon_threadsafe(ended.set)

    running = asyncio.create_task(engine.run(work, writes=True))
    await begun.wait()
    running.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait({running})
        await ended.wait()
        assert await engine.run(lambda connection: connection.scalar(COUNT), writes=True) == 0
    assert running.cancelled()


async def test_what_is_cancelled_between_statements_commits_nothing(engine: SqliteEngine) -> None:
    loop = asyncio.get_running_loop()
    begun, may_go_on = asyncio.Event(), threading.Event()

    def work(connection: Connection) -> None:
        add(connection)
        loop.call_soon_threadsafe(begun.set)
        may_go_on.wait(10)

    running = asyncio.create_task(engine.run(work, writes=True))
    await begun.wait()
    running.cancel()
    await asyncio.wait({running}, timeout=0.05)
    assert not running.done(), "its connection is not free"
    may_go_on.set()
    await asyncio.wait({running})
    assert await engine.run(lambda connection: connection.scalar(COUNT), writes=True) == 0


async def test_giving_up_breaks_nobody_else_off(engine: SqliteEngine) -> None:
    """The connection goes to the next call, which must not be hit by what was meant for the one before."""
    for _ in range(50):
        running = [asyncio.create_task(engine.run(add, writes=True)) for _ in range(3)]
        await asyncio.sleep(0)
        running[0].cancel()
        results = await asyncio.gather(*running, return_exceptions=True)
        assert [result for result in results[1:] if result is not None] == []


async def test_a_cancelled_callers_place_is_free_when_its_connection_is(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    begun, may_go_on = asyncio.Event(), threading.Event()

    def stay(_: Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        may_go_on.wait(10)

    async with opened(tmp_path / "things.db", max_wait=5) as engine:
        database = Database(engine, max_wait=5)
        first = asyncio.create_task(database.write(stay))
        await begun.wait()
        first.cancel()
        await asyncio.wait({first})
        assert first.cancelled(), "nobody has to wait for a call that was cancelled"
        second = asyncio.create_task(database.write(lambda connection: connection.scalar(text("SELECT 1"))))
        await asyncio.wait({second}, timeout=0.05)
        assert not second.done()
        may_go_on.set()
        assert await second == 1


async def test_a_call_that_is_cancelled_as_it_begins_leaves_its_place(tmp_path: Path) -> None:
    async with opened(tmp_path / "things.db", max_wait=5) as engine:
        database = Database(engine, max_wait=5)
        for steps in range(2 * CONNECTIONS):
            call = asyncio.create_task(database.write(lambda connection: connection.scalar(text("SELECT 1"))))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait({call})
        async with asyncio.timeout(5):
            assert await database.write(lambda connection: connection.scalar(text("SELECT 1"))) == 1


async def test_a_call_that_is_stuck_can_be_left_and_its_connection_closes_later(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    begun, may_go_on = asyncio.Event(), threading.Event()

    def stay(_: Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        may_go_on.wait(10)

    async with opened(tmp_path / "things.db", max_wait=5) as engine:
        running = asyncio.create_task(engine.run(stay, writes=False))
        await begun.wait()
        (thread,) = (each for each in threading.enumerate() if each.name.endswith("(_connection_worker_thread)"))
        assert thread.daemon, "nor does it keep the process alive"
        for _ in range(2):
            running.cancel()
            await asyncio.sleep(0)
        async with asyncio.timeout(1):
            await asyncio.wait({running})
    may_go_on.set()
    await asyncio.to_thread(thread.join, 5)
    assert not thread.is_alive()


async def test_a_file_that_a_cancelled_call_had_opened_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    begun, may_go_on, files = asyncio.Event(), threading.Event(), list[sqlite3.Connection]()
    connect = SqliteEngine._connect

    def connect_late(engine: SqliteEngine) -> sqlite3.Connection:
        loop.call_soon_threadsafe(begun.set)
        may_go_on.wait(10)
        files.append(connect(engine))
        return files[0]

    monkeypatch.setattr(SqliteEngine, "_connect", connect_late)
    async with opened(tmp_path / "things.db", max_wait=5) as engine:
        running = asyncio.create_task(engine.run(add, writes=True))
        await begun.wait()
        (thread,) = (each for each in threading.enumerate() if each.name.endswith("(_connection_worker_thread)"))
        running.cancel()
        await asyncio.wait({running})
    may_go_on.set()
    await asyncio.to_thread(thread.join, 5)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        files[0].execute("SELECT 1")
