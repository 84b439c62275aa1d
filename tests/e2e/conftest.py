"""Fixtures: a stage with the bot running on SQLite, and one on each database in turn."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.stage import Stage, open_stage


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """Give the environment variables that a test changes with `@pytest.mark.environment(NAME="value")`."""
    marker = request.node.get_closest_marker("environment")
    return dict(marker.kwargs) if marker else {}


@pytest.fixture
async def stage(sqlite_url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage with the bot running."""
    async with open_stage(sqlite_url, **environment) as opened, opened.running():
        yield opened


@pytest.fixture
async def any_stage(url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage with the bot running, on one database after the other."""
    async with open_stage(url, **environment) as opened, opened.running():
        yield opened


@pytest.fixture
async def resting_stage(url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage whose bot does not run yet, on one database after the other; for tests that restart it."""
    async with open_stage(url, **environment) as opened:
        yield opened
