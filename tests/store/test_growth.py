"""Growth: loading a conversation reads no more rows with twenty thousand turns in the channel than with twenty."""

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, event, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.conversations import load_conversation
from bot.store.engine import open_engine
from bot.store.tables import conversations, turns
from bot.store.urls import parse_url
from tests.store.samples import CHANNEL, OTHER_CHANNEL

Parameters = tuple[object, ...]
MOST = 20
BUSY_CHANNEL = 7


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Open an engine on a database without content."""
    async with open_engine(parse_url(url), patience=30) as opened:
        yield opened


async def fill(connection: AsyncConnection, channel: int, ids: list[str]) -> None:
    """Give the channel a turn for each of the conversation ids in turn; the last one is the current."""
    place = {"provider": "chatbase", "channel": channel}
    await connection.execute(insert(conversations).values(**place, id=ids[-1]))
    texts = {"server": 1, "asker": 2, "question": "question", "answer": "answer " * 20, "recorded_at": 0}
    rows = [{**place, **texts, "conversation_id": conversation} for conversation in ids]
    await connection.execute(insert(turns), rows)


class Statements(list[tuple[str, Parameters]]):
    """What was sent to the database while it listened, with the parameters."""

    def note(
        self, _connection: Connection, _cursor: object, statement: str, parameters: Parameters, *_rest: object
    ) -> None:
        if "SELECT" in statement:
            self.append((statement, parameters))


async def load_and_listen(connection: AsyncConnection, channel: int) -> Statements:
    """Return the statements that loading a conversation consists of."""
    statements = Statements()
    assert isinstance(connection.sync_connection, Connection)
    event.listen(connection.sync_connection, "before_cursor_execute", statements.note)
    loaded = await load_conversation(connection, "chatbase", channel, MOST)
    event.remove(connection.sync_connection, "before_cursor_execute", statements.note)
    assert len(loaded.turns) == MOST
    return statements


async def plan_on_sqlite(connection: AsyncConnection, statement: str, parameters: Parameters) -> list[str]:
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row.detail for row in rows]


async def measure_on_sqlite(connection: AsyncConnection, channel: int) -> int:
    """Return how many steps of SQLite's virtual machine it takes to load a conversation."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    await driver.set_progress_handler(count, 1)
    await load_conversation(connection, "chatbase", channel, MOST)
    await driver.set_progress_handler(None, 1)
    return steps


async def measure_on_postgresql(
    connection: AsyncConnection, statement: str, parameters: Parameters
) -> tuple[int, set[str]]:
    """Return how many blocks the statement touches, and the kinds of the nodes in its plan."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    found = (await connection.exec_driver_sql(explain, parameters)).scalar_one()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    nodes, waiting = set[str](), [plan]
    while waiting:
        node = waiting.pop()
        nodes.add(node["Node Type"])
        waiting += node.get("Plans", [])
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], nodes


# Most turns in older conversations, as in a busy channel; or all in the current one, as where the bounds are high.
@pytest.mark.parametrize("ids", [[f"id {number // 40}" for number in range(20_000)], ["id"] * 20_000])
async def test_loading_a_conversation_does_not_slow_down(engine: AsyncEngine, ids: list[str]) -> None:
    async with engine.begin() as connection:
        await fill(connection, CHANNEL, ids)
        await fill(connection, OTHER_CHANNEL, ["id"] * MOST)
        # The latest turns of all belong to neither, so that reading the table backwards is no way out.
        await fill(connection, BUSY_CHANNEL, ["id"] * 20_000)
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
    async with engine.connect() as connection:
        statements = await load_and_listen(connection, CHANNEL)
        assert len(statements) == 2
        if engine.dialect.name == "sqlite":
            for statement, parameters in statements:
                (step,) = await plan_on_sqlite(connection, statement, parameters)
                assert step.startswith("SEARCH"), step
                assert " USING INDEX " in step, step
            small, large = [await measure_on_sqlite(connection, channel) for channel in (OTHER_CHANNEL, CHANNEL)]
            assert large <= small * 1.1, f"{large} steps instead of {small}"
        else:
            for statement, parameters in statements:
                blocks, nodes = await measure_on_postgresql(connection, statement, parameters)
                # `conversations` has three rows here, which PostgreSQL rightly reads without an index.
                assert nodes <= {"Limit", "Index Scan", "Index Only Scan"} or "FROM conversations" in statement, nodes
                assert blocks <= MOST + 10, f"{blocks} blocks"
