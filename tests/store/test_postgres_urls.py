"""PostgreSQL's addresses as hosts and other programs write them: what the bot makes of each part and each option."""

import ssl
from typing import Any

import pytest
from asyncpg.connect_utils import _parse_connect_dsn_and_args

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.addresses.urls import parse_url
from bot.store.errors import DatabaseUrlError

SECRET = "npg_s3cret"

# Name: address, host, port, user, database, sslmode, settings that the server gets
HOSTS: dict[str, tuple[str, str, int, str, str, str, dict[str, str]]] = {
    "Neon": (
        (
            f"postgresql://neondb_owner:{SECRET}@ep-cool-rain-123.eu-central-1.aws.neon.tech/neondb"
            "?sslmode=require&channel_binding=require"
        ),
        *("ep-cool-rain-123.eu-central-1.aws.neon.tech", 5432, "neondb_owner", "neondb", "require", {}),
    ),
    "Neon, for clients without SNI": (
        (
            f"postgres://me:{SECRET}@ep-cool-rain-123.eu-central-1.aws.neon.tech/neondb"
            "?sslmode=require&options=endpoint%3Dep-cool-rain-123"
        ),
        *("ep-cool-rain-123.eu-central-1.aws.neon.tech", 5432, "me", "neondb", "require"),
        {"options": "endpoint=ep-cool-rain-123"},
    ),
    "Supabase": (
        f"postgresql://postgres:[{SECRET}]@db.abcdefghijklmnop.supabase.co:5432/postgres",
        *("db.abcdefghijklmnop.supabase.co", 5432, "postgres", "postgres", "prefer", {}),
    ),
    "Supabase's pooler": (
        (
            f"postgres://postgres.abcdefghijklmnop:{SECRET}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
            "?pgbouncer=true&connection_limit=1"
        ),
        *("aws-0-eu-central-1.pooler.supabase.com", 6543, "postgres.abcdefghijklmnop", "postgres", "prefer", {}),
    ),
    "Supabase through Vercel": (
        (
            f"postgres://postgres.abc:{SECRET}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
            "?sslmode=require&supa=base-pooler.x&workaround=supabase-pooler.vercel"
        ),
        *("aws-0-eu-central-1.pooler.supabase.com", 6543, "postgres.abc", "postgres", "require", {}),
    ),
    "Vercel": (
        (
            f"postgres://default:{SECRET}@ep-a-pooler.us-east-1.postgres.vercel-storage.com:5432/verceldb"
            "?sslmode=require&connect_timeout=15"
        ),
        *("ep-a-pooler.us-east-1.postgres.vercel-storage.com", 5432, "default", "verceldb", "require", {}),
    ),
    "Heroku": (
        f"postgres://u1:{SECRET}@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1",
        *("ec2-1-2-3-4.compute-1.amazonaws.com", 5432, "u1", "d1", "prefer", {}),
    ),
    "Render": (
        f"postgresql://me:{SECRET}@dpg-abc-a.oregon-postgres.render.com/bot",
        *("dpg-abc-a.oregon-postgres.render.com", 5432, "me", "bot", "prefer", {}),
    ),
    "Railway": (
        f"postgresql://postgres:{SECRET}@roundhouse.proxy.rlwy.net:12345/railway",
        *("roundhouse.proxy.rlwy.net", 12345, "postgres", "railway", "prefer", {}),
    ),
    "Fly": (
        f"postgres://postgres:{SECRET}@my-db.flycast:5432/bot?sslmode=disable",
        *("my-db.flycast", 5432, "postgres", "bot", "disable", {}),
    ),
    "AWS RDS": (
        f"postgresql://me:{SECRET}@bot.abc.eu-west-1.rds.amazonaws.com:5432/bot?sslmode=verify-full",
        *("bot.abc.eu-west-1.rds.amazonaws.com", 5432, "me", "bot", "verify_full", {}),
    ),
    "Azure": (
        f"postgres://me%40srv:{SECRET}@srv.postgres.database.azure.com/postgres?sslmode=require",
        *("srv.postgres.database.azure.com", 5432, "me@srv", "postgres", "require", {}),
    ),
    "Azure, as people write it": (
        f"postgres://me@srv:{SECRET}@srv.postgres.database.azure.com:5432/postgres?ssl=true",
        *("srv.postgres.database.azure.com", 5432, "me@srv", "postgres", "require", {}),
    ),
    "DigitalOcean": (
        f"postgresql://doadmin:{SECRET}@db-1-do-user-2-0.b.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
        *("db-1-do-user-2-0.b.db.ondigitalocean.com", 25060, "doadmin", "defaultdb", "require", {}),
    ),
    "Aiven": (
        f"postgres://avnadmin:{SECRET}@pg-1-bot.a.aivencloud.com:12691/defaultdb?sslmode=require",
        *("pg-1-bot.a.aivencloud.com", 12691, "avnadmin", "defaultdb", "require", {}),
    ),
    "Crunchy Bridge": (
        f"postgres://application:{SECRET}@p.abc.db.postgresbridge.com:5432/postgres",
        *("p.abc.db.postgresbridge.com", 5432, "application", "postgres", "prefer", {}),
    ),
    "Timescale": (
        f"postgres://tsdbadmin:{SECRET}@abc.def.tsdb.cloud.timescale.com:32299/tsdb?sslmode=require",
        *("abc.def.tsdb.cloud.timescale.com", 32299, "tsdbadmin", "tsdb", "require", {}),
    ),
    "SQLAlchemy": (
        f"postgresql+asyncpg://me:{SECRET}@db.example/bot?prepared_statement_cache_size=0&ssl=require",
        *("db.example", 5432, "me", "bot", "require", {}),
    ),
    "Prisma": (
        f"postgresql://me:{SECRET}@db.example/bot?schema=public&sslmode=prefer&pool_timeout=0&socket_timeout=3",
        *("db.example", 5432, "me", "bot", "prefer", {}),
    ),
    "a server's settings": (
        (
            f"postgresql://me:{SECRET}@db.example/bot?application_name=bot&options=-csearch_path%3Dbot&TimeZone=UTC"
            "&keepalives=1&keepalives_idle=30&tcp_user_timeout=5&gssencmode=disable&client_encoding=utf8&sslsni=1"
        ),
        *("db.example", 5432, "me", "bot", "prefer"),
        {"application_name": "bot", "options": "-csearch_path=bot", "timezone": "UTC"},
    ),
}


