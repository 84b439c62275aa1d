"""PostgreSQL's addresses: what libpq and hosts' control panels write, told apart for a driver that knows less of it.

Options are those of libpq (PostgreSQL's documentation, "Parameter Key Words"), and a few that hosts add for other
programs. docs/postgresql.md says of each whether it is followed. What is not known here is a setting of the server's,
which refuses it by name if it is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode

from bot.store.errors import DatabaseUrlError

_EXAMPLE = "write postgresql://user:password@host:5432/database"
_ESCAPES = "is malformed: in the password, write %40 for @, %2F for /, %3F for ? and %23 for #"
_MALFORMED = f"is malformed: {_EXAMPLE}"

SCHEME = re.compile(r"postgres(?:ql)?(?:\+(?:asyncpg|psycopg|psycopg2|pg8000))?")
"""How an address begins; after a plus, SQLAlchemy's addresses name a driver, for which the bot has its own."""

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_ON, _OFF = ("true", "1", "on", "yes"), ("false", "0", "off", "no")
_SSL_OF_OTHERS = {**dict.fromkeys((*_ON, "no-verify"), "require"), **dict.fromkeys(_OFF, "disable")}
"""`ssl=true` and the like, of Node's and Java's drivers; "no-verify" encrypts without looking at the certificate."""

_SESSION_ATTRIBUTES = ("any", "read-write", "primary")
"""Those of libpq's `target_session_attrs` with which the bot can store something."""

_READ_HERE = {
    *(
        "host",
        "hostaddr",
        "port",
        "dbname",
        "database",
        "connect_timeout",
        "target_session_attrs",
        "gssencmode",
        "replication",
    ),
    *("sslmode", "ssl", "tls", "requiressl", "sslrootcert", "connection_limit", "pgbouncer", "schema"),
}
"""What becomes of these is decided here. Every other option that is not ignored is handed on to the driver, which
follows what it knows (`user`, `sslcert`, `sslnegotiation` and more) and hands on the rest to the server."""

_IGNORED = {
    # libpq's: the bot has time limits of its own, always writes UTF-8, and its driver has neither channel binding nor
    # encryption by GSSAPI.
    *("channel_binding", "client_encoding", "fallback_application_name", "gssdelegation"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    *("load_balance_hosts", "max_protocol_version", "min_protocol_version", "require_auth", "requirepeer"),
    *("sslcertmode", "sslcompression", "sslcrldir", "sslkeylogfile", "sslsni"),
    # Other programs' and hosts'.
    *("command_timeout", "max_overflow", "pool", "pool_size", "pool_timeout", "socket_timeout", "sslaccept"),
    *("prepared_statement_cache_size", "prepared_statements", "preparethreshold", "statement_cache_size"),
    *("supa", "uselibpqcompat", "workaround"),
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A database on a PostgreSQL server. `dsn` holds the password; `name` and `str()` do not."""

    dsn: str = field(repr=False)
    """What asyncpg is given for everything but the hosts."""
    name: str
    passwords: tuple[str, ...] = field(repr=False)
    hosts: tuple[tuple[str, int | None], ...] = ()
    """Names, addresses or folders of sockets, with their ports; none: what the driver finds in the environment."""
    connect_timeout: float | None = None
    """Seconds to connect to one host, None if that is not set."""
    session_attributes: str | None = None
    """Which of the hosts will do: `target_session_attrs`."""
    max_connections: int | None = None
    """How many connections the operator grants one process, None if that is not set."""
    trusts_system: bool = False
    """Whether the server's certificate is held against those that the system trusts."""
    is_pooled: bool = False
    """Whether it leads through a proxy that gives each transaction another session, such as PgBouncer's.

    Nothing may outlive a transaction there: no prepared statement, no lock, no setting.
    """

    def __str__(self) -> str:
        return self.name

    def mask(self, text: str) -> str:
        """Return `text`, such as a driver's message, with the password blotted out."""
        for password in self.passwords:
            text = text.replace(password, "***")
        return text


def parse_postgres(rest: str) -> PostgresServer:
    """Return what an address means of which `rest` comes after the `://`; raises `DatabaseUrlError`."""
    location, _, query = rest.partition("?")
    if "#" in rest:
        raise DatabaseUrlError(_ESCAPES)
    if "\0" in unquote(rest):
        raise DatabaseUrlError("holds a character that PostgreSQL does not know (%00)")
    authority, _, database = location.partition("/")
    login, _, hosts = authority.rpartition("@")
    user, _, password = login.partition(":")
    # A user name may hold an @, such as Azure's me@server: nothing else is meant by it.
    if "@" in password or "@" in database:
        raise DatabaseUrlError(_ESCAPES)
    options = _parse_options(query, may_be_password=not login)
    if not hosts and not database and not options:
        raise DatabaseUrlError(f"names no server: {_EXAMPLE}")
    _check_options(options)
    ssl, trusts_system = _read_ssl(options)
    logins = {name: unquote(value) for name, value in (("user", user), ("password", password)) if value}
    kept = {name: value for name, value in options.items() if name not in _READ_HERE | _IGNORED} | logins | ssl
    database = unquote(database) or options.get("dbname", "") or options.get("database", "")
    named = _parse_hosts(hosts, options.get("host") or options.get("hostaddr", ""), options.get("port", ""))
    shown = hosts or ",".join(host for host, _ in named)
    return PostgresServer(
        dsn=f"postgresql:///{quote(database, safe='')}?{urlencode(kept, quote_via=quote)}".removesuffix("?"),
        name=f"postgresql://{shown}{'/' if database and not database.startswith('/') else ''}{database}",
        passwords=_spell(password, options),
        hosts=named,
        connect_timeout=_read_number(options, "connect_timeout"),
        session_attributes=options.get("target_session_attrs"),
        max_connections=_read_number(options, "connection_limit"),
        trusts_system=trusts_system,
        is_pooled=options.get("pgbouncer", "").lower() in ("true", "1", "on", "yes"),
    )


def _parse_options(query: str, *, may_be_password: bool) -> dict[str, str]:
    """Return the options that are set, each under its name in small letters; the last of one name counts."""
    pairs = [option.partition("=") for option in query.split("&") if option]
    # Not with `urllib.parse`, for which a plus is a space.
    options = {unquote(name).lower(): unquote(value) for name, _, value in pairs}
    # Without a login, an @ shows that a question mark is part of a password.
    if "@" in query and may_be_password and "user" not in options:
        raise DatabaseUrlError(_ESCAPES)
    if not all(name and equals for name, equals, _ in pairs):
        raise DatabaseUrlError(_MALFORMED)
    return {name: value for name, value in options.items() if value}


def _parse_hosts(written: str, in_options: str, ports: str) -> tuple[tuple[str, int | None], ...]:
    """Return the hosts, several of which are separated by commas; IPv6 ones are in brackets."""
    if written:
        found = [_parse_host(host) for host in written.split(",")]
    else:
        found = [(host.strip("[]"), None) for host in in_options.split(",") if host]
    if not ports:
        return tuple(found)
    numbers = [_parse_port(port) for port in ports.split(",")]
    if len(numbers) == 1:
        numbers *= len(found)
    if len(numbers) != len(found):
        raise DatabaseUrlError("has another number of ports than of hosts")
    return tuple((host, own or number) for (host, own), number in zip(found, numbers, strict=True))


def _parse_host(host: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.%\w]+)\](?::(.*))?", host)
    name, _, port = host.partition(":")
    if bracketed:
        name, port = bracketed[1], bracketed[2] or ""
    elif not name or "[" in host or "]" in host:
        raise DatabaseUrlError(_MALFORMED)
    return unquote(name), _parse_port(port)


