"""PgBouncer in transaction mode: everything works through it, and leases take another way if they are told one."""

import asyncio

import pytest
from pydantic import SecretStr

from bot.check import _database
from bot.diagnostics.report import Status
from bot.settings import Settings
from bot.store.open import open_lease, open_store
from tests.pgbouncer import PgBouncer
from tests.store.samples import make_turn, record


async def test_a_crowd_is_stored_through_it(pgbouncer: PgBouncer, postgres_url: str) -> None:
    async with open_store(pgbouncer.through(postgres_url)) as store, open_store(pgbouncer.through(postgres_url)) as two:
        for start in range(0, 60, 20):
            await asyncio.gather(
                *(
                    record((store, two)[number % 2], make_turn(number, channel=number))
                    for number in range(start, start + 20)
                )
            )


async def test_leases_see_each_other_through_it_and_beside_it(
    pgbouncer: PgBouncer, prepared_postgres_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.leases.postgres_locks._UP_SECONDS", "SELECT 3600::float")
    owners = ["a" * 15, "b" * 15, "c" * 15]
    async with open_lease(prepared_postgres_url, owners[0]) as direct:
        assert not caplog.records
        async with open_lease(pgbouncer.through(prepared_postgres_url), owners[1]) as proxied:
            assert (direct.is_proxied, proxied.is_proxied) == (False, True)
            assert "set DATABASE_DIRECT_URL" in caplog.text
            assert list(await direct.find_ended(owners)) == owners[2:]
        assert list(await direct.find_ended(owners)) == owners[1:]


async def test_check_says_what_a_proxy_costs_and_how_to_go_round_it(
    pgbouncer: PgBouncer, prepared_postgres_url: str
) -> None:
    proxied = Settings(discord_token=SecretStr("x"), database_url=pgbouncer.through(prepared_postgres_url))
    assert "DATABASE_DIRECT_URL" in (await _database(proxied))[0].remedy
    told = proxied.model_copy(update={"database_direct_url": prepared_postgres_url})
    assert "Working" in (await _database(told))[0].sentence


async def test_check_knows_that_several_processes_do_not_start_through_it(
    pgbouncer: PgBouncer, prepared_postgres_url: str
) -> None:
    several = Settings(
        discord_token=SecretStr("x"),
        database_url=pgbouncer.through(prepared_postgres_url),
        cluster_count=2,
        cluster_id=0,
    )
    found = (await _database(several))[0]
    assert (found.level, "DATABASE_DIRECT_URL" in found.remedy) == (Status.ERROR, True)
    told = several.model_copy(update={"database_direct_url": prepared_postgres_url})
    assert (await _database(told))[0].level is Status.OK
