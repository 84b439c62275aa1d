"""PostgreSQL: units of work on the event loop, whose driver waits for the server without stopping anything else."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.urls import PostgresServer

T = TypeVar("T")


class PostgresEngine:
    """Implements `Engine` on asyncpg."""

    one_writer = False

    def __init__(self, address: PostgresServer, connections: int, max_wait: float) -> None:
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the URL itself: it knows libpq's options, SQLAlchemy would hand them on unread.
            connect_args={"dsn": address.dsn, "timeout": max_wait},
            pool_size=connections,
            max_overflow=0,
            pool_timeout=max_wait,
            # The one that was used last has the statements prepared, which costs a round trip each.
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(self._engine.sync_engine, "checkout", _ping)
        # What only reads needs no BEGIN and COMMIT: with either, each statement sees what is committed by then.
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def run(
        self,
        work: Callable[[Connection], T],
        *,
        writes: bool,
        relaxed: bool = False,  # noqa: ARG002 - the port's form
        waits: bool = True,  # noqa: ARG002 - likewise
    ) -> T:
        """Return what `work` returns, once its transaction is committed."""
        async with (self._engine if writes else self._reading).begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def _ping(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - asyncpg's, in SQLAlchemy's wrapping
    """Have connections replaced that broke while nobody used them, before the next call notices.

    It costs one round trip; SQLAlchemy's own ping has a transaction around it, and costs three.
    """
    try:
        connection.run_async(lambda driver: driver.execute("SELECT 1"))
    except Exception as error:
        raise InvalidatePoolError from error
