"""The line before the database: if nobody is answered, all give up in time; leaving costs nobody a place."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, text

from bot.domain.errors import DatabaseUnavailable
from bot.store.addresses.urls import parse_url
from bot.store.engine import CONNECTIONS, Engine, open_engine
from bot.store.engine.transactions import Database

PATIENCE = 0.5


def quick(connection: Connection) -> int | None:
    found: int | None = connection.scalar(text("SELECT 1"))
    return found


async def connect(engine: Engine) -> None:
    """Open all connections, so that no max_wait is lost on that."""
    database = Database(engine, max_wait=30)
    await asyncio.gather(*(database.read(quick) for _ in range(CONNECTIONS)))


async def test_all_give_up_where_nobody_is_answered(url: str) -> None:
    released = threading.Event()

    def stuck(_: Connection) -> None:
        released.wait(30 * PATIENCE)

    async with open_engine(parse_url(url), max_wait=10) as engine:
        await connect(engine)
        database = Database(engine, max_wait=PATIENCE)
        began = asyncio.get_running_loop().time()
        results = await asyncio.gather(*(database.read(stuck) for _ in range(30 * CONNECTIONS)), return_exceptions=True)
        assert asyncio.get_running_loop().time() - began < 10 * PATIENCE
        released.set()
        assert {type(result) for result in results} == {DatabaseUnavailable}


async def test_who_leaves_the_line_takes_nobodys_place(url: str) -> None:
    release = threading.Event()

    def held(_: Connection) -> None:
        release.wait(10)

    async with open_engine(parse_url(url), max_wait=10) as engine, asyncio.timeout(10):
        database = Database(engine, max_wait=10)
        holding = [asyncio.create_task(database.read(held)) for _ in range(CONNECTIONS)]
        leaving = [asyncio.create_task(database.read(quick)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in leaving:
            task.cancel()
        await asyncio.wait(leaving)
        release.set()
        await asyncio.gather(*holding)
        assert await asyncio.gather(*(database.read(quick) for _ in range(2 * CONNECTIONS))) == [1] * 2 * CONNECTIONS


@pytest.fixture
def url(tmp_path: object) -> str:
    """Return a database of its own."""
    return f"sqlite:///{tmp_path}/line.db"
