"""Signals between processes: they arrive at once on PostgreSQL, and one that may be lost is told of."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from bot.domain.cluster.signals import NO_SIGNALS, Payload, Signals
from bot.domain.leases import Owner
from bot.domain.runtime.timing import Backoff
from bot.store.addresses.urls import PostgresServer as Address
from bot.store.addresses.urls import parse_url
from bot.store.signals import link, open_signals
from bot.store.signals.postgres import PostgresSignals
from tests.databases import execute
from tests.e2e.waiting import until
from tests.fakes.relay import Relay
from tests.pgbouncer import PgBouncer
from tests.postgres import PostgresServer, name_database

BOT, OTHER_BOT = 1000, 2000


class Heard:
    """What a listener is called with."""

    def __init__(self, signals: Signals, kind: str = "settings") -> None:
        self.signals = signals
        self.payloads: list[Payload] = []
        self.missed = 0
        signals.listen(kind, self.payloads.append, self._miss)

    def _miss(self) -> None:
        self.missed += 1


def owner(digit: str, bot: int = BOT) -> Owner:
    return Owner(digit * 15, lambda: bot)


@asynccontextmanager
async def opened(
    url: str, digit: str, *, bot: int = BOT, beat: float = 10, max_age: float = 600
) -> AsyncIterator[PostgresSignals]:
    """Give signals with a beat of the test's own."""
    address = parse_url(url)
    assert isinstance(address, Address)
    signals = PostgresSignals(address, owner(digit, bot), beat=beat, max_age=max_age)
    await signals.open(10)
    try:
        yield signals
    finally:
        await signals.close()


