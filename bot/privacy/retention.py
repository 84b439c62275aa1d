"""The caretaker: erases what has had its time, hour after hour, and all of a server that the bot was removed from."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Self

from bot.conversation.server_settings import ServerSettings
from bot.domain.errors import DatabaseUnavailable
from bot.domain.server_settings import DEFAULT_RETENTION_DAYS
from bot.domain.stores import PersonalDataStore

_log = logging.getLogger(__name__)

_DAY = 24 * 60 * 60

_FIRST_ROUND, _NEXT_ROUND, _AFTER_FAILURE = 120.0, 3600.0, 300.0
"""Seconds before a round."""

_JITTER = 0.1
"""The share by which a pause is longer or shorter, so that processes which started together do not work together."""

_STRAGGLERS = 3600.0
"""Seconds for which a server that was left is erased again: an answer that was under way may still have been stored."""


class RetentionJob:
    """Does its rounds for as long as it is open (`async with`). `clock` returns seconds since 1970 (UTC)."""

    def __init__(
        self,
        personal_data: PersonalDataStore,
        server_settings: ServerSettings,
        *,
        clock: Callable[[], float] = time.time,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._personal_data = personal_data
        self._server_settings = server_settings
        self._clock = clock
        self._spread = spread
        self._unnoted: set[tuple[int, int]] = set()
        self._rounds: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._rounds = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.wait({self._rounds})

    async def missing_guilds(self, bot: int, present: Collection[int]) -> Collection[int]:
        """Note the servers that the bot is in, and return those that it was in and seems to be no longer.

        Raises `DatabaseUnavailable`. `left` is to be called for each of which that turns out to be true.
        """
        joined = await self._personal_data.joined(bot)
        await self._personal_data.join(bot, set(present) - set(joined))
        return sorted(set(joined) - set(present))

    async def joined(self, bot: int, server: int) -> None:
        """Note that the bot was added to a server. Never raises: the next start notes it as well."""
        self._unnoted.discard((bot, server))
        await self._do(self._personal_data.join(bot, [server]), "noting a server")

    async def left(self, bot: int, server: int) -> None:
        """Erase everything of a server, which the bot was removed from. Never raises: a later round tries again."""
        self._unnoted.add((bot, server))
        await self._do(self._erase_left(), "erasing a server")

    async def run_once(self) -> bool:
        """Do what there is to do, and tell whether all of it was done. Never raises."""
        done = [
            await self._do(self._expire(), "erasing what is too old"),
            await self._do(self._erase_left(), "erasing servers"),
            await self._do(self._sweep(), "sweeping"),
        ]
        return all(done)

    async def _work(self) -> None:
        pause = _FIRST_ROUND
        while True:
            await asyncio.sleep(pause * self._spread(1 - _JITTER, 1 + _JITTER))
            pause = _NEXT_ROUND if await self.run_once() else _AFTER_FAILURE

    async def _do(self, chore: Coroutine[None, None, None], what: str) -> bool:
        """Do a chore, and tell whether it was done; the round goes on either way."""
        try:
            await chore
        except DatabaseUnavailable:
            _log.warning("%s failed: the database does not answer; it is tried again", what)
        except Exception:  # noqa: BLE001 - the log says what it was; without rounds, people's words would stay for ever
            _log.exception("%s failed; it is tried again", what)
        else:
            return True
        return False

    async def _expire(self) -> None:
        now = int(self._clock())
        before = {server: now - days * _DAY for server, days in (await self._server_settings.retentions()).items()}
        erased = await self._personal_data.expire(before, now - DEFAULT_RETENTION_DAYS * _DAY)
        if erased:
            _log.info("erased what was too old: %d answers, %d turns", erased.answers, erased.turns)

    async def _erase_left(self) -> None:
        for bot, server in list(self._unnoted):
            await self._personal_data.leave(bot, server)
            self._unnoted.discard((bot, server))
        for server, left_at in (await self._personal_data.left()).items():
            erased = await self._personal_data.erase_server(server)
            await self._server_settings.reload()  # also drops the server from memory
            _log.info("erased what was of server %d: %d answers, %d turns", server, erased.answers, erased.turns)
            if left_at < self._clock() - _STRAGGLERS:
                await self._personal_data.close(server)

    async def _sweep(self) -> None:
        if swept := await self._personal_data.sweep():
            _log.info("swept %d empty conversations", swept)
