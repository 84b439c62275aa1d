"""What the store's tests share: each database in turn, a store on it, a clock that is set by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from bot.store.open import open_store
from bot.store.ports.base import Stores


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    """Give the clock that `store` reads."""
    return HandClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database that not even has tables, of one kind after the other."""
    if request.param == "postgresql":
        return cast("str", request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/switchboard.db"


@pytest.fixture
async def store(url: str, clock: HandClock) -> AsyncIterator[Stores]:
    """Open a store on a database without content."""
    async with open_store(url, clock=clock) as opened:
        yield opened
