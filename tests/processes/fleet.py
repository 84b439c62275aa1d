"""The processes of one bot: each with its share of the shards, started, killed, stopped and replaced."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.domain.cluster.shards import ShardShare
from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import UNHURRIED

LAST_LINES = 30


@dataclass
class Fleet:
    """All processes that were started, those of cluster 0 to `clusters` - 1; each is killed at the end."""

    env: Environment
    watch: GatewayWatch
    clusters: int = 1
    shard_count: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    """For each process, beside the environment's."""
    all: list[BotProcess] = field(default_factory=list)

    def shards(self, cluster: int = 0) -> range:
        """Return the shards of a cluster."""
        return ShardShare(cluster, self.clusters, self.shard_count).of(self.shard_count)

    async def launch(self, cluster: int = 0, **settings: str) -> BotProcess:
        """Start a process, and wait for nothing."""
        own = {"SHARD_COUNT": str(self.shard_count)}
        if self.clusters > 1:
            own |= {"CLUSTER_COUNT": str(self.clusters), "CLUSTER_ID": str(cluster)}
        process = await BotProcess.start(
            {**self.env.bot_settings(), **self.settings, **own, **settings}, self.env.folder
        )
        self.all.append(process)
        return process

    async def start(self, cluster: int = 0, **settings: str) -> BotProcess:
        """Start a process, and wait until it has a session of each of its shards."""
        before = dict(self.watch.readies)
        process = await self.launch(cluster, **settings)
        await self.ready(process, cluster, before)
        return process

    async def ready(self, process: BotProcess, cluster: int, before: dict[int, int]) -> None:
        """Wait until a cluster's shards have one more session each than `before`; fails if the process ends."""

        def has_all() -> bool:
            readies = self.watch.readies
            return all(readies.get(shard, 0) > before.get(shard, 0) for shard in self.shards(cluster))

        waits = asyncio.create_task(self.env.discord.wait_for(has_all, UNHURRIED))
        ends = asyncio.create_task(process.ended())
        try:
            await asyncio.wait({waits, ends}, return_when=asyncio.FIRST_COMPLETED)
            is_ready = waits.done() and waits.exception() is None
            assert is_ready, last_lines(process)
        finally:
            waits.cancel()
            ends.cancel()
            await asyncio.gather(waits, ends, return_exceptions=True)

    async def end(self) -> None:
        """Kill what still runs."""
        for process in self.all:
            process.send_signal(signal.SIGCONT)
            await process.kill()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, env: Environment, watch: GatewayWatch, clusters: int = 1, shard_count: int = 1, **settings: str
    ) -> AsyncIterator["Fleet"]:
        """Yield a fleet without processes, and kill them all at the end."""
        fleet = cls(env, watch, clusters, shard_count, settings)
        try:
            yield fleet
        finally:
            await fleet.end()


def last_lines(process: BotProcess) -> str:
    """Return the end of what a process printed, for a failure."""
    return "\n".join([f"exit code {process.code}", *[*process.out, *process.err][-LAST_LINES:]])
