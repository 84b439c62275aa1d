"""Waits for this process's turn to begin a session with Discord's gateway: a row of the database says whose it is."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from bot.domain.cluster.session_turns import SessionTurns, SessionTurnStore
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Lease
from bot.domain.runtime.timing import Clock, Pause

_log = logging.getLogger(__name__)

MAX_TURN = 30.0
"""Seconds that a turn may last: dialling takes 20 at most, and a process that hangs must not keep all others away."""

LOOK_SECONDS = 0.5
"""Between two looks while another process has the turn, which ends when it says so, or has ended itself."""

MAX_AWAY = 30.0
"""Seconds for which a database that is away is waited for; then each process only keeps its own IDENTIFYs apart."""

_TRY_SECONDS = 1.0
"""Between two tries while it is away, and what one of them may take after `MAX_AWAY`, or at the end of the process."""


class StoredTurns(SessionTurns):
    """Takes turns as the process `own` while it is open (`async with`).

    Others that hold a turn are alive as long as `lease` says so. `pause` waits for some seconds, and `clock` returns
    seconds: the event loop's if it is None.
    """

    def __init__(
        self,
        store: SessionTurnStore,
        lease: Lease,
        own: str,
        pause: Pause = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._lease = lease
        self._own = own
        self._pause = pause
        self._clock = clock or asyncio.get_running_loop().time
        self._away_since: float | None = None
        self._ending = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ending:
            late = (await asyncio.wait(self._ending, timeout=_TRY_SECONDS))[1]
            for ending in late:
                ending.cancel()

    @asynccontextmanager
    async def turn(self, bot: int, bucket: int, spacing: float) -> AsyncIterator[None]:
        """Wait for the turn, as the port says."""
        is_taken = await self._take(bot, bucket, spacing)
        seconds = spacing
        try:
            yield
        except Exception:
            seconds = 0.0
            raise
        finally:
            if is_taken:
                # Beside the session, which a slow database must not hold up.
                ending = asyncio.create_task(self._end(bot, bucket, self._own, seconds))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)

    async def _take(self, bot: int, bucket: int, spacing: float) -> bool:
        """Return whether the turn is taken; if not, the database was away for too long."""
        while True:
            begun = self._clock()
            away = 0.0 if self._away_since is None else begun - self._away_since
            try:
                async with asyncio.timeout(max(MAX_AWAY - away, _TRY_SECONDS)):
                    held = await self._store.take(bot, bucket, self._own, MAX_TURN)
            except (DatabaseUnavailable, TimeoutError):
                self._away_since = begun if self._away_since is None else self._away_since
                if self._clock() - self._away_since >= MAX_AWAY:
                    _log.warning("a session with Discord is begun without the database, which is away")
                    return False
                await self._pause(_TRY_SECONDS)
                continue
            self._away_since = None
            if held is None:
                return True
            if not held.holder:
                await self._pause(max(held.seconds, 0.0))
            elif await self._lease.find_ended([held.holder]):
                await self._end(bot, bucket, held.holder, spacing)
            else:
                await self._pause(min(max(held.seconds, 0.0), LOOK_SECONDS))

    async def _end(self, bot: int, bucket: int, holder: str, seconds: float) -> None:
        """End a turn; if the database does not take it, the turn is over after `MAX_TURN` all the same."""
        with suppress(DatabaseUnavailable):
            await self._store.end(bot, bucket, holder, seconds)