def read(url: str) -> PostgresServer:
    """Return what a URL means."""
    address = parse_url(url)
    assert isinstance(address, PostgresServer)
    return address


def by_driver(address: PostgresServer) -> Any:  # noqa: ANN401 - asyncpg has no types
    """Return what asyncpg makes of it."""
    names = "host port user password passfile database service servicefile direct_tls server_settings"
    nothing = dict.fromkeys([*names.split(), "target_session_attrs", "krbsrvname", "gsslib"])
    trusted = ssl.create_default_context() if address.trusts_system else None
    return _parse_connect_dsn_and_args(dsn=address.dsn, ssl=trusted, **nothing)[1]


@pytest.mark.parametrize("name", HOSTS)
def test_an_address_as_a_host_shows_it_is_taken(name: str) -> None:
    url, host, port, user, database, mode, settings = HOSTS[name]
    address = read(url)
    driver = by_driver(address)
    ((shown_host, shown_port),) = address.hosts
    assert (shown_host, shown_port or 5432) == (host, port)
    assert (driver.user, driver.database, driver.server_settings or {}) == (user, database, settings)
    assert driver.password.strip("[]") == SECRET
    if address.trusts_system:
        assert driver.ssl.check_hostname
        assert mode == "verify_full"
    else:
        assert driver.sslmode.name == mode
    assert SECRET not in f"{address} {address!r}"


