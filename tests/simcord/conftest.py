"""Fixtures: a world with the bot running on SQLite."""

from collections.abc import AsyncIterator

import pytest

from tests.simcord.world import World, open_world


@pytest.fixture
async def world(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[World]:
    """Give a world, with what `@pytest.mark.environment(NAME="value")` changes."""
    marker = request.node.get_closest_marker("environment")
    async with open_world(sqlite_url, **(marker.kwargs if marker else {})) as opened:
        yield opened
