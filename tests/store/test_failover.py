"""A PostgreSQL that fails over, restarts or is at its limits: the bot leaves what was, and its work is done."""

import asyncio

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Owner
from bot.store import open as store_open
from bot.store.addresses.urls import PostgresServer as Address
from bot.store.addresses.urls import parse_url
from bot.store.engine import CONNECTIONS, open_engine
from bot.store.engine import postgres as postgres_engine
from bot.store.engine.postgres import MAX_AGE_SECONDS, PostgresEngine
from bot.store.errors import DatabaseOpenError
from bot.store.leases import postgres as postgres_lease
from bot.store.leases import postgres_locks
from bot.store.leases.postgres import PostgresLease
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.store.signals.postgres import PostgresSignals
from tests.cluster import Cluster, set_read_only
from tests.e2e.waiting import until
from tests.postgres import PostgresServer, name_database
from tests.store.samples import make_turn, record


async def fill_pool(store: Stores) -> None:
    """Have every connection of the pool made."""
    await asyncio.gather(*(record(store, make_turn(number, channel=number)) for number in range(4 * CONNECTIONS)))


async def test_a_primary_that_became_read_only_is_left_at_once(cluster: Cluster) -> None:
    async with open_store(cluster.url) as store:
        await fill_pool(store)
        before = cluster.stored(cluster.old)
        set_read_only(cluster.old, True)
        cluster.relay.target = cluster.new.port
        assert await record(store, make_turn(1))
        await asyncio.gather(*(record(store, make_turn(number, channel=number)) for number in range(2, 20)))
        assert (cluster.stored(cluster.old), cluster.stored(cluster.new)) == (before, 19)
        assert cluster.sessions(cluster.old) == 0


async def test_a_primary_that_is_read_only_for_a_while_is_used_again(cluster: Cluster) -> None:
    async with open_store(cluster.url) as store:
        await record(store, make_turn(1))
        set_read_only(cluster.old, True)
        with pytest.raises(DatabaseUnavailable, match="25006"):
            await record(store, make_turn(2))
        assert len((await store.conversations.conversation("chatbase", make_turn().key, most=5)).turns) == 1
        set_read_only(cluster.old, False)
        assert await record(store, make_turn(3))


async def test_a_server_whose_host_is_gone_is_left_within_30_seconds(cluster: Cluster) -> None:
    async with open_store(cluster.url, max_wait=3) as store:
        await fill_pool(store)
        cluster.relay.silence()
        cluster.relay.target = cluster.new.port
        async with asyncio.timeout(30):
            for number in range(3 * CONNECTIONS):
                assert await record(store, make_turn(number, channel=number))
        assert cluster.stored(cluster.new) == 3 * CONNECTIONS


async def test_a_crowd_meets_a_server_that_was_replaced(cluster: Cluster) -> None:
    async with open_store(cluster.url, max_wait=3) as store:
        await fill_pool(store)
        cluster.relay.silence()
        cluster.relay.target = cluster.new.port
        async with asyncio.timeout(30):
            await asyncio.gather(*(record(store, make_turn(number, channel=number)) for number in range(40)))
        assert cluster.stored(cluster.new) == 40


@pytest.mark.parametrize("statement", ["SELECT pg_terminate_backend(pg_backend_pid())", "DEALLOCATE ALL"])
async def test_work_whose_connection_is_lost_is_done_once_more(postgres_url: str, statement: str) -> None:
    tries = 0

    def work(connection: Connection) -> str:
        nonlocal tries
        tries += 1
        connection.execute(text("INSERT INTO facts VALUES ('tried', 'yes')"))
        if tries == 1:
            connection.execute(text(statement))
            connection.execute(text("SELECT 1 AS after"))
            connection.execute(text("INSERT INTO facts VALUES ('tried', 'yes')"))
        return str(connection.scalar(text("SELECT value FROM facts WHERE name = 'tried'")))

    async with open_store(postgres_url), open_engine(parse_url(postgres_url), max_wait=5) as engine:
        await asyncio.gather(
            *(engine.run(lambda c: c.scalar(text("SELECT 1")), writes=True) for _ in range(CONNECTIONS))
        )
        assert await engine.run(work, writes=True) == "yes"
    assert tries == 2


async def test_work_that_fails_at_its_commit_is_not_done_twice(postgres: PostgresServer, postgres_url: str) -> None:
    """It may be stored although nobody heard of it."""
    async with open_store(postgres_url) as store:
        postgres.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
            "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON facts DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION die()",
            "CREATE SEQUENCE tries",
            "ALTER TABLE facts ADD COLUMN try int DEFAULT nextval('tries')",
            database=name_database(postgres_url),
        )
        with pytest.raises(DatabaseUnavailable):
            await store.metadata.set("one", "two")
        assert postgres.execute("SELECT last_value FROM tries", database=name_database(postgres_url)) == "1"
        assert await store.metadata.get("one") is None


async def test_no_connection_becomes_too_old(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def pid(connection: Connection) -> int:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)

    async with open_engine(parse_url(postgres_url), max_wait=5) as engine:
        first = await engine.run(pid, writes=False)
        assert await engine.run(pid, writes=True) == first
        assert isinstance(engine, PostgresEngine)
        records = list[ConnectionPoolEntry]()
        event.listen(engine._engine.sync_engine, "checkout", lambda _, record, __: records.append(record))
        assert await engine.run(pid, writes=False) == first
        records[0].starttime -= MAX_AGE_SECONDS + 1  # type: ignore[attr-defined]
        assert await engine.run(pid, writes=False) != first


