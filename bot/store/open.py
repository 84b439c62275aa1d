"""Opening the store: makes the file if there is none, brings the schema up to date, closes everything at the end."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import TypeVar

from bot.domain.leases import NO_OWNER, Lease, Owner
from bot.domain.runtime.database_health import DatabaseFault, DatabaseHealth
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.runtime.timing import Backoff
from bot.domain.secrets.cipher import NO_CIPHER, Cipher
from bot.store.addresses.urls import Address, SqliteFile, parse_url
from bot.store.engine import open_engine
from bot.store.engine.damage_search import search, searching_for_damage
from bot.store.engine.health import Health, find_fault
from bot.store.engine.transactions import Database
from bot.store.errors import NOT_READY, PROXY_NOT_READY, DatabaseOpenError, explain, find_sqlstate
from bot.store.files import make_file
from bot.store.leases import hold_lease, is_lease_seen
from bot.store.ports.answer_store import SqlAnswerStore
from bot.store.ports.base import Clock, Stores
from bot.store.ports.conversation_store import SqlConversationStore
from bot.store.ports.credential_store import SqlCredentialStore
from bot.store.ports.encryption_store import SqlEncryptionStore
from bot.store.ports.metadata_store import SqlMetadataStore
from bot.store.ports.personal_data_store import SqlPersonalDataStore
from bot.store.ports.process_store import SqlProcessStore
from bot.store.ports.quota_store import SqlQuotaStore
from bot.store.ports.run_opening_store import SqlRunOpener
from bot.store.ports.server_settings_store import SqlServerSettingsStore
from bot.store.ports.session_turn_store import SqlSessionTurnStore
from bot.store.ports.usage_store import SqlUsageStore
from bot.store.ports.welcome_store import SqlWelcomeStore
from bot.store.upgrade import Schema, read_schema, upgrade

T = TypeVar("T")

_log = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 10.0
"""How long one call may take, waiting for a connection or for a lock included."""

_UPGRADE_SECONDS = 300.0
"""How long the migrations may take, waiting for another process's included."""

_READY_SECONDS = 30.0
"""How long a start waits for a server that says it is not ready yet."""

_MAX_PAUSE = 5.0


@asynccontextmanager
async def open_store(
    url: str,
    *,
    owner: Owner = NO_OWNER,
    clock: Clock = time.time,
    max_wait: float = MAX_WAIT_SECONDS,
    cipher: Cipher = NO_CIPHER,
    telemetry: Telemetry = NO_TELEMETRY,
) -> AsyncIterator[Stores]:
    """Yield the stores at `url`, which has been tried and is up to date; closes every connection at the end.

    The runs that are begun are the `owner`'s. `max_wait` bounds each call, in seconds. Texts are encrypted by the
    `cipher`; what it cannot read is as if it were not kept. Raises `DatabaseUrlError` and `DatabaseOpenError`.
    """
    address = parse_url(url)
    address = await _attempt(address, lambda: _prepare(address, max_wait))
    async with open_engine(address, max_wait=max_wait, makes_file=False) as engine:
        database = Database(engine, max_wait=max_wait, telemetry=telemetry)
        searching = searching_for_damage(address, database.health) if isinstance(address, SqliteFile) else nullcontext()
        async with searching:
            try:
                yield Stores(
                    answers=SqlAnswerStore(database, clock, owner, cipher),
                    conversations=SqlConversationStore(database, clock, owner, cipher),
                    credentials=SqlCredentialStore(database, clock, owner, cipher),
                    encryption=SqlEncryptionStore(database, clock, owner, cipher),
                    metadata=SqlMetadataStore(database, clock),
                    personal_data=SqlPersonalDataStore(database, clock, owner, cipher),
                    processes=SqlProcessStore(database, clock),
                    quotas=SqlQuotaStore(database, clock),
                    run_opener=SqlRunOpener(database, clock, owner, cipher),
                    server_settings=SqlServerSettingsStore(database, clock, owner, cipher),
                    session_turns=SqlSessionTurnStore(database, clock),
                    usage=SqlUsageStore(database, clock),
                    welcomes=SqlWelcomeStore(database, clock),
                    health=database.health,
                )
            finally:
                await database.close()


