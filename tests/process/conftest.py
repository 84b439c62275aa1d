"""A stage whose bot the test starts, stops and kills."""

from collections.abc import AsyncIterator

import pytest

from sandbox.environment import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Open a Discord and the four chat APIs, which answer at once; the bot is stopped at the end if it runs."""
    async with open_stage() as opened:
        yield opened
