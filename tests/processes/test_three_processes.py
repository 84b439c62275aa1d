"""Three processes, twelve shards and two hundred servers: one is killed, the database goes away, all are replaced.

Nobody's question is lost, none is answered twice, and Discord's limits are kept.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.postgres import PostgresServer
from tests.processes.checks import INJECTED, check, check_presence
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import KILLED, UNHURRIED, WITHOUT_DATABASE, Asked, Ledger, Outcome
from tests.processes.servers import Servers
from tests.processes.talkers import talking

CLUSTERS, SHARDS, SERVERS = 3, 12, 200
AWAY_SECONDS = 5.0
KILLED_SECONDS, BACK_SECONDS = 20.0, 35.0
"""Within so many seconds after a kill, or after the database came back, what it cut off is marked."""


@dataclass
class Play:
    """The processes, and those who ask them."""

    env: Environment
    fleet: Fleet
    watch: GatewayWatch
    ledger: Ledger
    servers: Servers
    postgres: PostgresServer

    @property
    def now(self) -> float:
        """Seconds on the sandbox's clock."""
        return self.env.discord.clock.monotonic()

    async def begin(self, gate: asyncio.Event, shards: Iterable[int]) -> list[Asked]:
        """Have an answer begin on each of these shards, whose end comes once the gate is set."""
        return list(await asyncio.gather(*(self.ledger.begin(*self.servers.place(shard), gate) for shard in shards)))

    def at(self, cluster: int, asked: Iterable[Asked]) -> list[Asked]:
        """Return which questions came over a cluster's shards."""
        return [each for each in asked if each.shard(SHARDS) in self.fleet.shards(cluster)]

    async def kill(self, process: BotProcess, cluster: int, asked: Iterable[Asked]) -> None:
        """Kill a process, and wait until what it was at is marked by the others, in time."""
        cut_off = self.at(cluster, asked)
        for each in cut_off:
            each.may_be = set(KILLED)
        with self.ledger.allowing(KILLED):
            await process.kill()
            killed = self.now
            await self.ledger.concluded(cut_off)
        assert max(each.shown_at for each in cut_off) <= killed + KILLED_SECONDS

    async def take_away(
        self, go: Callable[[], object], come_back: Callable[[], object], gate: asyncio.Event, asked: list[Asked]
    ) -> None:
        """Have the database away for a while in which answers end and people ask, and wait until all of it is told."""
        with self.ledger.allowing(WITHOUT_DATABASE):
            await asyncio.to_thread(go)
            try:
                for each in asked:
                    each.may_be |= WITHOUT_DATABASE
                gate.set()
                asked = [*asked, *[await self.ledger.ask(*self.servers.place(shard)) for shard in (0, 3, 8, 11)]]
                await asyncio.sleep(AWAY_SECONDS)
            finally:
                await asyncio.to_thread(come_back)
            back = self.now
            await self.ledger.concluded(asked)
            await self._recover()
            assert self.now <= back + BACK_SECONDS
        assert max(each.shown_at for each in asked) <= back + BACK_SECONDS

    async def _recover(self) -> None:
        """Ask each process until it remembers an answer."""
        for shard in (0, 11):
            asked = None
            while asked is None or asked.outcome is not Outcome.WHOLE:
                asked = await self.ledger.ask(*self.servers.place(shard))
                await self.ledger.concluded([asked])


@pytest.mark.timeout(420)
async def test_every_question_is_answered_once_or_marked(
    env: Environment, watch: GatewayWatch, ledger: Ledger, postgres: PostgresServer, postgres_url: str
) -> None:
    env.settings["DATABASE_URL"] = postgres_url
    servers = Servers(env, SERVERS, SHARDS)
    in_outage, in_silence, in_handover = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with Fleet.opened(env, watch, CLUSTERS, SHARDS, DRAIN_SECONDS="60") as fleet:
        play = Play(env, fleet, watch, ledger, servers, postgres)
        first = await asyncio.gather(*map(fleet.start, range(CLUSTERS)))
        async with talking(ledger, servers, (0, 2, 4, 7, 9, 11)):
            outage, silence = await play.begin(in_outage, range(SHARDS)), await play.begin(in_silence, range(SHARDS))
            await play.begin(in_handover, [*range(SHARDS)] * 3)
            assert len(ledger.asked) >= 60
            await play.kill(first[1], 1, ledger.asked)
            missed = [await ledger.ask(*servers.place(shard)) for shard in fleet.shards(1)]
            await play.take_away(postgres.stop, postgres.start, in_outage, play.at(0, outage) + play.at(2, outage))
            await play.take_away(postgres.freeze, postgres.thaw, in_silence, play.at(0, silence) + play.at(2, silence))
            second = await fleet.start(1)
            await ledger.concluded(missed)
            await play.begin(in_handover, fleet.shards(1))
            await hand_over(play, [first[0], second, first[2]], in_handover)
        await check(env, fleet, watch, ledger)
    assert len(env.discord.requests.to("PUT", "/commands")) == 1


async def hand_over(play: Play, old: list[BotProcess], gate: asyncio.Event) -> None:
    """Start a successor of each process, have one person ask on and on meanwhile, and let the answers end at last."""
    since, row = play.now, asyncio.Event()
    play.env.discord.rate_limit("PATCH", "/messages/", INJECTED, times=3)
    rows = [play.servers.place(shard) for shard in (1, 5, 10)]
    for place in rows:
        await play.ledger.begin(*place, row)
        await play.ledger.ask(*place)
    starting = asyncio.gather(*map(play.fleet.start, range(CLUSTERS)))
    while not starting.done():
        for place in rows:
            await play.ledger.ask(*place)
        await asyncio.wait({starting}, timeout=5)
    await starting
    async with asyncio.timeout(UNHURRIED):
        while any(play.watch.connections((shard, SHARDS)) != 1 for shard in range(SHARDS)):
            await asyncio.sleep(0.1)
    check_presence(play.watch, SHARDS, since)
    for place in rows:
        await play.ledger.ask(*place)
    row.set()
    gate.set()
    assert [await process.ended(UNHURRIED) for process in old] == [0, 0, 0]
    check_presence(play.watch, SHARDS, since)
