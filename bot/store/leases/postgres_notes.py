"""Behind a proxy, PostgreSQL knows that a process is alive from a dated note: a row in `facts`.

A proxy such as PgBouncer lends a session for each transaction. A lock would stay with a session that is no longer ours,
and so would settings, to the harm of others. So nothing here outlives a transaction.
"""

import asyncio
from typing import Any

import asyncpg

STALE_SECONDS = 30
"""For how long a process that is not heard of counts as alive."""

LOCKS = """
SELECT (classid::bigint << 32) | objid::bigint AS key, pid = pg_backend_pid() AS own
FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""All advisory locks by their key, those that are waited for too (documentation, "pg_locks")."""

NOTE_PREFIX = "lease "
"""How the name of a process's row begins; its id follows."""

_AGE = "extract(epoch FROM clock_timestamp()) - value::float"
_FRESH = f"SELECT name FROM facts WHERE starts_with(name, '{NOTE_PREFIX}') AND {_AGE} < {STALE_SECONDS}"  # noqa: S608 - of this file
_REMOVE_OLD = f"DELETE FROM facts WHERE starts_with(name, '{NOTE_PREFIX}') AND {_AGE} > 86400"  # noqa: S608 - likewise
_REMOVE = "DELETE FROM facts WHERE name = $1"
_WRITE = """
INSERT INTO facts (name, value) VALUES ($1, extract(epoch FROM clock_timestamp())::text)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""

_CLOSE_SECONDS = 1.0


async def has_notes(driver: Any) -> bool:  # noqa: ANN401 - asyncpg's connection, which has no types
    """Tell whether there is a table for notes."""
    return bool(await driver.fetchval("SELECT to_regclass('facts') IS NOT NULL"))


async def read_living(driver: Any) -> set[int]:  # noqa: ANN401 - likewise
    """Return the keys of all processes that are alive."""
    return {row["key"] for row in await driver.fetch(LOCKS)} | await read_notes(driver)


async def read_notes(driver: Any) -> set[int]:  # noqa: ANN401 - asyncpg's connection, which has no types
    """Return the keys of the processes whose notes are fresh; none if there is no table for them."""
    try:
        return {int(row["name"].removeprefix(NOTE_PREFIX), 16) for row in await driver.fetch(_FRESH)}
    except asyncpg.UndefinedTableError:
        return set()


class NoteConnection:
    """A connection through a proxy, over which a note is kept fresh."""

    is_proxied = is_writable = True
    server_up = 0.0
    """Others may have been kept from their notes by what kept this process from its own: they are given time."""

    def __init__(self, driver: Any, owner: str) -> None:  # noqa: ANN401 - likewise
        self._driver = driver
        self._name = NOTE_PREFIX + owner
        self.is_broken = asyncio.Event()
        driver.add_termination_listener(lambda _: self.is_broken.set())

    @classmethod
    async def open(cls, driver: Any, owner: str) -> "NoteConnection":  # noqa: ANN401 - likewise
        """Write the first note, if the database has its tables already; raises what the driver raises."""
        connection = cls(driver, owner)
        async with driver.transaction():
            if await has_notes(driver):
                await driver.execute(_REMOVE_OLD)
                await driver.execute(_WRITE, connection._name)
        return connection

    async def living(self, max_wait: float) -> set[int] | None:
        """Renew the note, and return the keys of all processes that are alive; raises what the driver raises."""
        async with asyncio.timeout(max_wait), self._driver.transaction():
            if await has_notes(self._driver):
                await self._driver.execute(_WRITE, self._name)
            return await read_living(self._driver)

    async def close(self) -> None:
        """Remove the note, and close the connection; a server that does not answer is not waited for."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS), self._driver.transaction():
                await self._driver.execute(_REMOVE, self._name)
            await self._driver.close(timeout=_CLOSE_SECONDS)
        except Exception:  # noqa: BLE001 - the driver's errors have no common base; the note goes stale by itself
            self.terminate()

    def terminate(self) -> None:
        """Close it at once, without telling the server."""
        self._driver.terminate()
