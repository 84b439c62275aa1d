"""Which files a SQLite database consists of, so that nothing is written into files that are gone from their place."""

import sqlite3
from contextlib import suppress
from pathlib import Path, PurePath
from urllib.parse import quote

_Identity = tuple[int, int]

_GONE = "the database's file was deleted, moved or replaced; put it back, or a backup of it"


class FileLost(OSError):
    """The database's file, or the file with its latest changes (`-wal`), was deleted, moved or replaced."""


def file_uri(path: PurePath, mode: str) -> str:
    """Return how SQLite opens an absolute path with `mode`: `ro`, `rw` or `rwc` (https://www.sqlite.org/uri.html).

    A drive of Windows comes after a slash, and so does a share, for which `Path.as_uri` makes a host.
    """
    posix = path.as_posix()
    return f"file://{quote(posix if posix.startswith('/') else f'/{posix}')}?mode={mode}"


class FileGuard:
    """Knows the files of a database that is open. What they are by their paths is compared before each transaction.

    SQLite itself goes on with files that were deleted or moved, and what is written then is lost at the end. An open
    file's number is not given to another one, so comparing device and inode is enough.
    """

    def __init__(self, path: str, *, makes_file: bool) -> None:
        self._path = path
        self._ahead = _name_ahead(path)
        self._makes_file = makes_file
        self._files: tuple[_Identity | None, _Identity | None] | None = None
        self._version: str | None = None
        self._left: tuple[_Identity | None, _Identity | None] | None = None

    @property
    def uri(self) -> str:
        """How to open the file; it is only made if it may be, and none was open before."""
        mode = "rwc" if self._makes_file and self._files is None and self._left is None else "rw"
        return file_uri(Path(self._path), mode)

    def check(self) -> None:
        """Raise `FileLost` if the paths no longer lead to the files that are open."""
        if self._files is not None and self._look() != self._files:
            raise FileLost(_GONE)

    def check_before_opening(self) -> None:
        """Raise `FileLost` if there is no file in place of one that was lost, or the lost one's changes lie beside it.

        SQLite would write those changes into the new file.
        """
        self.check()
        self._ahead = _name_ahead(self._path)
        main, ahead = self._look()
        if main is None and (self._left is not None or not self._makes_file):
            raise FileLost(_GONE)
        if self._left is None:
            return
        stale = ahead is not None and ahead == self._left[1] and main != self._left[0]
        if stale and Path(self._ahead).stat().st_size:
            raise FileLost("beside the new file lie changes of the one before (-wal); restart without them")

    def check_version(self, connection: sqlite3.Connection) -> None:
        """Raise `FileLost` if a new file is not of the lost one's version, before anything is written into it."""
        if self._left is not None and _read_version(connection) != self._version:
            raise FileLost("the new file is no database of this version; restart to have it updated")

    def opened(self, connection: sqlite3.Connection) -> None:
        """Take note of the files that a connection has open."""
        if self._files is None:
            self._version = _read_version(connection)
            self._files, self._left = self._look(), None

    def let_go(self) -> None:
        """Take note that no connection has the lost files open any more."""
        if self._files is not None:
            self._files, self._left = None, self._files

    def _look(self) -> tuple[_Identity | None, _Identity | None]:
        return _identify(self._path), _identify(self._ahead)


def rescue(connection: sqlite3.Connection) -> None:
    """Move the latest changes into a file that was lost: if it was only moved, it is complete with them."""
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_spoilt(error: BaseException) -> bool:
    """Tell whether a connection may be no good after an error, such as one that was opened while writing was denied."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SPOILING


_SPOILING = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
}


def _name_ahead(path: str) -> str:
    """Return where SQLite keeps the latest changes: beside the file itself, whatever links lead to it."""
    return f"{Path(path).resolve()}-wal"


def _identify(path: str) -> _Identity | None:
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _read_version(connection: sqlite3.Connection) -> str | None:
    """Return the version of the tables. Reading has SQLite open the file with the latest changes, too."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])
