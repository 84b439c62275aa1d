"""docs/postgresql.md says of each option what the code does with it, and shows the addresses of the tests."""

import re
from pathlib import Path

import pytest

from bot.store import open as store_open
from bot.store.addresses import postgres_urls
from bot.store.addresses.urls import parse_url
from bot.store.engine import CONNECTIONS
from bot.store.engine.postgres import MAX_AGE_SECONDS, PATIENCE_SECONDS
from bot.store.errors import DatabaseUrlError
from tests.store.test_postgres_urls import HOSTS, SECRET, by_driver, read

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "postgresql.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    part = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    return [re.split(r" \| ", line.strip("| ")) for line in re.findall(r"^\| .*", part, re.MULTILINE)][2:]


def options(heading: str) -> set[str]:
    """Return the options in the first column of a table."""
    return {name for row in rows(heading) for name in re.findall(r"`(\w+)`", row[0])}


FOLLOWED, IGNORED = options("Options that are followed"), options("Options that are ignored")
DRIVERS = FOLLOWED - postgres_urls._READ_HERE
VALUES = {
    "sslnegotiation": "postgres",
    "ssl_min_protocol_version": "TLSv1.2",
    "ssl_max_protocol_version": "TLSv1.3",
    "gsslib": "gssapi",
}


def test_each_option_that_the_code_names_is_on_the_page() -> None:
    assert postgres_urls._READ_HERE < FOLLOWED
    assert postgres_urls._IGNORED == IGNORED


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_what_is_left_to_the_driver_is_known_to_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = tmp_path / "services"
    services.write_text("[something]\ndbname=bot\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    address = read(f"postgresql://host/bot?sslmode=disable&{name}={VALUES.get(name, 'something')}")
    assert not by_driver(address).server_settings
    assert address.dsn != read("postgresql://host/bot?sslmode=disable").dsn


@pytest.mark.parametrize("name", sorted(IGNORED))
def test_what_is_ignored_changes_nothing(name: str) -> None:
    assert read(f"postgresql://me@host/bot?{name}=1") == read("postgresql://me@host/bot")


def test_the_addresses_on_the_page_are_those_of_the_tests() -> None:
    shown = {row[0]: row[1].strip("`") for row in rows("Hosts")}
    sql = shown.pop("Google Cloud SQL")
    assert shown == {name: url.replace(SECRET, "PASSWORD") for name, (url, *_) in HOSTS.items()}
    assert [host for host, _ in read(sql).hosts] == ["/cloudsql/project:europe-west1:db"]


def test_modes_and_attributes_on_the_page_are_those_that_are_taken() -> None:
    said = {row[0]: set(re.findall(r"`([a-z-]+)`", row[1])) for row in rows("Options that are followed")}
    assert set(postgres_urls._SSL_MODES) == said["`sslmode`"] - {"sslrootcert"}
    assert set(postgres_urls._SESSION_ATTRIBUTES) == said["`target_session_attrs`"]


@pytest.mark.parametrize("option", ["gssencmode=require", "replication=database", "schema=bot"])
def test_what_the_page_calls_refused_is(option: str) -> None:
    (said,) = [row[1] for row in rows("Options that are followed") if option.partition("=")[0] in row[0]]
    assert "refused" in said or "only" in said
    with pytest.raises(DatabaseUrlError, match=option.partition("=")[0]):
        parse_url(f"postgresql://me@host/bot?{option}")


def test_the_numbers_on_the_page() -> None:
    text = " ".join(PAGE.split())
    assert f"waits for {store_open.MAX_WAIT_SECONDS:g} s at most, shared" in text
    assert f"each call ends after {store_open.MAX_WAIT_SECONDS:g} s" in text
    assert f"up to {CONNECTIONS} connections for its work" in text
    assert f"overlap at a deploy need {2 * (CONNECTIONS + 2)}" in text
    assert f"longer than {MAX_AGE_SECONDS / 60:g} min" in text
    assert f"waits for up to {PATIENCE_SECONDS:g} s, then refuses" in text
    assert f"at a start for up to {store_open._READY_SECONDS:g} s" in text
