"""Searches a SQLite file for damage, beside everything else (https://www.sqlite.org/pragma.html#pragma_quick_check)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection

from bot.domain.runtime.database_health import Soundness
from bot.store.addresses.urls import SqliteFile
from bot.store.engine import open_engine
from bot.store.engine.health import Health, find_fault

BEGIN_AFTER = 3.0
"""Seconds after the start, or after another file took the place of a lost one: the first answers come first."""

MAX_SECONDS = 900.0
"""When a search is given up. 2 GB took 107 s from a slow disk beside 60 writes a second, and 6 s from memory."""

_MAX_WAIT = 10.0
_MAX_FINDING_CHARS = 200

_log = logging.getLogger(__name__)


@asynccontextmanager
async def searching_for_damage(address: SqliteFile, health: Health) -> AsyncIterator[None]:
    """Have the file searched now, and whenever another one is in its place, until the end."""
    health.want_search()
    search = asyncio.create_task(_search_always(address, health))
    try:
        yield
    finally:
        search.cancel()
        await asyncio.wait({search})


async def _search_always(address: SqliteFile, health: Health) -> None:
    while True:
        await health.search_wanted.wait()
        health.search_wanted.clear()
        await asyncio.sleep(BEGIN_AFTER)
        await search(address, health, MAX_SECONDS)


async def search(address: SqliteFile, health: Health, max_seconds: float) -> None:
    """Search once, on a connection and in a thread of its own: it reads, so that nobody who writes waits for it.

    The changes of that time stay in the file of latest changes (`-wal`) until it is over.
    """
    try:
        async with (
            open_engine(address, max_wait=_MAX_WAIT, makes_file=False) as engine,
            asyncio.timeout(max_seconds),
        ):
            finding = await engine.run(_find_damage, writes=False)
    except TimeoutError:
        health.note_search(Soundness.UNFINISHED)
        _log.warning("the search for damage in the database was given up after %g s: nothing was found", max_seconds)
    except Exception as error:  # noqa: BLE001 - the drivers have no common base; what the file lacks is told at each call
        if find_fault(error):
            health.note_damage("it cannot be read to its end")
            return
        health.note_search(Soundness.UNFINISHED)
        _log.warning("the database could not be searched for damage: %s", type(error).__name__)
    else:
        if finding is None:
            health.note_search(Soundness.SOUND)
        else:
            health.note_damage(finding)


def _find_damage(connection: Connection) -> str | None:
    """Return the first damage in one line, which names tables and pages but no content; None if there is none."""
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return None if found == "ok" else " ".join(found.split())[:_MAX_FINDING_CHARS]
