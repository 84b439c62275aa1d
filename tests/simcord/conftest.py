"""Fixtures: a world with the bot running on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.simcord.world import World, open_world


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Give a world, with what `@pytest.mark.environment(NAME="value")` changes."""
    marker = request.node.get_closest_marker("environment")
    async with open_world(f"sqlite:///{tmp_path}/switchboard.db", **(marker.kwargs if marker else {})) as opened:
        yield opened
