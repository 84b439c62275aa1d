"""Two PostgreSQL servers, one of which takes over from the other: an address leads first to one, then to the other.

Nothing is replicated: what is stored on one is not on the other.
"""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from bot.store.open import open_store
from tests.fakes.relay import Relay
from tests.postgres import PostgresServer, name_database, run_postgres

_DEADLINE_SECONDS = 30


def set_read_only(server: PostgresServer, read_only: bool) -> None:
    """Have a server refuse, or take, everything that writes; return when each of its sessions does.

    A reload comes to the server's sessions by way of its first process, which tells them before it starts a new one:
    if a new session knows, so do the old ones.
    """
    state = "on" if read_only else "off"
    server.execute(f"ALTER SYSTEM SET default_transaction_read_only = {state}", "SELECT pg_reload_conf()")
    until = time.monotonic() + _DEADLINE_SECONDS
    while server.execute("SHOW default_transaction_read_only") != state:
        assert time.monotonic() < until, "the server does not take over its settings"


@pytest.fixture(scope="module")
def successor() -> Iterator[PostgresServer]:
    """Run a second server, to which a name can lead."""
    with run_postgres() as server:
        yield server


@dataclass
class Cluster:
    """Two servers, one of which `relay` leads to, with a database of the same name on each."""

    old: PostgresServer
    new: PostgresServer
    relay: Relay
    url: str

    @property
    def database(self) -> str:
        return name_database(self.url)

    def sessions(self, server: PostgresServer) -> int:
        """Return how many sessions a server has for the bot."""
        found = server.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self.database}'")
        return int(found)

    def stored(self, server: PostgresServer) -> int:
        """Return how many turns are stored on a server."""
        return int(server.execute("SELECT count(*) FROM turns", database=self.database))

    def locks(self, server: PostgresServer) -> str:
        """Return how many advisory locks there are in a server's database."""
        return server.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            f" WHERE locktype = 'advisory' AND datname = '{self.database}'"
        )


@pytest.fixture
async def cluster(postgres: PostgresServer, postgres_url: str, successor: PostgresServer) -> AsyncIterator[Cluster]:
    """Give two servers, the first of which the address leads to."""
    name = name_database(postgres_url)
    successor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    parts = urlsplit(postgres_url)
    for server in (postgres, successor):
        async with open_store(
            parts._replace(netloc=parts.netloc.replace(str(postgres.port), str(server.port))).geturl()
        ):
            pass
    async with Relay.to(postgres.port) as relay:
        url = parts._replace(netloc=parts.netloc.replace(str(postgres.port), str(relay.port))).geturl()
        try:
            yield Cluster(postgres, successor, relay, url)
        finally:
            for server in (postgres, successor):
                set_read_only(server, False)
