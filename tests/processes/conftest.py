"""A Discord with the chat APIs, whose bot is several processes; and what is seen of them."""

from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Environment, open_environment
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import Ledger
from tests.processes.play import Play
from tests.processes.servers import Servers


@pytest.fixture
async def env() -> AsyncIterator[Environment]:
    """Open a Discord and the chat APIs; what is asked may take as long as the test."""
    async with open_environment() as opened:
        opened.settings["PROVIDER_IDLE_TIMEOUT"] = "600"
        yield opened


@pytest.fixture
async def watch(env: Environment) -> AsyncIterator[GatewayWatch]:
    """Watch the gateway, which lets four shards begin a session at once."""
    async with GatewayWatch.over(env.discord, env.app) as watching:
        yield watching


@pytest.fixture
def ledger(env: Environment) -> Ledger:
    """Give a ledger of all questions."""
    return Ledger(env)


@pytest.fixture
async def play(
    env: Environment, watch: GatewayWatch, ledger: Ledger, url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Play]:
    """Give a bot of one process on one database after the other; it has as many shards as the test is marked with."""
    marker = request.node.get_closest_marker("shards")
    shard_count = 1 if marker is None else marker.args[0]
    env.settings["DATABASE_URL"] = url
    async with Fleet.opened(env, watch, shard_count=shard_count, DRAIN_SECONDS="60") as fleet:
        yield Play(env, fleet, watch, ledger, Servers(env, 2 * shard_count, shard_count))
