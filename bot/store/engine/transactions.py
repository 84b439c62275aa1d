"""Units of work: each runs in one transaction, within a bounded time, and fails as `DatabaseUnavailable` only."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.store.engine import Engine
from bot.store.engine.health import Health, find_fault
from bot.store.engine.sqlite_file import FileLost
from bot.store.errors import find_sqlstate

_LEAVE_SECONDS = 1.0
"""How long closing waits for calls under way; a database that hangs must not keep the process from ending."""

_MOMENT_SECONDS = 0.05
"""How long `read_and_try_write` waits in line behind this process's writers, each of which takes far less."""

_TRY_SECONDS = 1.0
"""How long it waits in all for a database that is slow to write."""

MAX_QUEUE_FACTOR = 6
"""How many times its own max_wait a call may wait for its turn."""

_logger = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Database:
    """Runs functions that take a connection first; `max_wait` is how many seconds one may take, once it is its turn.

    Standing in line behind other calls of this process is another matter: a crowd of questions is no fault of the
    database, so that its last call gets `MAX_QUEUE_FACTOR` times as long.
    """

    def __init__(self, engine: Engine, *, max_wait: float, telemetry: Telemetry = NO_TELEMETRY) -> None:
        self.health = Health()
        self._telemetry = telemetry
        self._engine = engine
        # Standing in line for the one writer's place here is fair and quick, polling for its lock is neither.
        self._line = asyncio.Lock() if engine.one_writer else None
        self._connections = asyncio.Semaphore(engine.connections)
        self._max_wait = max_wait
        self._under_way = set[asyncio.Task[Any]]()
        self._closed = False

    async def close(self) -> None:
        """Refuse what comes from now on, and wait a little for the calls under way."""
        self._closed = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_LEAVE_SECONDS)
            for call in late:
                call.cancel()

    async def read(self, work: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what `work` returns; raises `DatabaseUnavailable`."""
        return await self._run(lambda connection: work(connection, *args, **kwargs), None, writes=False)

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

    async def read_and_try_write(
        self, read: Callable[[Connection], _T], write: Callable[[Connection, _T], None]
    ) -> tuple[_T, bool]:
        """Return what `read` returns, and whether `write`, which is handed that, is stored.

        Both are one relaxed transaction. Nobody waits for a writer here: if somebody else is writing to a database that
        has one at a time, or if `write` fails or takes more than a second, only the reading is done. Then a commit that
        was under way may be done all the same. Raises `DatabaseUnavailable` if the reading fails.
        """
        if self._closed:
            raise DatabaseUnavailable("closed")
        began = time.monotonic()
        try:
            async with asyncio.timeout(_MOMENT_SECONDS):
                await self._take_place(self._line)
        except TimeoutError:
            return await self.read(read), False
        results: list[_T] = []

        def work(connection: Connection) -> None:
            results[:] = [read(connection)]  # an engine may do the work twice
            write(connection, results[0])

        call = self._begin(work, self._line, writes=True, relaxed=True, waits=False)
        try:
            async with asyncio.timeout(self._max_wait):
                while not call.done():
                    await asyncio.wait({call}, timeout=_TRY_SECONDS)
                    if results and not call.done():
                        return results[0], False
                await self._wait(call)
        except Exception as error:  # noqa: BLE001 - as in `_run`
            failure = self._examine(error)
        else:
            self._succeeded(began, writes=True)
            return results[0], True
        finally:
            call.cancel()
        if results:
            return results[0], False
        raise self._failed(failure, began, writes=True)

    async def _run(
        self,
        work: Callable[[Connection], _T],
        line: asyncio.Lock | None,
        *,
        writes: bool,
        relaxed: bool = False,
    ) -> _T:
        if self._closed:
            raise DatabaseUnavailable("closed")
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._max_wait * MAX_QUEUE_FACTOR):
                await self._take_place(line)
            call = self._begin(work, line, writes=writes, relaxed=relaxed)
            async with asyncio.timeout(self._max_wait):
                result = await self._wait(call)
        except Exception as error:  # noqa: BLE001 - the drivers have no common base, and each may quote a value
            failure = self._examine(error)
        else:
            self._succeeded(began, writes=writes)
            return result
        # Raised out here, so that it does not carry the driver's error, and with it people's texts, as its context.
        raise self._failed(failure, began, writes=writes)

    def _examine(self, error: Exception) -> DatabaseUnavailable:
        """Return what to raise for an error, and take note of a fault that lasts."""
        kind, fault = _name_kind(error), find_fault(error)
        if fault is not None:
            self.health.note_failure(fault, str(error) if isinstance(error, FileLost) else kind)
        return DatabaseUnavailable(kind, fault)

    def _succeeded(self, began: float, *, writes: bool) -> None:
        self.health.note_success()
        self._telemetry.database_called(time.monotonic() - began, writes=writes, failed=False)

    def _failed(self, failure: DatabaseUnavailable, began: float, *, writes: bool) -> DatabaseUnavailable:
        """Note and log that a call failed, unless it is for something that lasts, which `health` tells once."""
        self._telemetry.database_called(time.monotonic() - began, writes=writes, failed=True)
        if failure.fault is None:
            self.health.note_passing_failure()
            _logger.warning("a database call failed: %s", failure)
        return failure

    def _begin(
        self,
        work: Callable[[Connection], _T],
        line: asyncio.Lock | None,
        *,
        writes: bool,
        relaxed: bool,
        waits: bool = True,
    ) -> asyncio.Task[_T]:
        """Have the engine do the work, now that there is a place for it, and give the place back at its end."""
        call = asyncio.create_task(self._engine.run(work, writes=writes, relaxed=relaxed, waits=waits))
        self._under_way.add(call)
        call.add_done_callback(partial(self._leave_place, line))
        return call

    async def _take_place(self, line: asyncio.Lock | None) -> None:
        if line is not None:
            await line.acquire()
        try:
            await self._connections.acquire()
        except BaseException:
            if line is not None:
                line.release()
            raise

    def _leave_place(self, line: asyncio.Lock | None, call: asyncio.Task[Any]) -> None:
        """Let the next one in: a call ends when its connection is free, which may be after its caller has left."""
        self._under_way.discard(call)
        self._connections.release()
        if line is not None:
            line.release()
        if not call.cancelled():
            call.exception()  # a caller that has left is not told

    async def _wait(self, call: asyncio.Task[_T]) -> _T:
        """Return what the call returns; if nobody waits for it any more, it is cancelled and left to end by itself."""
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            call.cancel()
            raise


def _name_kind(error: Exception) -> str:
    """Return the error's class and the database's own code for it; never its message, unless it is our own."""
    if isinstance(error, FileLost):
        return f"{type(error).__name__}: {error}"
    origin = getattr(error, "orig", None) or error
    code = find_sqlstate(error) or getattr(origin, "sqlite_errorname", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
