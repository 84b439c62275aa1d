"""PostgreSQL: units of work on the event loop, whose driver waits for the server without stopping anything else."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.urls import PostgresServer

T = TypeVar("T")


class PostgresEngine:
    """Implements `Engine` on asyncpg."""

    one_writer = False

    def __init__(self, address: PostgresServer, connections: int, patience: float) -> None:
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the URL itself: it knows libpq's options, SQLAlchemy would hand them on unread.
            connect_args={"dsn": address.dsn, "timeout": patience},
            pool_size=connections,
            max_overflow=0,
            pool_timeout=patience,
            # A connection that broke while nobody used it is replaced before the next call notices.
            pool_pre_ping=True,
            hide_parameters=True,
        )

    async def run(self, work: Callable[[Connection], T], *, writes: bool, relaxed: bool = False) -> T:  # noqa: ARG002 - the port's form
        """Return what `work` returns, once its transaction is committed."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
