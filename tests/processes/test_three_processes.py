"""Three processes, twelve shards and two hundred servers: two are killed, the database goes away, all are replaced.

Nobody's question is lost, none is answered twice, and Discord's limits are kept.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import pytest

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.postgres import PostgresServer
from tests.processes.asked import KILLED, WITHOUT_DATABASE, Asked, Outcome
from tests.processes.checks import INJECTED
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import Ledger
from tests.processes.play import Play
from tests.processes.servers import Servers
from tests.processes.talkers import talking

CLUSTERS, SHARDS, SERVERS = 3, 12, 200
AWAY_SECONDS = 5.0
MAX_IN_A_ROW = 5
"""So many questions one person asks while successors start: ten may wait."""

KILLED_SECONDS, BACK_SECONDS = 20.0, 35.0
"""Within so many seconds after a kill, or after the database came back, what it cut off is marked."""


async def kill(play: Play, process: BotProcess, cluster: int) -> list[Asked]:
    """Kill a process, and return what it was at."""
    cut_off = play.at(cluster, [each for each in play.ledger.asked if not each.gate.is_set()])
    for each in cut_off:
        each.may_be = set(KILLED)
    await process.kill()
    return cut_off


async def are_marked(play: Play, asked: list[Asked], since: float, seconds: float) -> None:
    """Wait until answers are over, or marked, and hold that it was in time."""
    await play.ledger.concluded(asked)
    assert max(each.shown_at for each in asked) <= since + seconds


@asynccontextmanager
async def away(go: Callable[[], object], come_back: Callable[[], object]) -> AsyncIterator[None]:
    """Have the database away for as long as the block lasts, and for some seconds."""
    await asyncio.to_thread(go)
    try:
        yield
        await asyncio.sleep(AWAY_SECONDS)
    finally:
        await asyncio.to_thread(come_back)


async def end_meanwhile(play: Play, asked: list[Asked], shards: Iterable[int]) -> list[Asked]:
    """Have answers end while the database is away, and have people ask on these shards; return all of them."""
    for each in asked:
        each.may_be |= WITHOUT_DATABASE
        each.gate.set()
    return [*asked, *[await play.ask(shard) for shard in shards]]


async def recovers(play: Play, shards: Iterable[int], back: float) -> None:
    """Ask on these shards until an answer is remembered again, and hold that it was in time."""
    for shard in shards:
        asked = await play.ask(shard)
        await play.ledger.concluded([asked])
        while asked.outcome is not Outcome.WHOLE:
            asked = await play.ask(shard)
            await play.ledger.concluded([asked])
    assert play.now <= back + BACK_SECONDS


async def stop_database(play: Play, postgres: PostgresServer, asked: list[Asked]) -> None:
    """Stop the server for a while in which these answers end and people ask clusters 0 and 2."""
    with play.ledger.allowing(WITHOUT_DATABASE):
        async with away(postgres.stop, postgres.start):
            ended = await end_meanwhile(play, asked, (0, 3, 8, 11))
        back = play.now
        await are_marked(play, ended, back, BACK_SECONDS)
        await recovers(play, (0, 11), back)


async def kill_and_freeze_database(
    play: Play, postgres: PostgresServer, process: BotProcess, asked: list[Asked]
) -> None:
    """Kill cluster 2's process, and have the server hang for a while in which these answers end."""
    with play.ledger.allowing(WITHOUT_DATABASE | KILLED):
        cut_off = await kill(play, process, 2)
        async with away(postgres.freeze, postgres.thaw):
            ended = await end_meanwhile(play, asked, (0, 3))
        back = play.now
        await are_marked(play, ended + cut_off, back, BACK_SECONDS)
        await recovers(play, (0,), back)


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
            with ledger.allowing(KILLED):
                killed = play.now
                await are_marked(play, await kill(play, first[1], 1), killed, KILLED_SECONDS)
            missed = [await play.ask(shard) for shard in fleet.shards(1)]
            await stop_database(play, postgres, play.at(0, outage) + play.at(2, outage))
            await kill_and_freeze_database(play, postgres, first[2], play.at(0, silence))
            missed += [await play.ask(shard) for shard in fleet.shards(2)]
            second = [first[0], *await asyncio.gather(fleet.start(1), fleet.start(2))]
            await ledger.concluded(missed)
            await play.begin(in_handover, range(4, SHARDS))
            await hand_over(play, second, in_handover)
        await play.check()
    assert len(watch.identifies) == SHARDS + 8 + SHARDS
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
