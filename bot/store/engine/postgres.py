"""PostgreSQL: units of work on the event loop, whose driver waits for the server without stopping anything else.

A server that fails over leaves connections that are broken, or lead to one that is read-only now, although the name
leads to another. So one that shows it makes all of its age suspect: none of them is used again.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.errors import NOT_READY, find_sqlstate
from bot.store.postgres_connection import connect, has_proxy

T = TypeVar("T")

MAX_AGE_SECONDS = 1800
"""How old a connection may become: after a failover that nobody notices, it leads to the old server for as long."""

PATIENCE_SECONDS = 2.0
"""For how long a server that has just gone away is waited for, such as one that is restarted."""

_RETRY_SECONDS = 0.1
_CLOSE_SECONDS = 1.0

_STALE = frozenset({"25006", "26000", "42P05", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"})
"""Errors after which a connection is of no use: read-only, without the statements that were prepared on it, or being
closed by the server. The driver itself says so only if the connection is closed already."""


class PostgresEngine:
    """Implements `Engine` on asyncpg."""

    one_writer = False

    def __init__(self, address: PostgresServer, connections: int, max_wait: float) -> None:
        self.connections = min(connections, address.max_connections or connections)
        self._max_wait = max_wait
        self._stale_before = 0.0
        self._has_answered = False
        self._down_since: float | None = None
        # A proxy has a session for each transaction: there, statements are prepared for one execution, without a name.
        caches = {"statement_cache_size": 0, "prepared_statement_cache_size": 0} if address.is_pooled else {}
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            connect_args={"async_creator_fn": partial(connect, address, max_wait=max_wait), **caches},
            pool_size=self.connections,
            max_overflow=0,
            pool_timeout=max_wait,
            pool_recycle=MAX_AGE_SECONDS,
            # The one that was used last has the statements prepared, which costs a round trip each.
            pool_use_lifo=True,
            hide_parameters=True,
        )
        for name, listener in (
            ("connect", self._opened),
            ("checkout", self._ping),
            ("close", self._closing),
            ("handle_error", self._failed),
        ):
            event.listen(self._engine.sync_engine, name, listener)
        # What only reads needs no BEGIN and COMMIT: with either, each statement sees what is committed by then. Behind
        # a proxy, only a transaction keeps a statement and its execution together.
        autocommit = {} if address.is_pooled else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self._engine.execution_options(**autocommit)

    async def run(
        self,
        work: Callable[[Connection], T],
        *,
        writes: bool,
        relaxed: bool = False,  # noqa: ARG002 - the port's form
        waits: bool = True,  # noqa: ARG002 - likewise
    ) -> T:
        """Return what `work` returns, once its transaction is committed.

        If the connection turns out to be stale, `work` is called once more, on another.
        """
        engine = self._engine if writes else self._reading
        is_second = False
        while True:
            step = "connect"
            try:
                async with engine.connect() as connection:
                    self._has_answered, self._down_since = True, None
                    step = "work"
                    result = await connection.run_sync(work)
                    step = "commit"
                    await connection.commit()
                    return result
            except (DBAPIError, OSError, asyncpg.PostgresError) as error:
                if step == "connect" and self._is_worth_waiting(error):
                    await asyncio.sleep(_RETRY_SECONDS)
                # A commit may be done although nobody heard of it.
                elif step != "work" or is_second or not getattr(error, "connection_invalidated", False):
                    raise
                else:
                    is_second = True

    async def close(self) -> None:
        """Close all connections; a server that does not answer is not waited for."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._engine.dispose()
        except TimeoutError:
            self._stale_before = time.monotonic()
            await self._engine.dispose()

    def _is_worth_waiting(self, error: Exception) -> bool:
        """Tell whether a connection that could not be made may well be in a moment."""
        if self._down_since is None:
            self._down_since = time.monotonic()
        # A server that was never there may be a mistake in the address.
        is_away = self._has_answered and isinstance(error, ConnectionError)
        is_soon = is_away or find_sqlstate(error) in NOT_READY
        return is_soon and time.monotonic() - self._down_since < PATIENCE_SECONDS

    def _opened(self, _connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        record.info.update(opened=time.monotonic(), is_new=True)

    def _ping(self, connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - asyncpg's, in SQLAlchemy's wrapping
        """Have connections replaced that broke while nobody used them, before the next call notices.

        It costs one round trip; SQLAlchemy's own ping has a transaction around it, and costs three. If a new one does
        not work either, a proxy has no server behind it: then what it says is raised.
        """
        is_new = record.info.pop("is_new", False)
        try:
            connection.run_async(lambda driver: driver.execute("SELECT 1", timeout=self._max_wait / 3))
        except Exception as error:
            self._stale_before = time.monotonic()
            if is_new:
                raise
            raise InvalidatePoolError from error

    def _closing(self, connection: Any, record: Any) -> None:  # noqa: ANN401 - likewise
        """Have a connection that is suspect closed at once: the driver would wait for the server to agree."""
        if record.info.get("opened", 0) < self._stale_before:
            connection.driver_connection.terminate()

    def _failed(self, context: ExceptionContext) -> None:
        """Have the connection, and all that are as old, replaced if an error shows that it is of no use."""
        if find_sqlstate(context.original_exception) in _STALE:
            context.is_disconnect = True
        if context.is_disconnect:
            self._stale_before = time.monotonic()


def is_proxied(connection: Connection) -> bool:
    """Tell whether a connection that has not been used yet leads to a proxy."""
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.run_async(has_proxy))
