"""What a container is to the bot: it is process 1, all but a volume is read-only, and SIGTERM has to reach it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.environment import Environment
from tests.process.bot_runs import complete_settings

ROOT = Path(__file__).resolve().parents[2]

_APART = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'


def _can_be_apart() -> bool:
    try:
        return subprocess.run([*_APART, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


pytestmark = pytest.mark.skipif(not _can_be_apart(), reason="this system lets nobody have namespaces (unshare)")


def _contained(folder: Path, *arguments: str) -> list[str]:
    """Return the command of a bot that is process 1, and cannot write into the folder where it starts."""
    return [*_APART, "sh", "-c", _READ_ONLY, str(folder), sys.executable, "-m", "bot", *arguments]


def _run(folder: Path, settings: Mapping[str, str], *arguments: str) -> tuple[int, list[str]]:
    """Run that to its end; returns the exit code, and what was printed."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
    command = _contained(folder, *arguments)
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=60)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def _without_database(folder: Path) -> dict[str, str]:
    settings = complete_settings(folder)
    del settings["DATABASE_URL"]
    return settings


@pytest.mark.parametrize("has_database", [False, True])
def test_a_read_only_folder_is_said_in_one_line(has_database: bool, sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    if has_database:
        (tmp_path / "data" / "switchboard.db").write_bytes(sqlite_template.read_bytes())
    problem = f"the database data/switchboard.db cannot be opened: no file can be made in {tmp_path / 'data'}"
    code, printed = _run(tmp_path, _without_database(tmp_path))
    assert (code, len(printed)) == (1, 1)
    assert printed[0].startswith(f"DATABASE_URL: {problem}; ")
    code, printed = _run(tmp_path, _without_database(tmp_path), "check")
    assert code == 1
    assert any(line.startswith(f"Database: error. {problem}. ") for line in printed)


def test_a_backup_into_a_read_only_folder_is_said_in_one_line(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    settings = {"DATABASE_URL": f"sqlite:///{sqlite_template}"}
    code, printed = _run(tmp_path / "app", settings, "backup", "copy.db")
    assert (code, printed) == (1, ["copy.db cannot be written: Read-only file system"])


@asynccontextmanager
async def _process_1(env: Environment, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Start the bot so, and give what waits for it, and its own number once it is ready."""
    process = await asyncio.create_subprocess_exec(
        *_contained(folder),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env.bot_settings()},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while b"ready" not in await process.stdout.readline():
                continue
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield process, int(children[0])
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_process_1_stops_in_order(number: signal.Signals, env: Environment, tmp_path: Path) -> None:
    """Signals that process 1 has no handler for are dropped by the system. The database is on a volume."""
    folder = tmp_path / "app"
    folder.mkdir()
    async with _process_1(env, folder) as (process, bot):
        os.kill(bot, number)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    assert list(folder.iterdir()) == [], "nothing but the database is written"
    assert not list(env.folder.glob("*.owner-*")), "the lease was given back"
