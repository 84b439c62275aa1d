"""The processes of a bot and those who ask them, together."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.processes.asked import Asked
from tests.processes.checks import check
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import UNHURRIED, Ledger
from tests.processes.servers import Servers


@dataclass
class Play:
    """What a test of several processes needs."""

    env: Environment
    fleet: Fleet
    watch: GatewayWatch
    ledger: Ledger
    servers: Servers

    @property
    def now(self) -> float:
        """Seconds on the sandbox's clock."""
        return self.env.discord.clock.monotonic()

    @property
    def url(self) -> str:
        """The database's address."""
        return self.env.bot_settings()["DATABASE_URL"]

    async def ask(self, shard: int = 0) -> Asked:
        """Have somebody new ask, in a place of their own on this shard."""
        return await self.ledger.ask(*self.servers.place(shard))

    async def begin(self, gate: asyncio.Event, shards: Iterable[int] = (0,)) -> list[Asked]:
        """Have an answer begin on each of these shards, whose end comes once the gate is set."""
        return list(await asyncio.gather(*(self.ledger.begin(*self.servers.place(shard), gate) for shard in shards)))

    def at(self, cluster: int, asked: Iterable[Asked]) -> list[Asked]:
        """Return which questions came over a cluster's shards."""
        return [each for each in asked if each.shard(self.fleet.shard_count) in self.fleet.shards(cluster)]

    async def handed_over(self, since: float) -> None:
        """Wait until each shard has one session only; fails if one was without for long."""
        shards = [(shard, self.fleet.shard_count) for shard in range(self.fleet.shard_count)]
        await self.env.discord.wait_for(lambda: all(self.watch.connections(shard) == 1 for shard in shards), UNHURRIED)
        self.check_presence(since)

    def check_presence(self, since: float) -> None:
        """Hold that no server was without a session for long."""
        self.watch.check_presence(self.fleet.shard_count, since)

    async def check(self) -> None:
        """Hold what goes for every test."""
        await check(self.env, self.fleet, self.watch, self.ledger)

    async def ends(self, process: BotProcess) -> None:
        """Wait until a process has ended, as one that has done what it had to."""
        assert await process.ended(UNHURRIED) == 0
        assert list(process.err) == []
