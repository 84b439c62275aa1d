"""Two processes that share a bot's shards: what is said to one of them is known to the other."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Environment
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import UNHURRIED, Ledger
from tests.processes.play import Play
from tests.processes.servers import Servers

pytestmark = pytest.mark.timeout(180)

SEEN_SECONDS = 5.0
"""Within so many seconds a process sees what another one stored; without signals it would take far longer."""


@pytest.fixture
async def play(env: Environment, watch: GatewayWatch, ledger: Ledger, postgres_url: str) -> AsyncIterator[Play]:
    """Give two processes with a shard each, which run."""
    env.settings["DATABASE_URL"] = postgres_url
    async with Fleet.opened(env, watch, 2, 2) as fleet:
        await asyncio.gather(fleet.start(0), fleet.start(1))
        yield Play(env, fleet, watch, ledger, Servers(env, 4, 2))


async def test_an_opt_out_at_one_counts_at_the_other_at_once(play: Play) -> None:
    (person, here), (_, there) = play.servers.place(0), play.servers.place(1)
    assert there.guild is not None
    there.guild.add_member(person)
    assert "stops that" in (await (await person.slash(there, "privacy show")).wait_until()).content
    await (await person.slash(here, "privacy opt-out")).wait_until()
    opted_out = play.now
    while "you opted out" not in (await (await person.slash(there, "privacy show")).wait_until()).content:
        await asyncio.sleep(0.05)
        assert play.now < opted_out + SEEN_SECONDS
    await play.check()


async def test_each_shard_is_one_processs_and_commands_are_registered_once(play: Play) -> None:
    for shard in (0, 1, 0, 1):
        await play.ask(shard)
    await play.check()
    for process in play.fleet.all:
        await process.printed("answered by", UNHURRIED, times=2)
    assert len(play.env.discord.requests.to("PUT", "/commands")) == 1


async def test_one_is_killed_and_comes_back(play: Play) -> None:
    await play.fleet.all[1].kill()
    missed = await play.ask(1)
    await play.ledger.concluded([await play.ask(0)])
    await play.fleet.start(1)
    await play.ledger.concluded([missed], UNHURRIED)
    await play.check()


async def test_another_count_of_processes_takes_over(play: Play) -> None:
    for clusters in (1, 2):
        before = [process for process in play.fleet.all if process.code is None]
        play.fleet.clusters, since = clusters, play.now
        await asyncio.gather(*(play.fleet.start(cluster) for cluster in range(clusters)))
        await play.handed_over(since)
        await asyncio.gather(*(play.ends(process) for process in before))
        await play.ledger.concluded([await play.ask(0), await play.ask(1)])
    await play.check()
