"""Hourly job: erases expired data, totals of long ago, and all data of servers that the bot has left."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Self

from bot.conversation.server_settings import ServerSettings
from bot.domain.cluster.duty import ALWAYS_ON_DUTY, Duty
from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.usage import KEPT_DAYS, UsageStore
from bot.domain.personal_data import PersonalDataStore
from bot.domain.settings.server_settings import DEFAULT_RETENTION_DAYS, expiry

_log = logging.getLogger(__name__)

_FIRST_RUN, _NEXT_RUN, _AFTER_FAILURE = 120.0, 3600.0, 300.0
"""Seconds before a run."""

_DAY_SECONDS = 24 * 60 * 60

_JITTER = 0.1
"""The share by which a pause is longer or shorter, so that processes that start together do not work together."""

_ERASE_AGAIN = 3600.0
"""Seconds for which a server that was left is erased again: an answer in progress may have been stored since."""


class RetentionJob:
    """Runs while it is open (`async with`), in the process on `duty`. `clock` returns seconds since 1970 (UTC)."""

    def __init__(
        self,
        personal_data: PersonalDataStore,
        server_settings: ServerSettings,
        usage: UsageStore,
        duty: Duty = ALWAYS_ON_DUTY,
        *,
        clock: Callable[[], float] = time.time,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._personal_data = personal_data
        self._server_settings = server_settings
        self._usage = usage
        self._duty = duty
        self._clock = clock
        self._spread = spread
        self._not_recorded: set[tuple[int, int]] = set()
        self._task: asyncio.Task[None] | None = None
        self._erasing = set[asyncio.Task[bool]]()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = {each for each in (self._task, *self._erasing) if each is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def missing_guilds(self, bot: int, present: Collection[int]) -> Collection[int]:
        """Return the servers that the bot was in and seems to have left.

        Raises `DatabaseUnavailable`. Call `left` for each of them if it turns out to be true.
        """
        return sorted(set(await self._personal_data.joined(bot)) - set(present))

    async def unknown_guilds(self, bot: int, present: Collection[int]) -> Collection[int]:
        """Return the servers that the bot is in and was not known to be in; raises `DatabaseUnavailable`."""
        return set(present) - set(await self._personal_data.joined(bot))

    async def note_guilds(self, bot: int, servers: Collection[int]) -> None:
        """Record that the bot is in these servers; raises `DatabaseUnavailable`."""
        await self._personal_data.join(bot, servers)

    def joined(self, bot: int, server: int) -> None:
        """Erase nothing of a server any more: the bot was added to it again."""
        self._not_recorded.discard((bot, server))

    async def left(self, bot: int, server: int) -> None:
        """Erase all data of a server that the bot was removed from. Never raises: a later run tries again."""
        self._not_recorded.add((bot, server))
        # In a task of this job's: what tells of the removal may go on after the database is closed.
        erasing = asyncio.create_task(self._run_step(self._erase_left(), "erasing a server"))
        self._erasing.add(erasing)
        erasing.add_done_callback(self._erasing.discard)
        await asyncio.wait({erasing})

    async def run_once(self) -> bool:
        """Do everything once; returns whether all of it succeeded. Never raises."""
        done = [
            await self._run_step(self._expire(), "erasing what is too old"),
            await self._run_step(self._forget_usage(), "erasing old totals"),
            await self._run_step(self._erase_left(), "erasing servers"),
            await self._run_step(self._expire_counts(), "erasing counts"),
            await self._run_step(self._sweep(), "sweeping"),
        ]
        return all(done)

    async def _run_forever(self) -> None:
        pause = _FIRST_RUN
        while True:
            await asyncio.sleep(pause * self._spread(1 - _JITTER, 1 + _JITTER))
            if self._duty.is_here:
                done = await self.run_once()
            else:
                done = await self._run_step(self._record_left(), "erasing servers")
            pause = _NEXT_RUN if done else _AFTER_FAILURE

    async def _run_step(self, step: Coroutine[None, None, None], what: str) -> bool:
        """Run a step; returns whether it succeeded. The next steps run either way."""
        try:
            await step
        except DatabaseUnavailable:
            _log.warning("%s failed: the database does not answer; it is tried again", what)
        except Exception:  # noqa: BLE001 - whatever it was, the job goes on: without it, nothing would be erased
            _log.exception("%s failed; it is tried again", what)
        else:
            return True
        return False

    async def _expire(self) -> None:
        now = self._clock()
        before = {server: expiry(now, days) for server, days in (await self._server_settings.retentions()).items()}
        erased = await self._personal_data.expire(before, expiry(now, DEFAULT_RETENTION_DAYS))
        if erased:
            _log.info("erased what was too old: %d answers, %d turns", erased.answers, erased.turns)

    async def _forget_usage(self) -> None:
        await self._usage.forget_before(int(self._clock() // _DAY_SECONDS) - KEPT_DAYS)

    async def _expire_counts(self) -> None:
        await self._personal_data.expire_counts()

    async def _record_left(self) -> None:
        for bot, server in list(self._not_recorded):
            await self._personal_data.leave(bot, server)
            self._not_recorded.discard((bot, server))

    async def _erase_left(self) -> None:
        await self._record_left()
        left = await self._personal_data.left()
        for server, left_at in left.items():
            erased = await self._personal_data.erase_server(server)
            _log.info("erased what was of server %d: %d answers, %d turns", server, erased.answers, erased.turns)
            if left_at < self._clock() - _ERASE_AGAIN:
                await self._personal_data.close(server)
        if left:  # what is kept in memory are all servers' settings: once is enough
            await self._server_settings.kept.reload_everywhere()

    async def _sweep(self) -> None:
        if swept := await self._personal_data.sweep():
            _log.info("swept %d empty conversations", swept)
