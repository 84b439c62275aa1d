"""Migrations: together they make just the tables that the program uses, once, and a newer database is refused."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text

from bot.answering.stored_answers import write_pieces
from bot.answering.stored_buttons import StoredButton, find_button
from bot.domain.content import Button, Buttons
from bot.domain.conversation_key import ConversationKey
from bot.store.addresses.urls import parse_url
from bot.store.engine import Engine, open_engine
from bot.store.errors import DatabaseOpenError
from bot.store.open import open_store
from bot.store.tables import metadata
from bot.store.upgrade import NEWEST, alembic_config, upgrade
from tests.databases import find_text
from tests.store.samples import CHANNEL, make_turn, record

ROOT = Path(__file__).resolve().parents[2]

OLD = "Ab-c_0123456789x"
"""A button's token as it was before the third version."""


@pytest.fixture
def url(empty_url: str) -> str:
    """Give the URL of an empty database."""
    return empty_url


@pytest.fixture
async def engine(url: str) -> AsyncIterator[Engine]:
    """Open an engine as migrations have it, on an empty database."""
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as opened:
        yield opened


async def execute(engine: Engine, statement: str) -> None:
    await engine.run(lambda connection: connection.execute(text(statement)), writes=True)


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrations_make_the_tables_that_the_program_uses(engine: Engine) -> None:
    assert await engine.run(differences, writes=False), "an empty database lacks something"
    await upgrade(engine)
    assert await engine.run(differences, writes=False) == []
    assert await engine.run(table_names, writes=False) == {*metadata.tables, "alembic_version"}


async def test_the_newest_migration_is_known_by_its_number(engine: Engine) -> None:
    await upgrade(engine)
    assert (
        await engine.run(lambda db: db.scalar(text("SELECT version_num FROM alembic_version")), writes=False) == NEWEST
    )
    scripts = await engine.run(lambda db: ScriptDirectory.from_config(alembic_config(db)), writes=False)
    assert scripts.get_heads() == [NEWEST]


def test_a_start_with_a_current_database_imports_nothing_that_few_need() -> None:
    left_out = {"alembic", "asyncpg", "sqlalchemy.orm", "regex", "wcwidth"}
    script = f"import sys, bot.app, bot.store.engine.sqlite; print({left_out} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "set()"


async def test_a_second_upgrade_changes_nothing(url: str) -> None:
    async with open_store(url) as store:
        await record(store, make_turn())
    async with open_store(url) as store:
        assert len((await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)).turns) == 1


async def test_what_the_first_version_stored_is_there_after_the_upgrade(url: str, engine: Engine) -> None:
    await engine.run(lambda db: command.upgrade(alembic_config(db), "0001"), writes=True)
    await execute(engine, f"INSERT INTO conversations VALUES ('chatbase', {CHANNEL}, 'first')")
    await execute(
        engine, f"INSERT INTO turns VALUES (7, 'chatbase', {CHANNEL}, 'first', NULL, 5, 'old question', 'old', 1)"
    )
    async with open_store(url) as store:
        conversation = await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)
        assert (conversation.id, [turn.question for turn in conversation.turns]) == ("first", ["old question"])
        assert await record(store, make_turn())


async def fill_second(engine: Engine) -> None:
    """Bring a database to the second version, and have it hold the buttons of an answer and others of nobody knows."""
    await engine.run(lambda db: command.upgrade(alembic_config(db), "0002"), writes=True)
    choices = Buttons("", (Button("Yes", "say", "of a kept answer", OLD),))
    rows: dict[str, list[dict[str, object]]] = {
        "answers": [{"id": "kept", "question": 1, "by_message": 1, "asker": 5, "channel": CHANNEL, "asked_at": 1}
                    | {"settings_channel": CHANNEL, "shown": 1}],
        "runs": [{"answer": "kept", "number": 1, "provider": "chatbot", "state": "done", "began_at": 1, "follows": 0}
                 | dict.fromkeys(("edits", "retries", "history_sent", "history_left_out"), 0)],
        "texts": [{"answer": "kept", "number": 1, "question": "{}", "content": write_pieces([choices])}
                  | {"notices": "[]"}],
        "answer_messages": [{"message": 77, "answer": "kept", "position": 0}],
        "buttons": [
            {"token": token, "provider": "chatbot", "title": "Yes", "action": "say", "value": value, "saved_at": 1}
            for token, value in [(OLD, "of a kept answer"), *((f"token-{n}", f"somebody's {n}") for n in range(500))]
        ],
    }  # fmt: skip

    def fill(connection: Connection) -> None:
        for name, some in rows.items():
            connection.execute(Table(name, MetaData(), autoload_with=connection).insert(), some)

    await engine.run(fill, writes=True)


async def test_what_buttons_said_goes_with_the_third_version_unless_their_answer_is_kept(
    url: str, tmp_path: Path
) -> None:
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine:
        await fill_second(engine)
    assert await find_text(url, "somebody's") == {"buttons"}
    async with open_store(url) as store:
        assert await find_text(url, "somebody's") == set()
        assert await find_text(url, "of a kept answer") == {"texts"}
        pressed = await find_button(store.answers, OLD, 77, lambda _: True)
        assert pressed == StoredButton("chatbot", Button("Yes", "say", "of a kept answer", OLD))
        assert await find_button(store.answers, "token-1", 77, lambda _: True) is None
        assert await find_button(store.answers, "token-1", 78, lambda _: True) is None
        await store.personal_data.erase_person(5, [])
        assert await find_button(store.answers, OLD, 77, lambda _: True) is None
    assert not [each for each in tmp_path.iterdir() if b"somebody's" in each.read_bytes()], "SQLite overwrites it"


async def test_the_second_version_works_again_after_the_third(engine: Engine) -> None:
    await upgrade(engine)
    await engine.run(lambda db: command.downgrade(alembic_config(db), "0002"), writes=True)
    await execute(engine, "INSERT INTO buttons VALUES ('token', 'chatbot', 'Yes', 'say', 'yes', 1)")
    indexes = await engine.run(lambda db: inspect(db).get_indexes("buttons"), writes=False)
    assert [(index["name"], index["column_names"]) for index in indexes] == [("buttons_by_age", ["saved_at"])]
    await upgrade(engine)
    assert await engine.run(differences, writes=False) == []


async def test_every_migration_can_be_taken_back(engine: Engine) -> None:
    await upgrade(engine)
    await engine.run(lambda db: command.downgrade(alembic_config(db), "base"), writes=True)
    assert await engine.run(table_names, writes=False) == {"alembic_version"}
    await upgrade(engine)
    assert await engine.run(differences, writes=False) == []


async def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    # In the way of the last table that the first migration makes.
    await execute(engine, "CREATE TABLE facts (name TEXT)")
    with pytest.raises(Exception, match="facts"):
        await upgrade(engine)
    assert await engine.run(table_names, writes=False) == {"facts"}


async def test_a_table_of_somebody_else_is_told(url: str, engine: Engine) -> None:
    await execute(engine, "CREATE TABLE turns (name TEXT)")
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_store(url):
            pass
    assert "turns" in caught.value.reason
    assert "already exists" in caught.value.reason


async def test_a_newer_database_is_refused(url: str, engine: Engine) -> None:
    async with open_store(url) as store:
        await record(store, make_turn())
    await execute(engine, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_store(url):
            pass
    assert caught.value.reason == ("its schema (9999) is newer than this version of the program; update the program")
