"""Three processes, twelve shards and two hundred servers: one is killed, the database goes away, all are replaced.

Nobody's question is lost, none is answered twice, and Discord's limits are kept.
"""

import asyncio
from collections.abc import Callable

import pytest

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.postgres import PostgresServer
from tests.processes.checks import INJECTED
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import KILLED, WITHOUT_DATABASE, Asked, Ledger, Outcome
from tests.processes.play import Play
from tests.processes.servers import Servers
from tests.processes.talkers import talking

CLUSTERS, SHARDS, SERVERS = 3, 12, 200
AWAY_SECONDS = 5.0
MAX_IN_A_ROW = 5
"""So many questions one person asks while successors start: ten may wait."""

KILLED_SECONDS, BACK_SECONDS = 20.0, 35.0
"""Within so many seconds after a kill, or after the database came back, what it cut off is marked."""


async def kill(play: Play, process: BotProcess, cluster: int) -> None:
    """Kill a process, and wait until what it was at is marked by the others, in time."""
    cut_off = play.at(cluster, [each for each in play.ledger.asked if not each.gate.is_set()])
    for each in cut_off:
        each.may_be = set(KILLED)
    with play.ledger.allowing(KILLED):
        await process.kill()
        killed = play.now
        await play.ledger.concluded(cut_off)
    assert max(each.shown_at for each in cut_off) <= killed + KILLED_SECONDS


async def take_away(play: Play, go: Callable[[], object], come_back: Callable[[], object], asked: list[Asked]) -> None:
    """Have the database away for a while in which answers end and people ask, and wait until all of it is told."""
    with play.ledger.allowing(WITHOUT_DATABASE):
        await asyncio.to_thread(go)
        try:
            for each in asked:
                each.may_be |= WITHOUT_DATABASE
                each.gate.set()
            asked = [*asked, *[await play.ask(shard) for shard in (0, 3, 8, 11)]]
            await asyncio.sleep(AWAY_SECONDS)
        finally:
            await asyncio.to_thread(come_back)
        back = play.now
        await play.ledger.concluded(asked)
        for shard in (0, 11):
            again = await play.ask(shard)
            await play.ledger.concluded([again])
            while again.outcome is not Outcome.WHOLE:
                again = await play.ask(shard)
                await play.ledger.concluded([again])
        assert play.now <= back + BACK_SECONDS
    assert max(each.shown_at for each in asked) <= back + BACK_SECONDS


@pytest.mark.timeout(420)
async def test_every_question_is_answered_once_or_marked(
    env: Environment, watch: GatewayWatch, ledger: Ledger, postgres: PostgresServer, postgres_url: str
) -> None:
    env.settings["DATABASE_URL"] = postgres_url
    servers = Servers(env, SERVERS, SHARDS)
    in_outage, in_silence, in_handover = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with Fleet.opened(env, watch, CLUSTERS, SHARDS, DRAIN_SECONDS="60") as fleet:
        play = Play(env, fleet, watch, ledger, servers)
        first = await asyncio.gather(*map(fleet.start, range(CLUSTERS)))
        async with talking(ledger, servers, (0, 2, 4, 7, 9, 11)):
            outage, silence = await play.begin(in_outage, range(SHARDS)), await play.begin(in_silence, range(SHARDS))
            await play.begin(in_handover, [*range(SHARDS)] * 3)
            assert len(ledger.asked) >= 60
            await kill(play, first[1], 1)
            missed = [await play.ask(shard) for shard in fleet.shards(1)]
            await take_away(play, postgres.stop, postgres.start, play.at(0, outage) + play.at(2, outage))
            await take_away(play, postgres.freeze, postgres.thaw, play.at(0, silence) + play.at(2, silence))
            second = await fleet.start(1)
            await ledger.concluded(missed)
            await play.begin(in_handover, fleet.shards(1))
            await hand_over(play, [first[0], second, first[2]], in_handover)
        await play.check()
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
    for _ in range(MAX_IN_A_ROW):
        for place in rows:
            await play.ledger.ask(*place)
        await asyncio.wait({starting}, timeout=4)
    await starting
    await play.handed_over(since)
    for place in rows:
        await play.ledger.ask(*place)
    row.set()
    gate.set()
    for process in old:
        await play.ends(process)
    play.check_presence(since)
