"""The database's address: told apart and checked without opening anything."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bot.store.errors import DatabaseUrlError


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database in one file; a relative path counts from the working directory."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def mask(self, text: str) -> str:
        """Return `text` as it is: a file has no credentials."""
        return text


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A database on a PostgreSQL server. `dsn` holds the password; `name` and `str()` do not."""

    dsn: str = field(repr=False)
    name: str
    passwords: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        return self.name

    def mask(self, text: str) -> str:
        """Return `text`, such as a driver's message, with the password blotted out."""
        for password in self.passwords:
            text = text.replace(password, "***")
        return text


Address = SqliteFile | PostgresServer


def parse_url(url: str) -> Address:
    """Return what a database URL names: `sqlite:///path`, `postgresql://…` or `postgres://…`.

    After `sqlite:///` comes the path as it is, so an absolute one makes four slashes. PostgreSQL's options are libpq's
    (`?sslmode=require`, `?host=/run/postgresql`). Raises `DatabaseUrlError`; opens nothing and imports no driver.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"sqlite", "postgresql", "postgres"}:
        raise DatabaseUrlError("must begin with sqlite:///, postgresql:// or postgres://")
    if any(ord(character) < ord(" ") for character in url):
        raise DatabaseUrlError("holds a control character, such as a line break")
    if scheme == "sqlite":
        return _parse_sqlite(rest)
    return _parse_postgres(rest)


def _parse_sqlite(rest: str) -> SqliteFile:
    if not rest.startswith("/"):
        raise DatabaseUrlError("needs three slashes before the file: sqlite:///data/switchboard.db")
    path = rest[1:]
    if "?" in path:
        raise DatabaseUrlError("has options, which SQLite files do not take here: end it with the file's name")
    if path == ":memory:":
        raise DatabaseUrlError("must name a file: a database in memory would forget everything at the next start")
    if not path or path.endswith("/"):
        raise DatabaseUrlError("names no file: write sqlite:///data/switchboard.db")
    return SqliteFile(Path(path))


def _parse_postgres(rest: str) -> PostgresServer:
    dsn = f"postgresql://{rest}"
    try:
        parts = urlsplit(dsn)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        # The parser's own message repeats parts of the URL, so it is dropped, cause and all.
        parts, options = SplitResult("", "", "", "", ""), {}
    if not parts.scheme:
        raise DatabaseUrlError("is malformed: write postgresql://user:password@host:5432/database")
    login, _, hosts = parts.netloc.rpartition("@")
    if "@" in login or "@" in parts.path or parts.fragment:
        raise DatabaseUrlError("is malformed: in the password, write %40 for @, %2F for /, %3F for ? and %23 for #")
    if not hosts and not parts.path.strip("/") and not options:
        raise DatabaseUrlError("names no server: write postgresql://user:password@host:5432/database")
    _check_ports(hosts)
    socket = "".join(options.get("host", ()))
    return PostgresServer(dsn, f"postgresql://{hosts or socket}{parts.path}", _passwords(login, options))


def _check_ports(hosts: str) -> None:
    """Raise if a host's port is not one; several hosts are separated by commas, IPv6 ones are in brackets."""
    for host in hosts.split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise DatabaseUrlError("has a port that is not a number from 1 to 65535")


def _passwords(login: str, options: dict[str, list[str]]) -> tuple[str, ...]:
    """Return each spelling in which a password could turn up in a message, the longest first."""
    written = login.partition(":")[2]
    spellings = {written, unquote(written), *options.get("password", ()), *options.get("sslpassword", ())}
    return tuple(sorted(spellings - {""}, key=len, reverse=True))
