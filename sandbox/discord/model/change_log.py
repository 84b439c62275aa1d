"""The change log: everything that changes in the sandbox, for waiting and for watching."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from sandbox.discord.model.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened: what kind, when (seconds, monotonic) and to what.

    `kind` is dotted, for example `message.create`, `message.edit`, `typing.start`, `interaction.response`,
    `gateway.ready`, `request.answered`; `subject` is the message, channel, interaction, … it happened to.
    """

    kind: str
    at: float
    subject: object


class ChangeLog:
    """Tells watchers of each change, and wakes those whose condition has come true."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers: set[asyncio.Queue[Change]] = set()
        self._checks: dict[int, Callable[[], None]] = {}
        self._checks_made = 0

    def record(self, kind: str, subject: object) -> None:
        """Record a change that has just been made."""
        change = Change(kind, self._clock.monotonic(), subject)
        for queue in self._watchers:
            queue.put_nowait(change)
        for check in list(self._checks.values()):
            check()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[Change]]:
        """All changes from now on, in order; as long as the block lasts.

        >>> async with feed.subscribe() as changes:
        ...     async for change in changes: ...
        """
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield _drain(queue)
        finally:
            self._watchers.discard(queue)

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float) -> T:  # noqa: ASYNC109
        """Return the first true value of `predicate`, which is asked now and again after each change.

        Raises TimeoutError after `timeout` seconds, and what the predicate raises.
        """
        if value := predicate():
            return value
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def check() -> None:
            if future.done():
                return
            try:
                if value := predicate():
                    future.set_result(value)
            except Exception as error:  # noqa: BLE001 - handed to the one who waits
                future.set_exception(error)

        self._checks_made += 1
        key = self._checks_made
        self._checks[key] = check
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            del self._checks[key]


async def _drain(queue: asyncio.Queue[Change]) -> AsyncIterator[Change]:
    while True:
        yield await queue.get()
