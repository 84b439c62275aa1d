"""The port of the operator's view: a process takes it over from the one before, and gives it up to the next."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.cluster.processes import ProcessStore
from bot.domain.cluster.shard_states import ShardStates
from bot.domain.cluster.shards import Joining, OwnShards
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Lease
from bot.domain.runtime.timing import Pause
from bot.domain.stores import MetadataStore
from bot.operations.cluster.cluster import Cluster
from bot.operations.cluster.handing_over import find_younger
from bot.operations.health.errors import PortUnavailable

if TYPE_CHECKING:
    from bot.operations.health.server import Port

_log = logging.getLogger(__name__)

TRY_SECONDS = 1.0
"""Between two tries to open a port that is in use, and between two looks whether it is to be given up."""


class PortHandover(Joining):
    """Opens a port that was in use at the start, as soon as it is free, if a process before this one may have it.

    The process before is a living one with this one's `CLUSTER_ID` on the same database. It gives its port up once it
    has left all its shards, but only to a process that has found it in use: on another port, or another machine, each
    keeps its own until its end. `close` must be called before this process's row goes: who finds no row finds the port
    free.
    """

    def __init__(
        self,
        port: "Port",
        cluster: Cluster,
        processes: ProcessStore,
        lease: Lease,
        facts: MetadataStore,
        pause: Pause,
    ) -> None:
        self._port = port
        self._cluster = cluster
        self._processes = processes
        self._lease = lease
        self._facts = facts
        self._pause = pause
        self._has_joined = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the port shows this process."""
        return self._port.is_open

    async def check(self) -> None:
        """Raise `PortUnavailable` if the port is in use, and no process lives that may be the one before this.

        Discord need not be reached for that.
        """
        if self._port.is_open:
            return
        if await self._may_have_predecessor():
            _log.info("PORT is in use; it is taken over as soon as the process before this one gives it up")
        else:
            await self._port.open()

    async def join(self, bot: int, recommended: Callable[[], Awaitable[int]]) -> OwnShards:
        """Join the other processes; raises what that raises, and `PortUnavailable` if none of them is the one before.

        That may be known only now: several bots can share a database.
        """
        own = await self._cluster.join(bot, recommended)
        if self._is_alone:
            await self._port.open()
        self._has_joined.set()
        return own

    async def run(self, shards: ShardStates) -> None:
        """Take the port over, and give it up when the next process waits for it and has all shards."""
        await self._has_joined.wait()
        await self._take_over()
        while not await self._is_to_give_up(shards):
            await self._pause(TRY_SECONDS)
        await self.close()
        _log.info("gave PORT up to the process that has taken over")

    async def close(self) -> None:
        """Give the port up."""
        await self._port.close()

    async def _may_have_predecessor(self) -> bool:
        """Return whether such a process lives, of whichever bot: its id is known after login only."""
        own = self._cluster.own
        try:
            found = [each.id for each in await self._processes.list(None) if each.cluster == own.cluster]
            return len(await self._lease.find_ended(found)) < len(found) if found else False
        except DatabaseUnavailable:
            return True

    @property
    def _is_alone(self) -> bool:
        """Whether this process has joined the others, and none of them is the one before."""
        own = self._cluster.own
        return own.joined_at > 0 and all(other.cluster != own.cluster for other in self._cluster.others)

    @property
    def _fact(self) -> str:
        """The name under which a process writes down that it waits for the port of the one before."""
        own = self._cluster.own
        return f"port of cluster {own.cluster} of bot {own.bot} awaited by"

    async def _take_over(self) -> None:
        has_asked = has_warned = False
        while not self._port.is_open:
            is_alone = self._is_alone
            try:
                await self._port.open()
            except PortUnavailable as error:
                if is_alone and not has_warned:
                    has_warned = True
                    _log.warning("%s; until then nobody sees how this process is", error)
                if not has_asked:
                    with suppress(DatabaseUnavailable):
                        await self._facts.set(self._fact, self._cluster.own.id)
                        has_asked = True
                await self._pause(TRY_SECONDS)

    async def _is_to_give_up(self, shards: ShardStates) -> bool:
        statuses = shards.statuses
        if not statuses or any(status.state != "left" for status in statuses):
            return False
        with suppress(DatabaseUnavailable):
            asking = await self._facts.get(self._fact)
            return any(each.id == asking for each in find_younger(self._cluster.own, self._cluster.others))
        return False
