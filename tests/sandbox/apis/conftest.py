"""The stand-ins and a client for them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.apis import Apis
from tests.sandbox.apis.sample_requests import WAYS, Asker, Way


@pytest.fixture
async def apis() -> AsyncIterator[Apis]:
    async with Apis() as apis:
        yield apis


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        yield http


@pytest.fixture
def ask(apis: Apis, http: aiohttp.ClientSession) -> Asker:
    return Asker(apis, http)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, ask: Asker) -> Way:
    """Give each API, asked in each way."""
    return Way(ask, request.param)
