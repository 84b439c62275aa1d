"""Opening a run: all of it in one transaction, and never a wait for somebody who writes."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import Connection, text

from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.opening import ContextQuery, Opening
from bot.domain.settings.server_settings import NOTHING_SET, StoredSettings
from bot.store.engine import transactions
from bot.store.open import open_store
from bot.store.ports.base import SqlStore, Stores
from tests.store.samples import CHANNEL, PERSON, SERVER, make_asked, make_turn, record
from tests.store.test_faults import all_connections_work, drop_tables

PLACE = (SERVER, CHANNEL)
CONVERSATION = Opening(make_asked(), ContextQuery("chatbase", ConversationKey(CHANNEL), PERSON, max_turns=3))
KEY = Opening(make_asked(provider="tamako"), ContextQuery("tamako", ConversationKey(CHANNEL), PERSON, max_turns=None))
WAITING = Opening(make_asked(), None)


async def is_stored(store: Stores) -> bool:
    return await store.answers.answer("answer-1") is not None


async def test_everything_is_read_and_the_run_begun(store: Stores) -> None:
    await store.server_settings.save("channel", SERVER, CHANNEL, "provider", "chatbase")
    for number in range(5):
        await record(store, make_turn(number))
    seen: list[StoredSettings] = []

    def plan(settings: StoredSettings) -> Opening:
        seen.append(settings)
        return CONVERSATION

    opened = await store.run_opener.open(PLACE, plan)
    assert opened.is_begun
    assert [opened.settings] == seen == [StoredSettings({}, {"provider": "chatbase"})]
    assert opened.context == await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=3)
    wording = await store.answers.wording("answer-1", 1)
    assert wording is not None
    assert wording.question == CONVERSATION.start.wording


async def test_a_key_is_read_if_the_provider_keeps_the_conversation(store: Stores) -> None:
    key = await store.conversations.renew_user_key("tamako", PERSON)
    opened = await store.run_opener.open(None, lambda _: KEY)
    assert (opened.context, opened.settings, opened.is_begun) == (key, NOTHING_SET, True)


async def test_a_run_that_waits_needs_no_context_and_a_refused_one_is_not_begun(store: Stores) -> None:
    refused = await store.run_opener.open(PLACE, lambda _: None)
    assert (refused.context, refused.is_begun, await is_stored(store)) == (None, False, False)
    waiting = await store.run_opener.open(PLACE, lambda _: WAITING)
    assert (waiting.context, waiting.is_begun, await is_stored(store)) == (None, True, True)


@pytest.mark.parametrize("opening", [CONVERSATION, KEY], ids=["conversation", "key"])
async def test_what_cannot_be_written_is_read_all_the_same(
    url: str, opening: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_store(url) as store:
        await drop_tables(url, "texts")
        opened = await store.run_opener.open(PLACE, lambda _: opening)
        assert not opened.is_begun
        assert opened.context is not None
        assert not caplog.records
        await drop_tables(url, "preferences")
        with pytest.raises(DatabaseUnavailable):
            await store.run_opener.open(PLACE, lambda _: opening)


async def test_nothing_is_left_of_a_run_that_is_not_begun(url: str) -> None:
    async with open_store(url) as store:
        await drop_tables(url, "texts")
        await store.run_opener.open(PLACE, lambda _: CONVERSATION)
        count = cast("SqlStore", store.answers)._database.read(lambda connection: connection.scalar(COUNT))
        assert await count == 0


COUNT = text("SELECT count(*) FROM answers")


async def test_another_process_that_writes_is_not_waited_for(sqlite_url: str) -> None:
    async with open_store(sqlite_url, max_wait=60) as store:
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with asyncio.timeout(5):
                opened = await store.run_opener.open(PLACE, lambda _: CONVERSATION)
            assert (opened.is_begun, opened.context is None) == (False, False)
            other.execute("ROLLBACK")
        # The connection waits for others again, as it did before.
        assert (await store.run_opener.open(PLACE, lambda _: CONVERSATION)).is_begun
        waited = await cast("SqlStore", store.answers)._database.read(max_wait)
        assert waited == 30_000


async def test_a_lock_on_a_table_is_not_waited_for(prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_store(prepared_postgres_url, max_wait=60) as store:
        other: Any = await asyncpg.connect(prepared_postgres_url)
        async with other.transaction():
            await other.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
            with monkeypatch.context() as patch:
                patch.setattr(transactions, "_TRY_SECONDS", 0.1)
                async with asyncio.timeout(30):
                    opened = await store.run_opener.open(PLACE, lambda _: CONVERSATION)
            assert (opened.is_begun, opened.context is None) == (False, False)
        await other.close()
        # Time enough: however slow the machine is, nothing holds this one up.
        monkeypatch.setattr(transactions, "_TRY_SECONDS", 60)
        assert (await store.run_opener.open(PLACE, lambda _: CONVERSATION)).is_begun


async def test_it_is_not_waited_for_either_if_reading_took_long(
    prepared_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_TRY_SECONDS", 0.05)

    def read(connection: Connection) -> str:
        connection.execute(text("SELECT pg_sleep(0.2)"))
        return "read"

    def write(connection: Connection, _: str) -> None:
        connection.execute(text("LOCK TABLE runs IN ROW EXCLUSIVE MODE"))

    async with open_store(prepared_postgres_url, max_wait=60) as store:
        other: Any = await asyncpg.connect(prepared_postgres_url)
        async with other.transaction():
            await other.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
            async with asyncio.timeout(30):
                found = await cast("SqlStore", store.answers)._database.read_and_try_write(read, write)
            assert found == ("read", False)
        await other.close()


async def test_openings_that_are_cancelled_leave_their_places_to_others(url: str) -> None:
    async with open_store(url) as store:
        for number in range(120):  # each number of steps more often than there are connections
            opening = asyncio.create_task(store.run_opener.open(PLACE, lambda _: CONVERSATION))
            for _ in range(number % 20):
                await asyncio.sleep(0)
            opening.cancel()
            await asyncio.wait({opening})
        await all_connections_work(store)
        assert (await store.run_opener.open(PLACE, lambda _: CONVERSATION)).is_begun


def max_wait(connection: Connection) -> int | None:
    found: int | None = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    return found


async def test_a_long_line_of_writers_is_not_waited_for(sqlite_url: str) -> None:
    async with open_store(sqlite_url, max_wait=60) as store:
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            stuck = asyncio.create_task(record(store, make_turn()))
            await asyncio.sleep(0)
            async with asyncio.timeout(5):
                opened = await store.run_opener.open(PLACE, lambda _: CONVERSATION)
            assert (opened.is_begun, opened.context is None) == (False, False)
            other.execute("ROLLBACK")
        assert await stuck


async def test_a_closed_store_opens_nothing(sqlite_url: str) -> None:
    async with open_store(sqlite_url) as store:
        pass
    with pytest.raises(DatabaseUnavailable):
        await store.run_opener.open(PLACE, lambda _: CONVERSATION)
