"""A database on which processes start."""

from collections.abc import AsyncIterator

import pytest

from tests.operations.cluster.neighbours import Neighbourhood


@pytest.fixture(params=["signals", "no signals"])
async def there(request: pytest.FixtureRequest) -> AsyncIterator[Neighbourhood]:
    """Give a database on which processes start; with signals, and without."""
    there = Neighbourhood(is_instant=request.param == "signals")
    yield there
    await there.close()