def _parse_port(port: str) -> int | None:
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise DatabaseUrlError("has a port that is not a number from 1 to 65535")
    return int(port) if port else None


def _check_options(options: Mapping[str, str]) -> None:
    """Raise for what cannot be followed and must not be ignored."""
    if options.get("gssencmode") == "require":
        raise DatabaseUrlError("has gssencmode=require, which the bot cannot do: use sslmode=require")
    if options.get("replication", "false").lower() not in _OFF:
        raise DatabaseUrlError("has replication, which is not for programs that store something: remove it")
    attributes = options.get("target_session_attrs", "any")
    if attributes not in _SESSION_ATTRIBUTES:
        raise DatabaseUrlError(f"has a target_session_attrs that is none of {', '.join(_SESSION_ATTRIBUTES)}")
    if options.get("schema", "public") != "public":
        raise DatabaseUrlError("has a schema: write options=-csearch_path%3D and its name instead")


def _read_ssl(options: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the options about TLS for the driver, and whether to trust what the system trusts.

    libpq asks for a file of authorities to verify anything. Hosts have certificates of authorities that every system
    knows, so that without such a file these are trusted.
    """
    mode = options.get("sslmode") or options.get("ssl") or options.get("tls") or ""
    mode = _SSL_OF_OTHERS.get(mode.lower(), mode.lower())
    if not mode and options.get("requiressl") == "1":
        mode = "require"
    if mode and mode not in _SSL_MODES:
        raise DatabaseUrlError(f"has an sslmode that is none of {', '.join(_SSL_MODES)}")
    authorities = options.get("sslrootcert", "")
    if authorities == "system":
        if mode and mode != "verify-full":
            raise DatabaseUrlError("has sslrootcert=system, which needs sslmode=verify-full")
        return {"sslmode": "verify-full"}, True
    if mode in ("verify-ca", "verify-full") and not authorities:
        return {"sslmode": "verify-full"}, True
    return {name: value for name, value in (("sslmode", mode), ("sslrootcert", authorities)) if value}, False


def _read_number(options: Mapping[str, str], name: str) -> int | None:
    """Return an option that is a whole number, None if it is missing or less than 1."""
    written = options.get(name, "0").strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", written):
        raise DatabaseUrlError(f"has a {name} that is not a whole number")
    return int(written) if int(written) > 0 else None


def _spell(written: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """Return each spelling in which a password could turn up in a message, the longest first."""
    secrets = {written, unquote(written), *(options.get(name, "") for name in ("password", "sslpassword"))}
    spellings = secrets | {quote(secret, safe="") for secret in secrets}
    return tuple(sorted(spellings - {""}, key=len, reverse=True))
