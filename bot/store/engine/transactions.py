"""Units of work: each runs in one transaction, within a bounded time, and fails as `DatabaseUnavailable` only."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.domain.errors import DatabaseUnavailable
from bot.store.engine import CONNECTIONS, Engine

_LEAVE_SECONDS = 1.0
"""How long closing waits for calls under way; a database that hangs must not keep the process from ending."""

MAX_QUEUE_FACTOR = 6
"""How many times its own patience a call may wait for its turn."""

_logger = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Database:
    """Runs functions that take a connection first; `patience` is how many seconds one may take, once it is its turn.

    Standing in line behind other calls of this process is another matter: a crowd of questions is no fault of the
    database, so that its last call gets `MAX_QUEUE_FACTOR` times as long.
    """

    def __init__(self, engine: Engine, *, patience: float) -> None:
        self._engine = engine
        # Standing in line for the one writer's place here is fair and quick, polling for its lock is neither.
        self._line: AbstractAsyncContextManager[Any] = asyncio.Lock() if engine.one_writer else nullcontext()
        self._connections = asyncio.Semaphore(CONNECTIONS)
        self._patience = patience
        self._under_way = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def close(self) -> None:
        """Refuse what comes from now on, and wait a little for the calls under way."""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self._idle.wait()

    async def read(self, work: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what `work` returns; raises `DatabaseUnavailable`."""
        return await self._run(lambda connection: work(connection, *args, **kwargs), nullcontext(), writes=False)

    async def write(self, work: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what `work` returns once its changes are stored; raises `DatabaseUnavailable`.

        Nothing is stored then, unless the connection broke during the commit itself.
        """
        return await self._run(lambda connection: work(connection, *args, **kwargs), self._line, writes=True)

    async def write_relaxed(
        self, work: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Do as `write` does, but sooner: a power cut may undo it, the end of the process does not."""
        return await self._run(
            lambda connection: work(connection, *args, **kwargs), self._line, writes=True, relaxed=True
        )

    async def _run(
        self,
        work: Callable[[Connection], _T],
        line: AbstractAsyncContextManager[Any],
        *,
        writes: bool,
        relaxed: bool = False,
    ) -> _T:
        if self._closed:
            raise DatabaseUnavailable("closed")
        self._under_way += 1
        self._idle.clear()
        try:
            async with self._turn(line), asyncio.timeout(self._patience):
                return await self._engine.run(work, writes=writes, relaxed=relaxed)
        except Exception as error:  # noqa: BLE001 - the drivers have no common base, and each may quote a value
            kind = _name_kind(error)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
        # Raised out here, so that it does not carry the driver's error, and with it people's texts, as its context.
        _logger.warning("a database call failed: %s", kind)
        raise DatabaseUnavailable(kind)

    @asynccontextmanager
    async def _turn(self, line: AbstractAsyncContextManager[Any]) -> AsyncIterator[None]:
        """Wait for the turn in `line` and for one of the connections, and hold both."""
        async with AsyncExitStack() as held:
            async with asyncio.timeout(self._patience * MAX_QUEUE_FACTOR):
                await held.enter_async_context(line)
                await held.enter_async_context(self._connections)
            yield


def _name_kind(error: Exception) -> str:
    """Return the error's class and the database's own code for it; never its message."""
    origin = getattr(error, "orig", None)
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
