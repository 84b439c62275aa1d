"""A database that takes nothing for a while: no reader of an answer waits for it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import Any

import asyncpg
import pytest

from tests.databases import execute
from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import Stage

_TABLES = "answers, runs, texts, turns, answer_messages, user_keys"


@asynccontextmanager
async def locked_file(stage: Stage) -> AsyncIterator[None]:
    """Keep everybody else from writing to SQLite's file."""
    with closing(sqlite3.connect(stage.database.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@asynccontextmanager
async def locked_tables(stage: Stage) -> AsyncIterator[None]:
    """Keep everybody else from writing to PostgreSQL's tables; they can be read."""
    connection: Any = await asyncpg.connect(stage.database)
    async with connection.transaction():
        await connection.execute(f"LOCK TABLE {_TABLES} IN EXCLUSIVE MODE")
        yield
    await connection.close()


@asynccontextmanager
async def missing_standby(stage: Stage) -> AsyncIterator[None]:
    """Have each commit wait for a standby that is not there."""
    await change_server(stage, "SET synchronous_standby_names = 'nobody'")
    try:
        yield
    finally:
        await change_server(stage, "RESET synchronous_standby_names")


async def change_server(stage: Stage, change: str) -> None:
    """Change a setting of the whole server, and wait until it has taken it."""
    connection: Any = await asyncpg.connect(stage.database)
    before = await connection.fetchval("SHOW synchronous_standby_names")
    await connection.execute(f"ALTER SYSTEM {change}")
    await connection.execute("SELECT pg_reload_conf()")
    while await connection.fetchval("SHOW synchronous_standby_names") == before:
        await asyncio.sleep(0)
    await connection.close()


@pytest.mark.parametrize(
    ("database_url", "slow"),
    [("sqlite", locked_file), ("postgresql", locked_tables), ("postgresql", missing_standby)],
    indirect=["database_url"],
)
async def test_the_first_text_does_not_wait_for_the_journal(
    stage: Stage, slow: Callable[[Stage], AbstractAsyncContextManager[None]]
) -> None:
    async with slow(stage):
        stream, question, answer = await begin(stage)
        await answer.wait_until(shows="It begins")
        in_response = stage.apis.chatbase.hold()
        asking = await stage.bob.slash(stage.other, "ask", question="and here?")
        await in_response.send("It begins too")
        await asking.wait_until(shows="It begins too")
        stage.apis.tamako.answers("All at once.")
        at_once = await stage.alice.slash(stage.alice.dm(stage.app), "tamako ask", question="and at once?")
        await stage.apis.tamako.wait_received()
    for held in (stream, in_response):
        await held.send(".")
        await held.finish()
    assert (await stage.answer(question)).content == "It begins."
    assert words(await stage.told(asking)) == "It begins too."
    assert words(await stage.told(at_once)) == "All at once."
    await stage.idle()
    assert execute(stage.database, "SELECT count(*) FROM runs WHERE state <> 'done'") == [(0,)]
    known = [await stage.bot.services.answers.answer_to(event.id) for event in (question, asking, at_once)]
    assert [each.runs[0].outcome for each in known if each is not None] == ["whole"] * 3
