"""A real PgBouncer in transaction mode, in front of the tests' PostgreSQL: it has two sessions for everybody.

Without PgBouncer on the machine such tests are skipped, unless CI is set: then they fail.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.postgres import PASSWORD, USER, PostgresServer, find_free_port, hand_over, server_user

_START_SECONDS = 30

_SETTINGS = """
[databases]
* = host=127.0.0.1 port={server}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = {clients}
server_round_robin = 1
server_login_retry = 1
"""
"""A session is lent to whom comes next, and the one that was idle for longest: whatever must not outlive a transaction
is missed at once. A server that was away is tried again after 1 s; 15 s are usual."""


@dataclass(frozen=True)
class PgBouncer:
    """A running PgBouncer."""

    port: int

    def through(self, url: str) -> str:
        """Return the address that leads through it to the database at `url`."""
        parts = urlsplit(url)
        return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self.port}").geturl()


@contextlib.contextmanager
def run_pgbouncer(server: PostgresServer, *, sessions: int = 2, clients: int = 100) -> Iterator[PgBouncer]:
    """Yield a PgBouncer before `server`, as a user that is not root, and end it."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        reason = "PgBouncer is not installed (Debian: apt-get install pgbouncer)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="switchboard-pgbouncer-"))
    port = find_free_port()
    users, settings = folder / "users", folder / "pgbouncer.ini"
    users.write_text(f'"{USER}" "{PASSWORD}"\n')
    settings.write_text(
        _SETTINGS.format(server=server.port, port=port, users=users, sessions=sessions, clients=clients)
    )
    hand_over(folder, users, settings)
    process = subprocess.Popen([program, "--quiet", settings], user=server_user(), cwd=folder)
    try:
        _wait_for(port, process)
        yield PgBouncer(port)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pgbouncer(postgres: PostgresServer) -> Iterator[PgBouncer]:
    """Run the test process's PgBouncer."""
    with run_pgbouncer(postgres) as running:
        yield running


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
