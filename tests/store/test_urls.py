"""Database URLs: what is taken, what is refused, and that no password is ever repeated."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bot.store.addresses.urls import PostgresServer, SqliteFile, parse_url
from bot.store.errors import DatabaseUrlError


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/switchboard.db", "data/switchboard.db"),
        ("sqlite:////var/lib/switchboard.db", "/var/lib/switchboard.db"),
        ("sqlite:///with space and % and #.db", "with space and % and #.db"),
    ],
)
def test_a_file_is_named_by_its_path(url: str, path: str) -> None:
    assert parse_url(url) == SqliteFile(Path(path))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://me:secret@db.example:6543/bot", "postgresql://db.example:6543/bot"),
        ("postgres://me:secret@db.example/bot?sslmode=require", "postgresql://db.example/bot"),
        ("postgresql://me:secret@[::1]:5432/bot", "postgresql://[::1]:5432/bot"),
        ("postgresql://me:secret@one:1,two:2/bot", "postgresql://one:1,two:2/bot"),
        ("postgresql:///bot?host=/run/postgresql&user=me&password=secret", "postgresql:///run/postgresql/bot"),
        ("postgresql://db.example", "postgresql://db.example"),
    ],
)
def test_a_server_is_shown_without_its_login(url: str, name: str) -> None:
    address = parse_url(url)
    assert isinstance(address, PostgresServer)
    assert str(address) == name
    assert address.dsn.startswith("postgresql://")
    assert "secret" not in f"{address!r} {address}"


def test_the_password_is_blotted_out_of_messages_in_every_spelling() -> None:
    address = parse_url("postgresql://me:p%40ss%2Fword@host/bot?password=other")
    assert address.mask("no p@ss/word, no p%40ss%2Fword, no other") == "no ***, no ***, no ***"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data/switchboard.db",
        "mysql://me:secret@host/bot",
        "postgresql+nothing://me:secret@host/bot",
        "jdbc:postgresql://me:secret@host/bot",
        "sqlite://data/switchboard.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///data/",
        "sqlite:///:memory:",
        "sqlite:///data/x.db?mode=ro",
        "sqlite:///a\0b",
        "postgresql://",
        "postgresql:///",
        "postgresql://me:secret@host:port/bot",
        "postgresql://me:secret@host:99999/bot",
        "postgresql://me:secret@host:0/bot",
        "postgresql://me:se@cret@host/bot",
        "postgresql://me:se/cret@host/bot",
        "postgresql://me:se#cret@host/bot",
        "postgresql://me:se?cret@host/bot",
        "postgresql://me:secret@[::1/bot",
        "postgresql://me:secret@host/bot?sslmode",
        "postgresql://me:secret@host/bot\n",
        "postgresql://me:secret\udcff@host/bot",
        "sqlite:///data/secret\udc80.db",
    ],
)
def test_a_malformed_url_is_refused_in_one_line_that_repeats_nothing(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        parse_url(url)
    told = "".join(traceback.format_exception(caught.value, chain=True)).partition("DatabaseUrlError")[2]
    assert str(caught.value) in told
    assert "\n" not in str(caught.value)
    for part in ("secret", "cret", "se@", "se/", "se#", "99999"):
        assert part not in told
    assert caught.value.__context__ is None


def test_parsing_imports_no_driver() -> None:
    code = "import sys; from bot.store.addresses.urls import parse_url; parse_url('postgresql://host/bot'); parse_url('sqlite:///x');"
    drivers = "print({'asyncpg', 'sqlite3'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code + drivers], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout.strip() == "set()"
