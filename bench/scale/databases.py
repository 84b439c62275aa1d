"""The databases of benchmarks: a PostgreSQL server if there is one on the machine, and statements from outside."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg

from tests.postgres import PostgresServer, find_programs, run_postgres

Execute = Callable[[str], Awaitable[Sequence[Sequence[Any]]]]


@asynccontextmanager
async def postgres() -> AsyncIterator[PostgresServer | None]:
    """Yield a server that is thrown away at the end; None if PostgreSQL is not installed."""
    if find_programs() is None:
        yield None
        return
    with run_postgres() as server:
        yield server


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Execute]:
    """Yield what executes a statement on a database and returns its rows."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as file:
            yield lambda statement: asyncio.to_thread(lambda: file.execute(statement).fetchall())
        return
    driver = await asyncpg.connect(url)
    try:
        yield driver.fetch
    finally:
        await driver.close()


async def forget_turns(url: str) -> None:
    """Let the next start begin its session at once: a turn keeps others apart for 5 s, and a bench starts often."""
    async with connect(url) as execute:
        try:
            await execute("DELETE FROM session_turns")
        except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
            return  # nobody has started there yet
