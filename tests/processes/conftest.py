"""A Discord with the chat APIs, whose bot is several processes; and what is seen of them."""

from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Environment, open_environment
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import Ledger


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