@asynccontextmanager
async def open_lease(
    url: str, owner: str, *, direct_url: str | None = None, max_wait: float = MAX_WAIT_SECONDS
) -> AsyncIterator[Lease]:
    """Hold the lease of the process `owner` on the database at `url`, which was opened before, until the end.

    `direct_url`, if set, leads to the same database, without a pooling proxy. `max_wait` bounds connecting, in seconds.
    Raises `DatabaseUrlError` and `DatabaseOpenError`.
    """
    setting = "DATABASE_URL" if direct_url is None else "DATABASE_DIRECT_URL"
    address = parse_url(direct_url or url)
    lease = await _attempt(address, lambda: hold_lease(direct_url or url, owner, max_wait=max_wait), setting=setting)
    if lease.is_proxied:
        _log.warning(
            "the database is reached through a pooling proxy: the end of other processes is noticed later; "
            "set DATABASE_DIRECT_URL to the database's own address"
        )
    try:
        if await lease.is_database_copied():
            raise DatabaseOpenError(
                str(address), "it is being copied, erased or written afresh; start the bot when that is done", setting
            )
        if direct_url is not None and not await _attempt(
            parse_url(url), lambda: is_lease_seen(url, owner, is_proxied=lease.is_proxied, max_wait=max_wait)
        ):
            raise DatabaseOpenError(str(address), "it is not the one that DATABASE_URL leads to", setting)
        yield lease
    finally:
        await lease.close()


async def examine_store(url: str, *, max_wait: float = MAX_WAIT_SECONDS) -> Schema:
    """Return what is at `url`, and neither create nor upgrade anything.

    Raises `DatabaseUrlError`, and `DatabaseOpenError` if a start would fail as well.
    """
    address = parse_url(url)
    return await _attempt(address, lambda: _examine(address, max_wait), waits=False)


async def search_for_damage(url: str, max_seconds: float) -> DatabaseHealth:
    """Return what a search of at most `max_seconds` has found in the SQLite file at `url`; a server is not searched."""
    address, health = parse_url(url), Health()
    if isinstance(address, SqliteFile):
        health.want_search()
        await search(address, health, max_seconds)
    return health


async def _examine(address: Address, max_wait: float) -> Schema:
    if isinstance(address, SqliteFile):
        _check_folder(address)
        if not address.path.exists():
            return Schema.MISSING
    cautious = _without_sessions(address)
    async with asyncio.timeout(max_wait), open_engine(cautious, max_wait=max_wait) as engine:
        return await read_schema(engine)


async def _prepare(address: Address, max_wait: float) -> Address:
    """Bring the database up to date, and return its address with what was found out about it."""
    if isinstance(address, SqliteFile):
        _check_folder(address)
        make_file(address)
    cautious = _without_sessions(address)
    async with (
        asyncio.timeout(_UPGRADE_SECONDS),
        open_engine(cautious, max_wait=max_wait, enforce_links=False) as engine,
    ):
        await upgrade(engine)
        if isinstance(address, SqliteFile) or address.is_pooled:
            return address
        from bot.store.engine.postgres import is_proxied

        return cautious if await engine.run(is_proxied, writes=True) else address


def _without_sessions(address: Address) -> Address:
    """Return an address that is used as if it led through a pooling proxy, until that is known."""
    return address if isinstance(address, SqliteFile) else replace(address, is_pooled=True)


async def _attempt(
    address: Address, opening: Callable[[], Awaitable[T]], *, waits: bool = True, setting: str = "DATABASE_URL"
) -> T:
    """Return what opening returns; raises `DatabaseOpenError` about the `setting` instead of whatever it raises.

    If it `waits`, a server that says it is not ready yet is asked again for 30 s. A proxy may say so once, and then
    nothing until it has tried again itself.
    """
    loop, is_soon = asyncio.get_running_loop(), False
    backoff, until = Backoff(loop.time, longest=_MAX_PAUSE), loop.time() + _READY_SECONDS
    while True:
        try:
            return await opening()
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes the one sentence that a start ends with
            reason = address.mask(explain(error))
            is_late = is_soon and isinstance(error, TimeoutError)
            is_soon = is_late or find_sqlstate(error) in NOT_READY | PROXY_NOT_READY
            is_damaged = find_fault(error) is DatabaseFault.DAMAGED
        pause = backoff.next_pause()
        if not (waits and is_soon) or loop.time() + pause > until:
            # Raised out here, without the driver's error as its context: that one may hold the password.
            raise DatabaseOpenError(str(address), reason, setting, is_damaged=is_damaged)
        _log.warning("the database is not ready: %s; trying again", reason)
        await asyncio.sleep(pause)


def _check_folder(address: SqliteFile) -> None:
    """Raise `PermissionError` if no file could be made there, with folders that are missing, or if it is none.

    A database that exists needs that, too: SQLite's own files are beside it, and the lease.
    """
    path = address.path.absolute()
    nearest = next((folder for folder in path.parents if folder.exists()), None)
    if nearest is None:  # on Windows
        raise FileNotFoundError(f"there is no drive {path.drive}")
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise PermissionError(f"no file can be made in {nearest}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise PermissionError("it is a pipe or a device, and no file")
