"""Processes that reach PostgreSQL through PgBouncer, which lends its sessions for one transaction each."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Environment
from tests.pgbouncer import PgBouncer
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import UNHURRIED, Ledger
from tests.processes.play import Play
from tests.processes.servers import Servers

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(params=["direct", "through the proxy only"])
def url(env: Environment, pgbouncer: PgBouncer, prepared_postgres_url: str, request: pytest.FixtureRequest) -> str:
    """Give an address that leads through PgBouncer, with the other one set or not."""
    if request.param == "direct":
        env.settings["DATABASE_DIRECT_URL"] = prepared_postgres_url
    return pgbouncer.through(prepared_postgres_url)


async def test_a_handover(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    person, place = play.servers.place(0)
    await play.ledger.begin(person, place, gate)
    since = play.now
    await play.fleet.start()
    await play.handed_over(since)
    await play.ledger.ask(person, place)
    await play.ledger.concluded([await play.ask()])
    gate.set()
    await play.ends(old)
    await play.check()


@pytest.fixture
async def two(env: Environment, watch: GatewayWatch, ledger: Ledger, url: str) -> AsyncIterator[Play]:
    """Give a bot of two processes."""
    env.settings["DATABASE_URL"] = url
    async with Fleet.opened(env, watch, 2, 2) as fleet:
        yield Play(env, fleet, watch, ledger, Servers(env, 4, 2))


async def test_several_processes_need_the_direct_address(two: Play) -> None:
    if "DATABASE_DIRECT_URL" in two.env.settings:
        await asyncio.gather(two.fleet.start(0), two.fleet.start(1))
        await two.ask(0)
        await two.ask(1)
        await two.check()
        return
    process = await two.fleet.launch(0)
    assert await process.ended(UNHURRIED) == 1
    (line,) = process.err
    assert line.startswith("DATABASE_DIRECT_URL")
    assert not two.watch.identifies
