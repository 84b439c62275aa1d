"""A PostgreSQL server for a benchmark, if there is one on the machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.postgres import PostgresServer, find_programs, run_postgres


@asynccontextmanager
async def postgres() -> AsyncIterator[PostgresServer | None]:
    """Yield a server that is thrown away at the end; None if PostgreSQL is not installed."""
    if find_programs() is None:
        yield None
        return
    with run_postgres() as server:
        yield server
