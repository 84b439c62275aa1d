"""A database that fails while the bot runs: a bounded wait, an error without anybody's text, and then it goes on."""

import asyncio
import logging
import sqlite3
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, text

from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.welcome import Welcome
from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.ports.base import Stores
from bot.store.tables import metadata
from tests.fakes.relay import Relay
from tests.postgres import PostgresServer
from tests.store.samples import CHANNEL, FIGURES, make_asked, make_ended, make_turn, record

TEXTS = ("question 1", "answer 1", "wording 1")


async def test_an_error_carries_nobodys_text(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_store(url) as store:
        await drop_tables(url, "turns")
        with pytest.raises(DatabaseUnavailable) as caught:
            await record(store, make_turn())
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    told = "".join(traceback.format_exception(caught.value))
    assert not [part for part in TEXTS if part in told + caplog.text]
    (line,) = [
        record.getMessage() for record in caplog.records if record.name.startswith("bot.store.engine.transactions")
    ]
    kind = "ProgrammingError 42P01" if url.startswith("postgresql") else "OperationalError SQLITE_ERROR"
    assert line == f"a database call failed: {kind}"
    assert str(caught.value) == kind


async def test_no_log_level_shows_anybodys_text(empty_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    async with open_store(empty_url) as store:
        await record(store, make_turn())
        await store.answers.begin(make_asked())
        await store.answers.end("answer-1", 1, make_ended(), None)
        assert (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)).turns
        assert await store.answers.wording("answer-1", 1)
    assert "schema went from nothing to" in caplog.text
    assert not [part for part in TEXTS if part in caplog.text]


async def test_every_call_fails_the_same_way(url: str) -> None:
    async with open_store(url) as store:
        await drop_tables(url, *reversed([table.name for table in metadata.sorted_tables]))
        calls = [
            store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5),
            record(store, make_turn()),
            store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL)),
            store.conversations.user_key("tamako", 1),
            store.conversations.renew_user_key("tamako", 1),
            store.server_settings.load(1, 2),
            store.server_settings.save("server", 1, 1, "name", "Ann"),
            store.server_settings.save("server", 1, 1, "name", None),
            store.server_settings.list_values("name"),
            store.run_opener.open((1, 2), lambda _: None),
            store.answers.begin(make_asked()),
            store.answers.set_messages("answer-1", [1], ()),
            store.answers.end("answer-1", 1, make_ended(), make_turn()),
            store.answers.mark_done("answer-1", 1, [1], FIGURES, ()),
            store.answers.mark_lost("answer-1", 1),
            store.answers.show("answer-1", 1, None),
            store.answers.answer("answer-1"),
            store.answers.answer_to(1),
            store.answers.answer_in(1),
            store.answers.wording("answer-1", 1),
            store.answers.unfinished_owners(),
            store.answers.take_over(["another"]),
            store.answers.erase("answer-1"),
            store.personal_data.holdings(1, 2),
            store.personal_data.keys(1, ["tamako"]),
            store.personal_data.turns(1, None),
            store.personal_data.runs(1, None),
            store.personal_data.erase_person(1, ["tamako"]),
            store.personal_data.expire({}, 1),
            store.personal_data.sweep(),
            store.personal_data.erase_server(1),
            store.personal_data.join(1, [1]),
            store.personal_data.joined(1),
            store.personal_data.leave(1, 1),
            store.personal_data.left(),
            store.personal_data.close(1),
            store.welcomes.claim(1, 1, welcome=True),
            store.welcomes.begin(1, Welcome(1, 0, 0, 0), Welcome(1, 1, 0, 1)),
            store.welcomes.mark_posted(1, Welcome(1, 1, 0, 1), 1),
            store.welcomes.welcomes(1),
            store.welcomes.welcome(1, 1),
            store.welcomes.note(1, 1, "tried"),
            store.welcomes.remove(1, 1),
            store.metadata.get("commands"),
            store.metadata.set("commands", "one"),
        ]
        provider_health = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in provider_health] == [DatabaseUnavailable] * len(calls)


async def test_a_failed_write_leaves_nothing_half_done(url: str) -> None:
    async with open_store(url) as store:
        await record(store, make_turn(1))
        too_large = make_turn(2, conversation_id="second", replaces="first", kept=(2**70,))
        with pytest.raises(DatabaseUnavailable):
            await record(store, too_large)
        conversation = await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)
        assert conversation.id == "first"
        assert len(conversation.turns) == 1


async def test_a_file_that_is_locked_fails_in_time_and_works_again(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.db"
    async with open_store(f"sqlite:///{file}", max_wait=2) as store:
        await record(store, make_turn(1))
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            with pytest.raises(DatabaseUnavailable, match="SQLITE_BUSY"):
                await record(store, make_turn(2))
            assert (
                len((await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)).turns) == 1
            ), "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        assert await record(store, make_turn(3))
        assert len((await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)).turns) == 2


async def test_calls_that_are_cancelled_do_not_break_later_ones(url: str) -> None:
    async with open_store(url) as store:
        for number in range(30):
            task = asyncio.create_task(record(store, make_turn(number)))
            # A different number of steps into the call each time.
            for _ in range(number):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        assert await record(store, make_turn(99))
        turns = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=100)).turns
        assert turns[-1].question == "question 99"
        await all_connections_work(store)


async def test_connections_that_the_server_closed_are_replaced(
    postgres: PostgresServer, prepared_postgres_url: str
) -> None:
    async with open_store(prepared_postgres_url) as store:
        await all_connections_work(store)
        name = urlsplit(prepared_postgres_url).path[1:]
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert await record(store, make_turn())
        await all_connections_work(store)


async def test_a_server_that_goes_away_and_comes_back(postgres: PostgresServer, prepared_postgres_url: str) -> None:
    async with open_store(prepared_postgres_url) as store:
        await record(store, make_turn(1))
        postgres.stop()
        try:
            with pytest.raises(DatabaseUnavailable):
                await record(store, make_turn(2))
            with pytest.raises(DatabaseUnavailable):
                await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)
        finally:
            postgres.start()
        assert await record(store, make_turn(3))
        assert len((await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)).turns) == 2


async def test_a_network_that_swallows_everything_is_not_waited_for(prepared_postgres_url: str) -> None:
    parts = urlsplit(prepared_postgres_url)
    async with Relay.to(parts.port or 0) as relay:
        url = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{relay.port}").geturl()
        async with open_store(url, max_wait=2) as store:
            await record(store, make_turn(1))
            relay.flowing.clear()
            async with asyncio.timeout(10):
                with pytest.raises(DatabaseUnavailable):
                    await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=5)
            relay.flowing.set()
            assert await record(store, make_turn(2))


async def all_connections_work(store: Stores) -> None:
    """Use each of the pool's connections at once."""
    found = await asyncio.gather(*(store.metadata.get("nothing") for _ in range(20)))
    assert found == [None] * 20


async def drop_tables(url: str, *tables: str) -> None:
    """Take tables away under the store's feet."""
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine:
        for table in tables:
            await engine.run(partial(Connection.execute, statement=text(f"DROP TABLE {table}")), writes=True)
