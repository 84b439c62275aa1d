"""The Chatbase v2 stand-in with a clock in the test's hands, and a client for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.apis import ChatbaseV2
from tests.clocks import FakeClock
from tests.sandbox.apis.agents.client import Client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def api(clock: FakeClock) -> AsyncIterator[ChatbaseV2]:
    api = ChatbaseV2(clock=clock)
    await api.accept()
    try:
        yield api
    finally:
        await api.close()


@pytest.fixture
def client(api: ChatbaseV2, http: aiohttp.ClientSession) -> Client:
    return Client(api, http)
