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
    """Open a Discord and the chat APIs; what is asked may take as long as the test, and is all remembered."""
    async with open_environment() as opened:
        opened.settings |= {"PROVIDER_IDLE_TIMEOUT": "600", "HISTORY_MESSAGES": "200", "HISTORY_CHARS": "100000"}
        yield opened


@pytest.fixture
def shard_count() -> int:
    """Give how many shards the bot of `play` has; a test may be parametrized otherwise."""
    return 1


@pytest.fixture
def max_concurrency() -> int:
    """Give how many shards may begin a session at once, likewise."""
    return 4


@pytest.fixture
async def watch(env: Environment, max_concurrency: int) -> AsyncIterator[GatewayWatch]:
    """Watch the gateway."""
    async with GatewayWatch.over(env.discord, env.app, max_concurrency) as watching:
        yield watching


@pytest.fixture
def ledger(env: Environment) -> Ledger:
    """Give a ledger of all questions."""
    return Ledger(env)


@pytest.fixture
async def play(
    env: Environment, watch: GatewayWatch, ledger: Ledger, url: str, shard_count: int
) -> AsyncIterator[Play]:
    """Give a bot of one process on one database after the other."""
    env.settings["DATABASE_URL"] = url
    async with Fleet.opened(env, watch, shard_count=shard_count, DRAIN_SECONDS="60") as fleet:
        yield Play(env, fleet, watch, ledger, Servers(env, 2 * shard_count, shard_count))
