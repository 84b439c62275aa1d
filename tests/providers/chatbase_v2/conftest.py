"""An HTTP helper that no slow machine makes give up; tests of time-outs ask for the hasty one."""

from collections.abc import AsyncIterator

import pytest

from bot.providers.http import Http
from tests.providers.conftest import IDLE, Make, Pauses, open_provider
from tests.providers.samples import ENVIRONMENTS
from tests.providers.wire import WireServer


@pytest.fixture
async def http(pauses: Pauses) -> AsyncIterator[Http]:
    async with Http(idle_timeout=60, total_timeout=60, connect_timeout=60, pause=pauses) as http:
        yield http


@pytest.fixture
async def hasty(server: WireServer, pauses: Pauses) -> AsyncIterator[Make]:
    """Make a provider that talks to the raw server, and waits for its next bytes for IDLE seconds only."""
    async with Http(idle_timeout=IDLE, total_timeout=60, connect_timeout=60, pause=pauses) as http:
        yield lambda name: open_provider(name, http, {**ENVIRONMENTS[name], "CHATBASE_V2_API_URL": server.url})
