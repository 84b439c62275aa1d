"""A real PostgreSQL for the tests: one throw-away server per test process, one fresh database per test.

A test, or a fixture, asks for `postgres_url`, or for `postgres` to do something to the server itself.
Without PostgreSQL on the machine such tests are skipped, unless CI is set: then they fail.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

USER = "switchboard"
PASSWORD = "not-to-be-seen"
_START_SECONDS = 30
_ATTEMPTS = 3

_REJECTS = 1
"""What pg_isready exits with if the server rejects connections, "for example during startup" (its documentation)."""


@dataclass
class PostgresServer:
    """A running server on a loopback port of its own; its data is not meant to survive anything."""

    programs: Path
    folder: Path
    port: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _left: list[str] = field(default_factory=list)
    """Databases that nobody needs any more; they go with the next call, since each call is a process."""

    def initialise(self) -> None:
        """Make an empty cluster that only lets `USER` in, by password."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        hand_over(self.folder, password)
        login = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password}"]
        options = ["--no-sync", "--encoding=UTF8", "--locale=C", "-D", str(self._data)]
        self._call("initdb", *login, *options, user=server_user())

    def start(self) -> None:
        """Start on a free port, the same one after a stop; returns once connections are taken."""
        self._start("-w")

    def start_as_standby(self) -> None:
        """Start as one that says it is starting up (57P03) until it is promoted; returns once it does."""
        signal = self._data / "standby.signal"
        signal.touch()
        hand_over(signal)
        self._start("-W", "-c hot_standby=off")
        until = time.monotonic() + _START_SECONDS
        while self._is_ready() != _REJECTS:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.02)

    def promote(self) -> None:
        """Have the standby take connections; does nothing if it does."""
        if self._is_ready() == _REJECTS:
            self._control("promote", "-w")

    def _start(self, waits: str, more_options: str = "") -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            port = self.port or find_free_port()
            options = (
                f"-F -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=60"
                f" {more_options}"
            )
            try:
                self._control("start", waits, "-l", str(self.folder / "log"), "-o", options)
            except subprocess.CalledProcessError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                self.port = port
                return

    def stop(self) -> None:
        """Stop at once, breaking every connection."""
        self._control("stop", "-w", "-m", "immediate")

    def freeze(self) -> None:
        """Have it do nothing at all, as on a host that hangs; `thaw` ends that."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the first process, and then those that it has started by then; one of them may just have ended."""
        first = (self._data / "postmaster.pid").read_text().split()[0]
        os.kill(int(first), number)
        for process in Path(f"/proc/{first}/task/{first}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), number)

    def create_database(self) -> str:
        """Make a new, empty database and return its URL."""
        name = f"test_{next(self._numbers)}"
        drops = [f"DROP DATABASE IF EXISTS {left} WITH (FORCE)" for left in self._left]
        self._left.clear()
        self.execute(*drops, f"CREATE DATABASE {name}")
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def make_guest(self, url: str, *, limit: int = -1) -> str:
        """Give a database to a user who may have only so many connections; return the URL for that user."""
        name = name_database(url)
        self.execute(f"CREATE ROLE guest_{name} LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT {limit}")
        self.execute(f"ALTER DATABASE {name} OWNER TO guest_{name}")
        return url.replace(f"//{USER}:", f"//guest_{name}:")

    def leave_database(self, url: str) -> None:
        """Have a database dropped before the next one is made, and whatever is still connected to it."""
        self._left.append(name_database(url))

    def execute(self, *statements: str, database: str = "postgres") -> str:
        """Run statements one after the other, as a person at a terminal would; return what they print, unadorned."""
        server = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        commands = [word for statement in statements for word in ("-c", statement)]
        return self._call("psql", *server, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", *commands)

    def _call(self, program: str, *arguments: str, user: str | None = None) -> str:
        finished = subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_START_SECONDS * 2,
            user=user,
            cwd=self.folder,
            env={**os.environ, "PGPASSWORD": PASSWORD},
        )
        return finished.stdout.strip()

    def _is_ready(self) -> int:
        """Return pg_isready's exit code."""
        server = ["-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(
            [self.programs / "pg_isready", "-q", *server], check=False, timeout=_START_SECONDS
        ).returncode

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _control(self, verb: str, *arguments: str) -> None:
        # Its output goes nowhere: the server would inherit a pipe, and reading it to the end would never end.
        subprocess.run(
            [self.programs / "pg_ctl", verb, *arguments, "-t", str(_START_SECONDS), "-D", self._data],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_START_SECONDS * 2,
            user=server_user(),
            cwd=self.folder,
        )


@contextlib.contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Yield a running server, and leave nothing of it behind."""
    programs = find_programs()
    if programs is None:
        reason = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Not in pytest's own folder: PostgreSQL's user may not enter that one.
    folder = Path(tempfile.mkdtemp(prefix="switchboard-postgres-"))
    server = PostgresServer(programs, folder)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run the test process's server."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Give the URL of an empty database that is this test's alone."""
    url = postgres.create_database()
    yield url
    postgres.leave_database(url)


def name_database(url: str) -> str:
    """Return the name of the database at a URL."""
    return url.rpartition("/")[2]


def find_programs() -> Path | None:
    """Return the folder with the newest version's programs: Debian's, or wherever the path leads."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    elsewhere = shutil.which("initdb")
    folders = [*reversed(debian), *([Path(elsewhere).resolve().parent] if elsewhere else [])]
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "psql").exists()), None)


def server_user() -> str | None:
    """Return the user to run the server as, None for the present one: it refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None


def hand_over(*paths: Path) -> None:
    """Give files to the user that the server runs as."""
    owner = server_user()
    if owner is not None:
        entry = pwd.getpwnam(owner)
        for path in paths:
            os.chown(path, entry.pw_uid, entry.pw_gid)


def find_free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
