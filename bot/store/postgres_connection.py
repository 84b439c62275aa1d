"""Connecting to PostgreSQL: one host after the other, as an address says, to a server that does what the bot needs."""

import ssl
from functools import cache
from typing import Any

import asyncpg

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.errors import NOT_READY


class UnsupportedServer(Exception):
    """The server speaks PostgreSQL's protocol, and is something else."""


async def connect(address: PostgresServer, *, max_wait: float, **options: Any) -> Any:  # noqa: ANN401 - asyncpg has no types
    """Return a connection to the first host that takes it; raises what the driver or the system raises for the last.

    `max_wait` bounds it in seconds, and each host has its share of that. Of several hosts, only one that can be written
    to will do, unless the address says otherwise. `options` are further ones of `asyncpg.connect`.
    """
    hosts = address.hosts or ((None, None),)
    share = max_wait / len(hosts)
    attributes = address.session_attributes or ("any" if len(hosts) == 1 else "read-write")
    last_error: Exception | None = None
    for host, port in hosts:
        try:
            connection: Any = await asyncpg.connect(
                address.dsn,
                host=host,
                port=port,
                timeout=min(share, address.connect_timeout or share),
                ssl=_trusting_system() if address.trusts_system else None,
                target_session_attrs=attributes,
                **options,
            )
        except (OSError, asyncpg.TargetServerAttributeNotMatched) as error:
            last_error = _name_missing_file(error, host)
        except asyncpg.PostgresError as error:
            if error.sqlstate not in NOT_READY:
                raise
            last_error = error
        else:
            _refuse_others(connection)
            return connection
    assert last_error is not None, "there is at least one host"
    raise last_error


async def has_proxy(connection: Any) -> bool:  # noqa: ANN401 - likewise
    """Tell whether a driver's connection leads to a proxy, which has made up a process id for it.

    Which transaction gets which of the server's sessions is up to the proxy, then.
    """
    async with connection.transaction():
        return bool(await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid())


@cache
def _trusting_system() -> ssl.SSLContext:
    """Return what holds a server's certificate against those that the system trusts; made once, which takes 20 ms."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["postgresql"])
    return context


def _name_missing_file(error: Exception, host: str | None) -> Exception:
    """Return the error; the one for a missing socket or certificate says nothing of what is missing."""
    if isinstance(error, FileNotFoundError) and error.filename is None:
        if host is not None and host.startswith("/"):
            return FileNotFoundError(f"no server has a socket in {host}")
        return FileNotFoundError("a file that sslrootcert, sslcert or sslkey names is not there")
    return error


def _refuse_others(connection: Any) -> None:  # noqa: ANN401 - likewise
    if getattr(connection.get_settings(), "crdb_version", None) is not None:
        connection.terminate()
        raise UnsupportedServer("it is CockroachDB, whose locks do not tell which process is alive")
