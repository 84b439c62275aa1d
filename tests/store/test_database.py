"""Units of work under a crowd: standing in the program's own line is no fault of the database."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.errors import DatabaseUnavailable
from bot.store.addresses.urls import SqliteFile
from bot.store.engine import CONNECTIONS, open_engine
from bot.store.engine.transactions import MAX_QUEUE_FACTOR, Database

PATIENCE = 1.2
WORK = 0.3
"""Seconds. What a piece of work takes; far less than the max_wait with it, and far more than a call by itself."""


def _work(_connection: Connection) -> bool:
    threading.Event().wait(WORK)
    return True


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_a_crowd_is_served_however_long_its_line(tmp_path: Path, kind: str) -> None:
    """The last of them waits longer than the max_wait with any one of them."""
    at_once = CONNECTIONS if kind == "read" else 1
    crowd = at_once * int(2 * PATIENCE / WORK)
    async with open_engine(SqliteFile(tmp_path / "bot.db"), max_wait=PATIENCE) as engine:
        call = getattr(Database(engine, max_wait=PATIENCE), kind)
        assert await asyncio.gather(*(call(_work) for _ in range(crowd))) == [True] * crowd


async def test_no_line_is_endless(tmp_path: Path) -> None:
    async with open_engine(SqliteFile(tmp_path / "bot.db"), max_wait=0.1) as engine:
        database = Database(engine, max_wait=0.1)
        crowd = 3 * MAX_QUEUE_FACTOR
        results = await asyncio.gather(*(database.write(_nearly_all) for _ in range(crowd)), return_exceptions=True)
    assert {type(result) for result in results} == {bool, DatabaseUnavailable}


def _nearly_all(_connection: Connection) -> bool:
    threading.Event().wait(0.06)
    return True
