"""`python -m bot copy-database` and a server that stops answering: the copy ends in a line, and is resumed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store import postgres_connection
from bot.store.addresses.urls import parse_url
from bot.store.errors import MaintenanceError
from bot.store.maintenance import copying, lock
from bot.store.maintenance.copying import copy_database
from tests.commands.copies import do, dump, fill, run_copy, small_pages
from tests.fakes.relay import Relay
from tests.postgres import PostgresServer

Freeze = Callable[[pytest.MonkeyPatch, Relay], None]


def after_login(patch: pytest.MonkeyPatch, relay: Relay) -> None:
    """As a PgBouncer does that is paused."""
    has_proxy = postgres_connection.has_proxy

    async def freeze(driver: object) -> bool:
        relay.silence()
        return await has_proxy(driver)

    patch.setattr(postgres_connection, "has_proxy", freeze)


def at_a_page(patch: pytest.MonkeyPatch, relay: Relay) -> None:
    write = copying._Page.write

    def freeze(page: copying._Page, connection: object) -> None:
        relay.silence()
        write(page, connection)  # type: ignore[arg-type]

    patch.setattr(copying._Page, "write", freeze)


@pytest.mark.parametrize("freeze", [after_login, at_a_page])
async def test_a_server_that_falls_silent_ends_the_copy_and_it_is_resumed(
    freeze: Freeze,
    sqlite_template: Path,
    tmp_path: Path,
    postgres: PostgresServer,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    (tmp_path / "source.db").write_bytes(sqlite_template.read_bytes())
    await do(source, fill, writes=True)
    monkeypatch.setattr(lock, "_MAX_WAIT", 0.3)
    monkeypatch.setattr(copying, "_STEP_SECONDS", 0.3)
    async with Relay.to(postgres.port) as relay:
        url = postgres_url.replace(f":{postgres.port}/", f":{relay.port}/")
        with small_pages(), monkeypatch.context() as patch:
            freeze(patch, relay)
            async with asyncio.timeout(10):
                with pytest.raises(MaintenanceError, match=r"failed: it did not answer in time"):
                    await copy_database(parse_url(source), parse_url(url))
    monkeypatch.undo()
    await run_copy((source, postgres_url))
    assert await do(postgres_url, dump) == await do(source, dump)


async def test_a_server_notices_that_the_host_of_a_copy_is_gone(postgres_url: str) -> None:
    address = parse_url(postgres_url)
    async with lock.hold_lock(address) as held:
        driver = held._driver  # type: ignore[attr-defined]
        settings = {
            name: await driver.fetchval(f"SHOW {name}") for name in ("tcp_keepalives_idle", "idle_session_timeout")
        }
    assert settings == {"tcp_keepalives_idle": "10", "idle_session_timeout": "0"}, "30 s, however long a page takes"