async def test_a_crowd_makes_do_with_the_connections_that_the_server_grants(
    postgres: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "PATIENCE_SECONDS", 30.0)
    async with open_store(postgres.make_guest(postgres_url, limit=2)) as store:
        await fill_pool(store)


async def test_a_limit_in_the_address_is_kept(postgres: PostgresServer, postgres_url: str) -> None:
    async with open_store(f"{postgres_url}?connection_limit=2") as store:
        await fill_pool(store)
        found = postgres.execute(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name_database(postgres_url)}'"
        )
        assert found == "2"


async def test_a_restart_is_waited_for(
    postgres: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "PATIENCE_SECONDS", 30.0)
    async with open_store(postgres_url) as store:
        await fill_pool(store)
        await asyncio.to_thread(postgres.stop)
        recording = asyncio.create_task(record(store, make_turn()))
        await asyncio.to_thread(postgres.start)
        assert await recording


async def test_a_server_that_stays_away_is_waited_for_once(
    postgres: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "PATIENCE_SECONDS", 0.3)
    async with open_store(postgres_url) as store:
        await record(store, make_turn())
        await asyncio.to_thread(postgres.stop)
        try:
            began = asyncio.get_running_loop().time()
            refused = await asyncio.gather(*(store.metadata.get("x") for _ in range(100)), return_exceptions=True)
            assert {type(each) for each in refused} == {DatabaseUnavailable}
            assert asyncio.get_running_loop().time() - began < 10
        finally:
            await asyncio.to_thread(postgres.start)
        assert await record(store, make_turn(2))


async def test_a_start_waits_for_a_connection_to_come_free(
    postgres: PostgresServer, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.make_guest(postgres_url, limit=1)
    async with open_engine(parse_url(url), max_wait=5) as other:
        await other.run(lambda connection: connection.scalar(text("SELECT 1")), writes=False)
        starting = asyncio.create_task(start(url))
        await until(lambda: "the database is not ready: too many connections for role" in caplog.text)
    await starting


async def test_a_start_on_a_server_that_stays_full_ends_with_its_words(
    postgres: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_open, "_READY_SECONDS", 0.0)
    url = postgres.make_guest(postgres_url, limit=0)
    with pytest.raises(DatabaseOpenError, match="too many connections for role"):
        await start(url)


async def start(url: str) -> None:
    async with open_store(url):
        pass


async def test_a_lease_follows_the_name_to_the_new_server(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_lease, "BEAT_SECONDS", 0.05)
    async with open_lease(cluster.url, "a" * 15) as lease:
        assert isinstance(lease, PostgresLease)
        assert cluster.locks(cluster.old) == "1"
        cluster.relay.target = cluster.new.port
        set_read_only(cluster.old, True)
        async with asyncio.timeout(30):
            while await asyncio.to_thread(cluster.locks, cluster.new) != "1":
                pass
        assert cluster.locks(cluster.old) == "0"
        assert await lease.find_ended(["b" * 15]) == (), "others have yet to follow"


async def test_a_lease_on_a_read_only_server_is_kept(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    set_read_only(cluster.old, True)
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT 3600::float")
    async with open_lease(cluster.url, "a" * 15) as lease:
        assert await lease.find_ended(["a" * 15, "b" * 15]) == ["b" * 15]


async def test_a_lease_that_was_taken_again_in_the_middle_of_a_failover_follows_the_name(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_lease, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT 3600::float")
    set_read_only(cluster.old, True)
    async with open_lease(cluster.url, "a" * 15) as lease:
        assert cluster.locks(cluster.old) == "1"
        cluster.relay.target = cluster.new.port
        async with asyncio.timeout(30):
            while await asyncio.to_thread(cluster.locks, cluster.new) != "1":
                pass
        await until(lambda: cluster.locks(cluster.old) == "0")
        assert await lease.find_ended(["b" * 15]) == (), "others have yet to follow"


async def test_signals_that_were_connected_in_the_middle_of_a_failover_follow_the_name(cluster: Cluster) -> None:
    address = parse_url(cluster.url)
    assert isinstance(address, Address)
    set_read_only(cluster.old, True)
    signals, missed = PostgresSignals(address, Owner("a" * 15, lambda: 1), beat=0.05), list[bool]()
    signals.listen("settings", print, lambda: missed.append(True))
    await signals.open(10)
    assert cluster.sessions(cluster.old) == 1
    cluster.relay.target = cluster.new.port
    async with asyncio.timeout(30):
        while await asyncio.to_thread(cluster.sessions, cluster.new) != 1 or not missed:
            await asyncio.sleep(0.01)
    assert cluster.sessions(cluster.old) == 0
    await signals.close()


async def test_a_lease_that_became_too_old_is_taken_anew_without_a_gap(
    postgres: PostgresServer, prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_locks, "_UP_SECONDS", "SELECT 3600::float")
    async with open_lease(prepared_postgres_url, "b" * 15) as other:
        now = [1000.0]
        lease = await PostgresLease.open(prepared_postgres_url, "a" * 15, max_wait=5, clock=lambda: now[0])
        monkeypatch.setattr(postgres_lease, "BEAT_SECONDS", 0.0)
        first = lease._connection
        lease._is_broken.clear()
        now[0] += postgres_lease.MAX_AGE_SECONDS + 1
        lease._holding.cancel()
        await asyncio.wait({lease._holding})
        lease._holding = asyncio.create_task(lease._hold())
        while lease._connection is first:
            assert await other.find_ended(["a" * 15]) == []
        assert await other.find_ended(["a" * 15]) == []
        await lease.close()
        assert await other.find_ended(["a" * 15]) == ["a" * 15]
