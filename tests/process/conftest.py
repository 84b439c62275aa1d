"""An environment whose bot the test starts, stops and kills."""

from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Environment, open_environment


@pytest.fixture
async def env() -> AsyncIterator[Environment]:
    """Open a Discord and the chat APIs, which answer at once; the bot is stopped at the end if it runs."""
    async with open_environment() as opened:
        opened.app.session_starts.interval = 0  # a bot that is restarted need not wait 5 s
        yield opened