def test_google_cloud_sql_is_reached_by_a_socket() -> None:
    address = read(f"postgresql://me:{SECRET}@/bot?host=/cloudsql/project:europe-west1:db")
    assert address.hosts == (("/cloudsql/project:europe-west1:db", None),)
    assert (by_driver(address).user, by_driver(address).database) == ("me", "bot")


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("[2001:db8::1]:6000/bot", [("2001:db8::1", 6000)]),
        ("[::1]/bot", [("::1", None)]),
        ("one:1,two/bot?target_session_attrs=read-write", [("one", 1), ("two", None)]),
        ("one,[::1]:2,three:3/bot", [("one", None), ("::1", 2), ("three", 3)]),
        ("/bot?host=one,two&port=1,2", [("one", 1), ("two", 2)]),
        ("/bot?host=one,two&port=7", [("one", 7), ("two", 7)]),
        ("/bot?hostaddr=192.0.2.1&port=6000", [("192.0.2.1", 6000)]),
        ("one/bot?hostaddr=192.0.2.1", [("one", None)]),
        ("/bot?host=/run/postgresql", [("/run/postgresql", None)]),
        ("%2Frun%2Fpostgresql/bot", [("/run/postgresql", None)]),
        ("/bot", []),
    ],
)
def test_hosts(written: str, hosts: list[tuple[str, int | None]]) -> None:
    assert list(read(f"postgresql://me:{SECRET}@{written}").hosts) == hosts


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p%25ss", "p%ss"),
        ("100%", "100%"),
        ("%zz%", "%zz%"),
        ("a%2Bb+c", "a+b+c"),
        ("a:b", "a:b"),
        ("[x]", "[x]"),
        ("%40%2F%3F%23", "@/?#"),
        ("ä%C3%A4", "ää"),
        ("a=b&c", "a=b&c"),
    ],
)
def test_a_password_is_what_it_was_before_it_was_escaped(written: str, password: str) -> None:
    for url in (f"postgresql://me:{written}@host/bot", f"postgresql://me:{written}@[::1],two:3/bot?sslmode=require"):
        address = read(url)
        assert by_driver(address).password == password
        assert password not in f"{address!r}{address}{address.mask(f'it is {password}, or {written}')}"


def test_a_password_in_the_options_is_taken_and_hidden() -> None:
    address = read("postgresql://host/bot?user=me@here&password=se+cr%26et")
    assert (by_driver(address).user, by_driver(address).password) == ("me@here", "se+cr&et")
    assert "se+cr" not in f"{address!r}{address}{address.mask('se+cr&et')}"


@pytest.mark.parametrize(
    ("mode", "expected", "trusts_system"),
    [
        *((mode, mode.replace("-", "_"), False) for mode in ("disable", "allow", "prefer", "require")),
        ("REQUIRE", "require", False),
        ("no-verify", "require", False),
        ("verify-ca", "verify_full", True),
        ("verify-full", "verify_full", True),
        ("verify-full&sslrootcert=system", "verify_full", True),
    ],
)
def test_every_sslmode_is_followed(mode: str, expected: str, trusts_system: bool) -> None:
    address = read(f"postgresql://me@host/bot?sslmode={mode}")
    assert address.trusts_system is trusts_system
    if not trusts_system:
        assert by_driver(address).sslmode.name == expected


def test_a_file_of_authorities_is_the_only_one_that_counts() -> None:
    address = read("postgresql://me@host/bot?sslmode=verify-ca&sslrootcert=/etc/ca%20of%20mine.pem")
    assert not address.trusts_system
    assert "sslmode=verify-ca" in address.dsn
    assert "sslrootcert=%2Fetc%2Fca%20of%20mine.pem" in address.dsn


def test_what_the_pool_is_told() -> None:
    address = read("postgres://me@host/bot?pgbouncer=true&connection_limit=2&connect_timeout=7")
    assert (address.is_pooled, address.max_connections, address.connect_timeout) == (True, 2, 7)
    plain = read("postgres://me@host/bot?pgbouncer=false&connection_limit=0&connect_timeout=-1")
    assert (plain.is_pooled, plain.max_connections, plain.connect_timeout) == (False, None, None)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("sslmode=sometimes", "sslmode"),
        ("sslmode=require&sslrootcert=system", "sslrootcert"),
        ("gssencmode=require", "gssencmode"),
        ("target_session_attrs=read-only", "target_session_attrs"),
        ("target_session_attrs=prefer-standby", "target_session_attrs"),
        ("connect_timeout=soon", "connect_timeout"),
        ("connection_limit=many", "connection_limit"),
        ("replication=database", "replication"),
        ("schema=bot", "schema"),
        ("host=one,two,three&port=1,2", "ports"),
        ("port=none", "port"),
        ("user=me%00", "%00"),
    ],
)
def test_what_cannot_be_followed_is_named(options: str, named: str) -> None:
    with pytest.raises(DatabaseUrlError, match=named) as caught:
        parse_url(f"postgresql://me:{SECRET}@/bot?{options}")
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
