"""A running bot, from its login to its end: a signal, a successor, or something that only its host can fix ends it."""

import asyncio
import logging
from typing import Protocol

from bot.app import App
from bot.discord.gateway.connection import stay_connected
from bot.settings import Settings

_log = logging.getLogger(__name__)

HAND_OVER_PART = 0.5
"""The part of `DRAIN_SECONDS` that a process which is to stop leaves to a successor that is still connecting."""

_LOOK_AGAIN = 0.25
"""Seconds between two looks whether that successor is still there."""

_DATABASE_SECONDS = 0.5
"""How long the end waits for the database, which says who takes over, and is told that this process is finishing."""


class Stop(Protocol):
    """When the process is to stop, and by when."""

    drain_seconds: float
    """For how many seconds answers in flight may go on."""
    requested: asyncio.Event
    """Set when the process is asked to stop."""
    hurried: asyncio.Event
    """Set when somebody does not want to wait for the answers in flight."""

    def begin_end(self) -> float:
        """Return what is left of the time for answers in flight; it begins now unless it has begun."""
        ...


class Life:
    """Runs a bot until its end: then it leaves the gateway at once, and lets answers finish in the time of `stop`.

    A process that another one takes over hands it its shards first, one by one.
    """

    def __init__(self, bot: App, settings: Settings, stop: Stop) -> None:
        self._bot = bot
        self._stop = stop
        self._connected = asyncio.create_task(self._stay_connected(settings))
        self._following = asyncio.create_task(bot.cluster.run(bot.gateway))
        self._hurried = asyncio.create_task(stop.hurried.wait())

    async def run(self) -> BaseException | None:
        """Return what ended the bot if that was neither a signal nor a successor."""
        stopped = asyncio.create_task(self._stop.requested.wait())
        connections = (self._connected, self._following)
        tasks = {*connections, self._hurried, stopped}
        port = self._bot.port
        if port is not None:
            tasks.add(asyncio.create_task(port.run(self._bot.gateway)))
        try:
            await asyncio.wait({*connections, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                await self._await_successor()
            await self._end()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            if port is not None:
                await port.close()
        errors = (task.exception() for task in connections if not task.cancelled())
        return next((error for error in errors if error is not None), None)

    async def _stay_connected(self, settings: Settings) -> None:
        """Log in, join the other processes, and stay connected, unless the port is another program's."""
        port = self._bot.port
        if port is not None:
            await port.check()
        await stay_connected(self._bot, settings, port or self._bot.cluster)

    async def _await_successor(self) -> None:
        """Go on for a part of the time if another process is about to take over, until it has done so."""
        cluster, loop = self._bot.cluster, asyncio.get_running_loop()
        seconds = self._stop.begin_end() * HAND_OVER_PART
        until = loop.time() + seconds
        await cluster.see_others(min(seconds, _DATABASE_SECONDS))
        if cluster.is_taken_over:
            _log.info("stopping as soon as another process has taken over")
        ends = {self._connected, self._following, self._hurried}
        while cluster.is_taken_over and (left := until - loop.time()) > 0:
            done, _ = await asyncio.wait(ends, timeout=min(left, _LOOK_AGAIN), return_when=asyncio.FIRST_COMPLETED)
            if done:
                return

    async def _end(self) -> None:
        """Leave the gateway, and let answers finish for the time that is left, or until somebody is in a hurry."""
        cluster, answering, stop = self._bot.cluster, self._bot.services.answering, self._stop
        is_taken_over, seconds = cluster.is_taken_over, stop.drain_seconds
        if stop.requested.is_set() or self._is_left:
            seconds = stop.begin_end()
            why = "stopping" if stop.requested.is_set() else "another process has taken over"
            _log.info("%s; answers in flight may go on for %g s", why, round(seconds, 1))
        finishing = asyncio.create_task(cluster.finish(_DATABASE_SECONDS))
        leaving = asyncio.create_task(self._leave())
        draining = asyncio.create_task(answering.drain(seconds, answers_waiting=is_taken_over))
        await asyncio.wait({draining, self._hurried}, return_when=asyncio.FIRST_COMPLETED)
        if not draining.done():
            draining.cancel()
            await answering.drain(0)
        leaving.cancel()
        await asyncio.wait({draining, leaving, finishing})

    @property
    def _is_left(self) -> bool:
        """Whether all shards are at other processes."""
        return self._connected.done() and not self._connected.cancelled() and self._connected.exception() is None

    async def _leave(self) -> None:
        """Leave what shards there are left."""
        gateway = self._bot.gateway
        await asyncio.gather(*(gateway.leave(status.shard) for status in gateway.statuses if status.state != "left"))
