"""A SQLite database on Windows, as far as that can be played elsewhere: drives, locks, and files that stay while open.

None of this was tried on Windows itself.
"""

import fcntl
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

import pytest

from bot.store.addresses import urls
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.engine.sqlite_file import file_uri
from bot.store.errors import DatabaseOpenError, DatabaseUrlError
from bot.store.leases import sqlite as sqlite_lease
from bot.store.open import _check_folder, examine_store

LIVING, GONE, KILLED = "a" * 15, "b" * 15, "c" * 15


@pytest.fixture
def _windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(urls, "Path", PureWindowsPath)


@pytest.mark.usefixtures("_windows_paths")
@pytest.mark.parametrize(
    ("url", "path", "uri"),
    [
        (r"sqlite:///C:\bot\data.db", r"C:\bot\data.db", "file:///C%3A/bot/data.db?mode=rw"),
        ("sqlite:///C:/bot/data.db", r"C:\bot\data.db", "file:///C%3A/bot/data.db?mode=rw"),
        ("sqlite:////d:/bot/data.db", r"d:\bot\data.db", "file:///d%3A/bot/data.db?mode=rw"),
        (r"sqlite:///C:\Users\René\my bot\#1.db", r"C:\Users\René\my bot\#1.db", None),
        (r"sqlite:///data\switchboard.db", r"data\switchboard.db", None),
        ("sqlite:///data/switchboard.db", r"data\switchboard.db", None),
        (r"sqlite:///\\server\share\data.db", r"\\server\share\data.db", "file:////server/share/data.db?mode=rw"),
    ],
)
def test_a_file_on_a_drive(url: str, path: str, uri: str | None) -> None:
    found = parse_url(url)
    assert isinstance(found, SqliteFile)
    assert str(found) == path
    if uri is not None:
        assert file_uri(found.path, "rw") == uri


@pytest.mark.usefixtures("_windows_paths")
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///C:data.db", "needs a slash after the drive: sqlite:///C:/bot/switchboard.db"),
        ("sqlite:///C:", "needs a slash after the drive: sqlite:///C:/bot/switchboard.db"),
        ("sqlite:///C:\\", "names no file: write sqlite:///data/switchboard.db"),
        ("sqlite:///C:\\bot\\", "names no file: write sqlite:///data/switchboard.db"),
        (r"sqlite://C:\bot\data.db", "needs three slashes before the file: sqlite:///data/switchboard.db"),
        (r"C:\bot\data.db", "must begin with sqlite:///, postgresql:// or postgres://"),
        # What double quotes in .env make of C:\bot\new.db.
        (
            "sqlite:///C:\bot\new.db",
            "holds a control character, such as a line break; in a path, write / instead of \\",
        ),
    ],
)
def test_a_malformed_drive_is_said(url: str, said: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        parse_url(url)
    assert str(caught.value) == said


@pytest.mark.parametrize("url", [r"sqlite:///C:\bot\data.db", "sqlite:///c:/data.db", "sqlite:////C:/data.db"])
def test_a_drive_elsewhere_makes_no_file_of_that_name(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="names a drive, but this system is not Windows"):
        parse_url(url)


def test_a_drive_that_is_missing_is_said() -> None:
    class Missing(PureWindowsPath):
        def absolute(self) -> "Missing":
            return self

        def exists(self) -> bool:
            return False

    with pytest.raises(FileNotFoundError, match="there is no drive Z:"):
        _check_folder(SqliteFile(Missing(r"Z:\bot\data.db")))  # type: ignore[arg-type]


async def test_a_file_below_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseOpenError, match="no file can be made in"):
        await examine_store(f"sqlite:///{tmp_path / 'file' / 'data.db'}")


def _lock(file: int, mode: int, size: int) -> None:
    """Lock like `msvcrt.locking`, which raises for a file that any other handle has locked."""
    assert (mode, size) == (2, 1)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(13, "Permission denied") from None


def _is_open(path: Path) -> bool:
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if handle.readlink() == path:
                return True
    return False


@pytest.fixture
def leases(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give the module of leases as Windows' Python loads it, where a file that is open cannot be removed."""
    unlink = Path.unlink

    def unlink_unless_open(path: Path, *, missing_ok: bool = False) -> None:
        if _is_open(path):
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink_unless_open)
    spec = importlib.util.spec_from_file_location("leases_of_windows", sqlite_lease.__file__)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with (
        patch.object(sys, "platform", "win32"),
        patch.dict(sys.modules, msvcrt=SimpleNamespace(LK_NBLCK=2, locking=_lock)),
    ):
        spec.loader.exec_module(module)
        yield module


async def test_a_lease_is_a_lock_there_too(leases: ModuleType, tmp_path: Path) -> None:
    database = tmp_path / "switchboard.db"
    mine = leases.SqliteLease(database, LIVING)
    other = leases.SqliteLease(database, GONE)
    assert await mine.find_ended([LIVING, GONE, KILLED]) == [KILLED]
    assert sorted(leases.find_living(database)) == [LIVING, GONE]
    await other.close()
    assert await mine.find_ended([LIVING, GONE]) == [GONE]
    assert [each.name for each in tmp_path.iterdir()] == [f"switchboard.db.owner-{LIVING}"]
    await mine.close()
    assert list(tmp_path.iterdir()) == []


async def test_what_a_killed_process_left_is_removed_there_too(leases: ModuleType, tmp_path: Path) -> None:
    database = tmp_path / "switchboard.db"
    (tmp_path / f"switchboard.db.owner-{KILLED}").touch()
    lease = leases.SqliteLease(database, LIVING)
    assert [each.name for each in tmp_path.iterdir()] == [f"switchboard.db.owner-{LIVING}"]
    await lease.close()


async def test_a_copy_locks_the_database_there_too(leases: ModuleType, tmp_path: Path) -> None:
    database = tmp_path / "switchboard.db"
    lease = leases.SqliteLease(database, LIVING)
    assert not await lease.is_database_copied()
    lock = leases.lock_for_maintenance(database)
    assert lock is not None
    assert await lease.is_database_copied()
    assert leases.lock_for_maintenance(database) is None
    leases.unlock_after_maintenance(database, lock)
    assert not await lease.is_database_copied()
    await lease.close()
    assert list(tmp_path.iterdir()) == []


async def test_another_programs_hold_of_a_file_does_not_matter(leases: ModuleType, tmp_path: Path) -> None:
    database = tmp_path / "switchboard.db"
    lease = leases.SqliteLease(database, LIVING)
    scanner = os.open(tmp_path / f"switchboard.db.owner-{LIVING}", os.O_RDONLY)
    await lease.close()
    other = leases.SqliteLease(database, GONE)
    assert await other.find_ended([LIVING]) == [LIVING]
    os.close(scanner)
    await other.close()
