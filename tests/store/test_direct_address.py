"""`DATABASE_DIRECT_URL`: what is wrong with it is said of it, and not of `DATABASE_URL`."""

import pytest
from pydantic import SecretStr, ValidationError

from bot.check import _database
from bot.settings import Settings
from bot.store.errors import DatabaseOpenError
from bot.store.open import open_lease, open_store
from tests.pgbouncer import PgBouncer
from tests.postgres import PASSWORD, USER, PostgresServer, find_free_port, name_database

SERVER = "postgresql://me@db.example/bot"
FILE = "sqlite:///switchboard.db"


def make_settings(database_url: str, direct_url: str | None) -> Settings:
    """Return settings with these two addresses."""
    return Settings(discord_token=SecretStr("x"), database_url=database_url, database_direct_url=direct_url)


@pytest.mark.parametrize(
    ("database_url", "direct_url", "problem"),
    [
        (SERVER, FILE, "names a SQLite file"),
        (FILE, FILE, "names a SQLite file"),
        (FILE, SERVER, "DATABASE_URL names a SQLite file"),
    ],
)
def test_a_file_needs_no_second_address(database_url: str, direct_url: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem) as caught:
        make_settings(database_url, direct_url)
    assert [error["loc"] for error in caught.value.errors()] == [("database_direct_url",)]


def test_two_addresses_of_servers_are_taken_and_a_wrong_first_one_is_named_alone() -> None:
    assert make_settings(SERVER, SERVER).database_direct_url == SERVER
    with pytest.raises(ValidationError) as caught:
        make_settings("mysql://db.example/bot", SERVER)
    assert [error["loc"] for error in caught.value.errors()] == [("database_url",)]


async def refuse(url: str, direct_url: str) -> DatabaseOpenError:
    """Return how a start is refused, in words that hold no password and are the same in `check`."""
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_lease(url, "a" * 15, direct_url=direct_url, max_wait=5):
            pass
    found, _ = await _database(make_settings(url, direct_url))
    assert str(caught.value) in found.sentence
    assert f"`{caught.value.setting}`" in found.remedy
    assert PASSWORD not in str(found) + str(caught.value)
    return caught.value


@pytest.mark.parametrize("wrong", ["port", "password", "user", "database"])
async def test_an_address_that_leads_nowhere(pgbouncer: PgBouncer, postgres_url: str, wrong: str) -> None:
    async with open_store(postgres_url):
        pass
    parts = {"port": postgres_url.rpartition(":")[2].partition("/")[0], "password": PASSWORD, "user": USER}
    part = parts.get(wrong, name_database(postgres_url))
    direct = postgres_url.replace(part, str(find_free_port()) if wrong == "port" else "mistaken")
    assert (await refuse(pgbouncer.through(postgres_url), direct)).setting == "DATABASE_DIRECT_URL"


@pytest.mark.parametrize("is_pooled", [True, False])
@pytest.mark.parametrize("is_empty", [True, False])
async def test_an_address_of_another_database(
    pgbouncer: PgBouncer, postgres: PostgresServer, postgres_url: str, is_pooled: bool, is_empty: bool
) -> None:
    other = postgres.create_database()
    for url in (postgres_url,) if is_empty else (postgres_url, other):
        async with open_store(url):
            pass
    error = await refuse(pgbouncer.through(postgres_url) if is_pooled else postgres_url, other)
    assert error.setting == "DATABASE_DIRECT_URL"
    assert error.reason == "it is not the one that DATABASE_URL leads to"


async def test_the_right_address_is_taken_before_and_after_the_first_start(
    pgbouncer: PgBouncer, postgres_url: str
) -> None:
    for _ in range(2):
        for direct in (postgres_url, pgbouncer.through(postgres_url)):
            async with open_lease(pgbouncer.through(postgres_url), "a" * 15, direct_url=direct) as lease:
                assert lease.is_proxied is (direct != postgres_url)
        async with open_store(postgres_url):
            pass


async def test_a_first_address_that_leads_nowhere_is_named_itself(postgres_url: str) -> None:
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_lease(postgres_url.replace(PASSWORD, "wrong"), "a" * 15, direct_url=postgres_url):
            pass
    assert caught.value.setting == "DATABASE_URL"
