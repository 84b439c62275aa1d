"""Requests that are kept waiting, on their way to Discord or on their answer's way back, until a test lets them go."""

import asyncio
from collections.abc import Callable

from sandbox.discord.limits.request_log import RequestRecord
from sandbox.discord.model.change_log import ChangeLog

MAX_WAIT = 30.0


class Hold:
    """Keeps every request that it is `meant` for; `carried_out` ones do their work first and keep the answer waiting.

    What is not carried out and never let go was lost on its way.
    """

    def __init__(self, change_log: ChangeLog, meant: Callable[[RequestRecord], bool], *, carried_out: bool) -> None:
        self.kept: list[RequestRecord] = []
        self.meant = meant
        self.carried_out = carried_out
        self._feed = change_log
        self._released = asyncio.Event()

    def let_go(self) -> None:
        """Release everything that was kept, and keep nothing more."""
        self._released.set()

    async def arrived(self, max_wait: float = MAX_WAIT) -> RequestRecord:
        """Wait for the first request that is kept; TimeoutError after `max_wait` seconds."""
        return await self._feed.wait_for(lambda: self.kept[0] if self.kept else None, max_wait)

    async def keep(self, record: RequestRecord) -> None:
        """Keep a request until it is let go."""
        if not self._released.is_set():
            self.kept.append(record)
            self._feed.record("request.kept", record)
            await self._released.wait()


class Holds:
    """All that is to be kept waiting."""

    def __init__(self, change_log: ChangeLog) -> None:
        self._feed = change_log
        self._holds: list[Hold] = []

    def add(self, meant: Callable[[RequestRecord], bool], *, carried_out: bool) -> Hold:
        """Keep the requests that are `meant`."""
        self._holds.append(Hold(self._feed, meant, carried_out=carried_out))
        return self._holds[-1]

    def forget(self) -> None:
        """Keep nothing more of what comes; what is kept already is lost unless it is let go."""
        self._holds.clear()

    async def keep(self, record: RequestRecord, *, carried_out: bool) -> None:
        """Keep a request that has or has not been carried out, if it is to be."""
        for hold in self._holds:
            if hold.carried_out is carried_out and hold.meant(record):
                await hold.keep(record)
                return
