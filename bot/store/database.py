"""Units of work: each runs in one transaction, within a bounded time, and fails as `MemoryUnavailable` only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.chat.errors import MemoryUnavailable
from bot.store.engine import CONNECTIONS

_logger = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Line:
    """Places for so many calls at once; the others wait in order, for as long as the database answers somebody.

    Having much to do is no failure of the database: a call gives up its place in line only when nothing was answered
    for `patience` seconds. `moved` is to be called after each answer.
    """

    def __init__(self, places: int, patience: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._patience = patience
        self._moves = 0

    def moved(self) -> None:
        """Take note that the database answered."""
        self._moves += 1

    async def __aenter__(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        place = asyncio.create_task(self._places.acquire())
        try:
            moves = -1
            while not place.done() and self._moves != moves:
                moves = self._moves
                await asyncio.wait({place}, timeout=self._patience)
        except BaseException:
            self._leave(place)
            raise
        if not place.done():
            self._leave(place)
            raise TimeoutError

    async def __aexit__(self, *_: object) -> None:
        self._places.release()

    def _leave(self, place: asyncio.Task[Any]) -> None:
        """Give up waiting for a place, and give back one that came at the same moment."""
        if not place.cancel() and not place.cancelled():
            self._places.release()


class Database:
    """Runs functions that take a connection first.

    `patience` is how many seconds one may take; waiting behind others that are answered does not count.
    """

    def __init__(self, engine: AsyncEngine, *, patience: float) -> None:
        self._readers = engine
        self._writers = engine.execution_options(writes=True)
        # SQLite has one writer at a time. Standing in line here is fair and quick, polling for its lock is neither.
        sqlite = engine.dialect.name == "sqlite"
        self._writing = _Line(1 if sqlite else CONNECTIONS, patience)
        self._calling = _Line(CONNECTIONS, patience)
        self._patience = patience

    async def read(
        self, work: Callable[Concatenate[AsyncConnection, _P], Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Return what `work` returns; raises `MemoryUnavailable`."""
        return await self._run(self._readers, (self._calling,), lambda connection: work(connection, *args, **kwargs))

    async def write(
        self, work: Callable[Concatenate[AsyncConnection, _P], Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Return what `work` returns once its changes are stored; raises `MemoryUnavailable`.

        Nothing is stored then, unless the connection broke during the commit itself.
        """
        return await self._run(
            self._writers, (self._writing, self._calling), lambda connection: work(connection, *args, **kwargs)
        )

    async def _run(
        self,
        engine: AsyncEngine,
        lines: Sequence[_Line],
        work: Callable[[AsyncConnection], Awaitable[_T]],
    ) -> _T:
        try:
            async with AsyncExitStack() as stack:
                for line in lines:
                    await stack.enter_async_context(line)
                async with asyncio.timeout(self._patience), engine.begin() as connection:
                    result = await work(connection)
                for line in lines:
                    line.moved()
                return result
        except Exception as error:  # noqa: BLE001 - the drivers have no common base, and each may quote a value
            kind = _name_kind(error)
        # Raised out here, so that it does not carry the driver's error, and with it people's texts, as its context.
        _logger.warning("a database call failed: %s", kind)
        raise MemoryUnavailable(kind)


def _name_kind(error: Exception) -> str:
    """Return the error's class and the database's own code for it; never its message."""
    origin = getattr(error, "orig", None)
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
