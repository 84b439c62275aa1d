"""The database's address: told apart and checked without opening anything."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.store.addresses.postgres_urls import SCHEME, PostgresServer, parse_postgres
from bot.store.errors import DatabaseUrlError

__all__ = ["Address", "PostgresServer", "SqliteFile", "parse_url"]


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database in one file; a relative path counts from the working directory."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def mask(self, text: str) -> str:
        """Return `text` as it is: a file has no credentials."""
        return text


Address = SqliteFile | PostgresServer


def parse_url(url: str) -> Address:
    r"""Return what a database URL names: `sqlite:///path`, `postgresql://…` or `postgres://…`.

    After `sqlite:///` comes the path as it is, so an absolute one makes four slashes, but for one that begins with a
    drive of Windows (`sqlite:///C:\bot\data.db`), where a fourth slash does not count. PostgreSQL's options are libpq's
    (`?sslmode=require`, `?host=/run/postgresql`), and its scheme may name a driver, which is not used
    (`postgresql+asyncpg://`). Raises `DatabaseUrlError`; opens nothing and imports no driver.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or (scheme != "sqlite" and not SCHEME.fullmatch(scheme)):
        raise DatabaseUrlError("must begin with sqlite:///, postgresql:// or postgres://")
    if any(ord(character) < ord(" ") for character in url):
        raise DatabaseUrlError("holds a control character, such as a line break; in a path, write / instead of \\")
    if re.search("[\ud800-\udfff]", url):  # what Python makes of them
        raise DatabaseUrlError("holds bytes that are not UTF-8, and so no text: write it again")
    if scheme == "sqlite":
        return _parse_sqlite(rest)
    return parse_postgres(rest)


def _parse_sqlite(rest: str) -> SqliteFile:
    if not rest.startswith("/"):
        raise DatabaseUrlError("needs three slashes before the file: sqlite:///data/switchboard.db")
    path = rest[1:]
    if "?" in path:
        raise DatabaseUrlError("has options, which SQLite files do not take here: end it with the file's name")
    if path == ":memory:":
        raise DatabaseUrlError("must name a file: a database in memory would forget everything at the next start")
    drive = re.match(r"/?([A-Za-z]:)(.?)", path)
    if drive and os.name != "nt":
        raise DatabaseUrlError("names a drive, but this system is not Windows: write sqlite:///data/switchboard.db")
    if drive and drive[2] not in ("/", "\\"):
        raise DatabaseUrlError(f"needs a slash after the drive: sqlite:///{drive[1]}/bot/switchboard.db")
    if not path or path.endswith(("/", "\\")):
        raise DatabaseUrlError("names no file: write sqlite:///data/switchboard.db")
    path = path[drive.start(1) :] if drive else path
    return SqliteFile(Path(path))