async def came(heard: Heard, count: int = 1) -> list[Payload]:
    await until(lambda: len(heard.payloads) >= count)
    return heard.payloads


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a lost connection be replaced at once."""
    monkeypatch.setattr(Backoff, "next_pause", lambda _: 0.01)


async def test_all_other_processes_of_a_bot_hear_a_signal(prepared_postgres_url: str) -> None:
    url = prepared_postgres_url
    async with (
        open_signals(url, owner("a")) as sender,
        open_signals(url, owner("b")) as near,
        open_signals(url, owner("c"), direct_url=url) as far,
        open_signals(url, owner("d", OTHER_BOT)) as other,
    ):
        mine, one, two, foreign = Heard(sender), Heard(near), Heard(far), Heard(other)
        says: Payload = {"scope": "server", "target": 2**63 - 1, "name": None}
        await sender.send("other kind", says)
        await sender.send("settings", says)
        await sender.send("settings", {"target": 2}, to_all_bots=True)
        assert await came(one, 2) == await came(two, 2) == [says, {"target": 2}]
        assert await came(foreign) == [{"target": 2}]
        assert mine.payloads == []
        assert all(signals.is_instant for signals in (sender, near, far, other))
        assert not any(each.missed for each in (mine, one, two, foreign))


async def test_what_is_sent_at_the_very_end_arrives(prepared_postgres_url: str) -> None:
    async with opened(prepared_postgres_url, "b") as signals:
        heard = Heard(signals)
        async with opened(prepared_postgres_url, "a") as sender:
            for number in range(20):
                await sender.send("settings", {"target": number})
        assert [each["target"] for each in await came(heard, 20)] == [*range(20)]


def envelope(**changes: object) -> str:
    return json.dumps({"bot": BOT, "from": "f" * 15, "kind": "settings", "says": {"target": 1}} | changes)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not JSON",
        "[" * 7_000,
        "1" * 7_000,
        "{}",
        "null",
        '"from"',
        envelope(says="text"),
        envelope(says=None),
        envelope(says={"target": {"deep": 1}}),
        envelope(says={"target": 1.5}),
        envelope(says={"target": 2**63}),
        envelope(says={"target": -(10**400)}),
        envelope(kind=["settings"]),
        envelope(kind="unknown"),
        envelope(bot=OTHER_BOT),
        envelope(bot=str(BOT)),
        envelope(bot=[]),
        envelope(**{"from": "b" * 15}),
    ],
)
async def test_what_anybody_else_sends_is_ignored(
    prepared_postgres_url: str, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(prepared_postgres_url, "b") as signals:
        heard = Heard(signals)
        execute(prepared_postgres_url, f"SELECT pg_notify('switchboard', '{line}')")
        execute(prepared_postgres_url, f"SELECT pg_notify('switchboard', '{envelope()}')")
        assert await came(heard) == [{"target": 1}]
        assert signals.is_instant
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


async def test_a_listener_that_cannot_use_a_payload_keeps_nobody_from_it(
    prepared_postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(prepared_postgres_url, "a") as sender, opened(prepared_postgres_url, "b") as signals:
        signals.listen("settings", _read_missing, lambda: None)
        heard = Heard(signals)
        await sender.send("settings", {"target": 1})
        assert await came(heard) == [{"target": 1}]
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


def _read_missing(says: Payload) -> None:
    assert says["missing"]


def cut(server: PostgresServer, url: str) -> None:
    """Have the server end every connection to a database."""
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_database(url)}'")


@pytest.mark.usefixtures("_no_pauses")
async def test_a_connection_that_was_cut_is_replaced_and_nothing_sent_meanwhile_is_lost(
    postgres: PostgresServer, prepared_postgres_url: str
) -> None:
    async with opened(prepared_postgres_url, "a") as sender, opened(prepared_postgres_url, "b") as signals:
        heard = Heard(signals)
        cut(postgres, prepared_postgres_url)
        await until(lambda: heard.missed > 0)
        await sender.send("settings", {"target": 1})
        assert await came(heard) == [{"target": 1}]


@pytest.mark.usefixtures("_no_pauses")
async def test_a_connection_that_died_silently_is_noticed_and_replaced(
    postgres: PostgresServer, prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "ANSWER_SECONDS", 0.3)
    async with Relay.to(postgres.port) as relay:
        parts = urlsplit(prepared_postgres_url)
        through = parts._replace(netloc=parts.netloc.replace(str(postgres.port), str(relay.port))).geturl()
        async with opened(prepared_postgres_url, "a") as sender, opened(through, "b", beat=0.05) as signals:
            heard = Heard(signals)
            relay.silence()
            await until(lambda: heard.missed > 0)
            await sender.send("settings", {"target": 1})
            assert await came(heard) == [{"target": 1}]


async def test_an_old_connection_is_replaced_without_a_gap(
    prepared_postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with (
        opened(prepared_postgres_url, "a") as sender,
        opened(prepared_postgres_url, "b", beat=0.01, max_age=0.1) as signals,
    ):
        heard, sent = Heard(signals), 0
        while heard.missed < 3:
            assert signals.is_instant
            await sender.send("settings", {"target": sent})
            await until(lambda sent=sent: heard.payloads[-1:] == [{"target": sent}])  # type: ignore[misc]
            sent += 1
    assert not caplog.records


async def test_closing_does_not_wait_for_a_server_that_is_silent(
    postgres: PostgresServer, prepared_postgres_url: str
) -> None:
    async with Relay.to(postgres.port) as relay:
        parts = urlsplit(prepared_postgres_url)
        through = parts._replace(netloc=parts.netloc.replace(str(postgres.port), str(relay.port))).geturl()
        async with opened(through, "b") as signals:
            relay.silence()
            await signals.send("settings", {"target": 1})
            began = perf_counter()
        assert perf_counter() - began < 5  # 0.7 s, if the machine has nothing else to do


@pytest.mark.usefixtures("_no_pauses")
async def test_a_server_that_takes_no_more_connections_keeps_nobody_from_starting(
    postgres: PostgresServer, prepared_postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = name_database(prepared_postgres_url)
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        async with open_signals(prepared_postgres_url, owner("b")) as signals:
            heard = Heard(signals)
            assert not signals.is_instant
            assert "takes no connection for them" in caplog.text
            postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await until(lambda: heard.missed > 0)
            assert signals.is_instant
    finally:
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def test_others_read_everything_if_a_process_lost_signals_of_its_own(prepared_postgres_url: str) -> None:
    async with opened(prepared_postgres_url, "a") as sender, opened(prepared_postgres_url, "b") as signals:
        heard, other = Heard(signals), Heard(signals, "processes")
        for number in range(1_100):
            await sender.send("settings", {"target": number})
        await until(lambda: min(heard.missed, other.missed) > 0)
        assert len(await came(heard, 1_000)) == 1_000
        await sender.send("settings", {"name": "x" * 8_000})
        await until(lambda: heard.missed == 2)


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "found out"])
async def test_nothing_is_heard_through_a_pooling_proxy(
    pgbouncer: PgBouncer, prepared_postgres_url: str, is_known: bool
) -> None:
    through = pgbouncer.through(prepared_postgres_url)
    async with open_signals(through, owner("a"), is_proxied=is_known) as signals:
        assert not signals.is_instant
        await signals.send("settings", {"target": 1})
    async with (
        open_signals(through, owner("a"), direct_url=prepared_postgres_url) as sender,
        open_signals(prepared_postgres_url, owner("b")) as other,
    ):
        heard = Heard(other)
        await sender.send("settings", {"target": 1})
        assert await came(heard) == [{"target": 1}]


async def test_of_a_flood_only_so_much_is_kept_and_the_rest_counts_as_missing(prepared_postgres_url: str) -> None:
    async with opened(prepared_postgres_url, "b") as signals:
        heard = Heard(signals)
        many = "generate_series(1, 30000) AS number"
        execute(prepared_postgres_url, f"SELECT pg_notify('switchboard', number::text) FROM {many}")
        await until(lambda: heard.missed > 0)
        execute(prepared_postgres_url, f"SELECT pg_notify('switchboard', '{envelope()}')")
        assert await came(heard) == [{"target": 1}]


async def test_nothing_is_heard_on_a_sqlite_file() -> None:
    async with open_signals("sqlite:///nowhere/at all.db", owner("a")) as signals:
        assert signals is NO_SIGNALS
        heard = Heard(signals)
        await signals.send("settings", {"target": 1})
        assert (signals.is_instant, heard.payloads, heard.missed) == (False, [], 0)
