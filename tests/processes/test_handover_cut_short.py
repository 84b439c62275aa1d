"""One of the two is killed, or frozen, in the middle of a handover: the other one does what is left to do."""

import asyncio
import signal

import pytest

from sandbox.bot_process import BotProcess
from tests.postgres import PostgresServer
from tests.processes.asked import KILLED, WITHOUT_DATABASE
from tests.processes.ledger import UNHURRIED
from tests.processes.play import Play

SHARDS = 2
KILLED_SECONDS, FROZEN_SECONDS, BACK_SECONDS = 20.0, 45.0, 35.0
"""Within so many seconds what a killed, or frozen, process was at is marked, or after a database came back."""

in_two_steps = pytest.mark.parametrize(("shard_count", "max_concurrency"), [(SHARDS, 1)])
"""One shard is handed over 5 s after the other."""

pytestmark = pytest.mark.timeout(240)


async def half_way(play: Play) -> BotProcess:
    """Start a successor, and return it once it has taken over one of the two shards."""
    before = dict(play.watch.readies)
    successor = await play.fleet.launch()

    def is_half_way() -> bool:
        begun = [shard for shard in range(SHARDS) if play.watch.readies[shard] > before[shard]]
        return len(begun) == 1 and play.watch.connections((begun[0], SHARDS)) == 1

    await play.env.discord.wait_for(is_half_way, UNHURRIED)
    return successor


@in_two_steps
async def test_the_successor_is_killed(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    await play.begin(gate, range(SHARDS))
    successor = await half_way(play)
    begun = await play.begin(gate, range(SHARDS))
    for each in begun:
        each.may_be |= KILLED  # one of the two
    await successor.kill()
    killed = play.now
    missed = [await play.ask(shard) for shard in range(SHARDS)]
    await play.ledger.concluded(missed)
    await play.env.discord.wait_for(lambda: any(each.outcome in KILLED for each in begun), UNHURRIED)
    gate.set()
    await play.ledger.concluded()
    (cut_off,) = [each for each in begun if each.outcome in KILLED]
    assert cut_off.shown_at <= killed + KILLED_SECONDS
    assert old.code is None
    await play.check()


@in_two_steps
async def test_the_predecessor_is_killed(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    cut_off = await play.begin(gate, range(SHARDS))
    for each in cut_off:
        each.may_be = set(KILLED)
    before = dict(play.watch.readies)
    successor = await half_way(play)
    await old.kill()
    killed = play.now
    missed = [await play.ask(shard) for shard in range(SHARDS)]
    await play.ledger.concluded(cut_off)
    assert all(each.shown_at <= killed + KILLED_SECONDS for each in cut_off)
    await play.fleet.ready(successor, 0, before)
    await play.ledger.concluded(missed)
    await play.check()


@in_two_steps
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_the_database_is_away_half_way(play: Play, postgres: PostgresServer) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    await play.begin(gate, range(SHARDS))
    since, before = play.now, dict(play.watch.readies)
    successor = await half_way(play)
    await play.begin(gate, range(SHARDS))
    with play.ledger.allowing(WITHOUT_DATABASE):
        await asyncio.to_thread(postgres.stop)
        try:
            meanwhile = [await play.ask(shard) for shard in range(SHARDS)]
            await asyncio.sleep(5)
        finally:
            await asyncio.to_thread(postgres.start)
        back = play.now
        await play.ledger.concluded(meanwhile)
    assert all(each.shown_at <= back + BACK_SECONDS for each in meanwhile)
    await play.fleet.ready(successor, 0, before)
    await play.handed_over(since)
    gate.set()
    await play.ends(old)
    await play.check()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_the_predecessor_is_frozen_and_wakes_up(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    cut_off = await play.begin(gate)
    for each in cut_off:
        each.may_be = set(KILLED)
    old.send_signal(signal.SIGSTOP)
    frozen = play.now
    await play.fleet.start()
    asked = await play.ask()
    await play.ledger.concluded([asked, *cut_off])
    assert all(each.shown_at <= frozen + FROZEN_SECONDS for each in cut_off)
    old.send_signal(signal.SIGCONT)
    gate.set()
    await play.ends(old)
    await play.ledger.concluded([await play.ask()])
    await play.check()
