"""SQLite: a lease is a locked file beside the database. The system gives the lock back when the process ends.

The file, `<database>.owner-<id>`, is empty. It is removed at the end, or by the next process if there is no end.
"""

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from bot.domain.leases import OWNER_ID, Lease

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        """Lock an open file; returns False if another process has it locked."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: int) -> bool:
        """Lock an open file; returns False if somebody else has it locked.

        Not a lock by `fcntl.lockf`: closing any handle of the file would give that back.
        """
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class SqliteLease(Lease):
    """Implements `Lease`. Raises `OSError` if the file cannot be made or locked."""

    is_proxied = False

    def __init__(self, database: Path, owner: str) -> None:
        # By one name, whatever links lead to it: SQLite's own files are beside the database itself, too.
        self._database = database.resolve()
        self._remove_leftovers()
        self._path = self._path_of(owner)
        self._file = _make_locked(self._path)

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        """Return those of `owners` whose file is gone, or not locked."""
        return [owner for owner in owners if not OWNER_ID.fullmatch(owner) or _remove_if_ended(self._path_of(owner))]

    def is_alone(self) -> bool:
        """Tell whether there is no file of another process."""
        prefix = self._path_of("").name
        try:
            names = [path.name for path in self._database.parent.iterdir()]
        except OSError:
            return False
        return not any(name.startswith(prefix) and name != self._path.name for name in names)

    async def is_database_copied(self) -> bool:
        """Tell whether a copy holds its own lock."""
        return not _remove_if_ended(_maintenance_path(self._database))

    async def close(self) -> None:
        """Remove the file, and give the lock back."""
        _remove_and_close(self._path, self._file)

    def _path_of(self, owner: str) -> Path:
        return self._database.with_name(f"{self._database.name}.owner-{owner}")

    def _remove_leftovers(self) -> None:
        """Remove the files of processes that were killed."""
        prefix = self._path_of("").name
        for path in self._database.parent.iterdir():
            if path.name.startswith(prefix) and OWNER_ID.fullmatch(path.name.removeprefix(prefix)):
                _remove_if_ended(path)


def lock_for_maintenance(database: Path) -> int | None:
    """Lock the database for a copy, so that no bot starts; returns None if another process has done so."""
    return _try_make_locked(_maintenance_path(database.resolve()))


def is_locked_for_maintenance(database: Path, lock: int) -> bool:
    """Tell whether the locked file still has its name, without which others lock another one."""
    try:
        return os.path.samestat(os.fstat(lock), _maintenance_path(database.resolve()).stat())
    except FileNotFoundError:
        return False


def unlock_after_maintenance(database: Path, lock: int) -> None:
    """Let bots start again."""
    _remove_and_close(_maintenance_path(database.resolve()), lock)


def find_living(database: Path) -> list[str]:
    """Return the ids of the processes that hold a lease."""
    database = database.resolve()
    prefix = f"{database.name}.owner-"
    found = [path for path in database.parent.iterdir() if path.name.startswith(prefix)]
    owners = {path: path.name.removeprefix(prefix) for path in found}
    return [owner for path, owner in owners.items() if OWNER_ID.fullmatch(owner) and not _remove_if_ended(path)]


def _maintenance_path(database: Path) -> Path:
    return database.with_name(f"{database.name}.maintenance")


def _make_locked(path: Path) -> int:
    """Make a file and lock it; returns its handle."""
    while (file := _try_make_locked(path)) is None:
        continue
    return file


def _try_make_locked(path: Path) -> int | None:
    """Make a file and lock it; returns its handle, None if another process has it locked."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            is_locked = _lock(file)
            # Another process may take it for a leftover before it is locked, and remove it.
            if is_locked and path.exists() and os.path.samestat(os.fstat(file), path.stat()):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        if not is_locked:
            return None


def _remove_if_ended(path: Path) -> bool:
    """Tell whether nobody holds a lease; what is left of it is removed."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # such as the file of another user's process
    try:
        is_locked = _lock(file)
    except OSError:
        is_locked = False  # such as a network's file system that is away
    if not is_locked:
        os.close(file)
        return False
    return _remove_and_close(path, file)


def _remove_and_close(path: Path, file: int) -> bool:
    """Remove a file that is locked, and close it; returns False if the file system does not let go of it.

    While it is locked, since a process that locks it next then finds that it is no longer the file of that name. On
    Windows once more after that: it keeps a file that anybody has open, this process included.
    """
    try:
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
    except OSError:
        return False
    finally:
        os.close(file)
    if sys.platform == "win32":
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
    return True
