"""Growth: loading a conversation reads no more rows with twenty thousand turns in the channel than with twenty."""

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, event, insert

from bot.domain.conversation_key import ConversationKey
from bot.store.addresses.urls import parse_url
from bot.store.engine import Engine, open_engine
from bot.store.ports.conversation_store import SqlConversationStore
from bot.store.tables import conversations, turns
from tests.postgres import PostgresServer
from tests.store.samples import CHANNEL, OTHER_CHANNEL, unit_of_work

Parameters = tuple[object, ...]
MOST = 20
BUSY_CHANNEL = 7

load_conversation = unit_of_work(SqlConversationStore, "conversation")


@pytest.fixture
async def engine(url: str) -> AsyncIterator[Engine]:
    """Open an engine on a database without content."""
    async with open_engine(parse_url(url), max_wait=30) as opened:
        yield opened


def fill(connection: Connection, channel: int, ids: list[str]) -> None:
    """Give the channel a turn for each of the conversation ids in turn; the last one is the current."""
    location = {"provider": "chatbase", "channel": channel}
    connection.execute(insert(conversations).values(**location, id=ids[-1]))
    texts = {"server": 1, "asker": 2, "question": "question", "answer": "answer " * 20, "recorded_at": 0}
    rows = [
        {**location, **texts, "conversation_id": conversation, "position": number}
        for number, conversation in enumerate(ids)
    ]
    connection.execute(insert(turns), rows)


class Statements(list[tuple[str, Parameters]]):
    """What was sent to the database while it listened, with the parameters."""

    def note(
        self, _connection: Connection, _cursor: object, statement: str, parameters: Parameters, *_rest: object
    ) -> None:
        if "SELECT" in statement:
            self.append((statement, parameters))


def load_and_listen(connection: Connection, channel: int) -> Statements:
    """Return the statements that loading a conversation consists of."""
    statements = Statements()
    event.listen(connection, "before_cursor_execute", statements.note)
    loaded = load_conversation(connection, "chatbase", ConversationKey(channel), most=MOST)
    event.remove(connection, "before_cursor_execute", statements.note)
    assert len(loaded.turns) == MOST
    return statements


def plan_on_sqlite(connection: Connection, statement: str, parameters: Parameters) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row.detail for row in rows]


def measure_on_sqlite(connection: Connection, channel: int) -> int:
    """Return how many steps of SQLite's virtual machine it takes to load a conversation."""
    driver = connection.connection.driver_connection
    assert driver is not None
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver.set_progress_handler(count, 1)
    load_conversation(connection, "chatbase", ConversationKey(channel), most=MOST)
    driver.set_progress_handler(None, 1)
    return steps


def measure_on_postgresql(
    connection: Connection, statement: str, parameters: Parameters
) -> tuple[int, set[str], set[str]]:
    """Return how many blocks the statement touches, its plan's kinds of nodes, and the tables it reads as a whole."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    found = connection.exec_driver_sql(explain, parameters).scalar_one()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    nodes, scanned, waiting = set[str](), set[str](), [plan]
    while waiting:
        node = waiting.pop()
        nodes.add(node["Node Type"])
        if node["Node Type"] == "Seq Scan":
            scanned.add(node["Relation Name"])
        waiting += node.get("Plans", [])
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], nodes, scanned


# Most turns in older conversations, as in a busy channel; or all in the current one, as where the bounds are high.
@pytest.mark.parametrize("ids", [[f"id {number // 40}" for number in range(20_000)], ["id"] * 20_000])
async def test_loading_a_conversation_does_not_slow_down(
    engine: Engine, url: str, postgres: PostgresServer, ids: list[str]
) -> None:
    def fill_all(connection: Connection) -> None:
        fill(connection, CHANNEL, ids)
        fill(connection, OTHER_CHANNEL, ["id"] * MOST)
        # The latest turns of all belong to neither, so that reading the table backwards is no way out.
        fill(connection, BUSY_CHANNEL, ["id"] * 20_000)

    await engine.run(fill_all, writes=True)
    if url.startswith("postgresql"):
        postgres.execute("VACUUM ANALYZE", database=url.rpartition("/")[2])
    await engine.run(hold_to_its_rows, writes=False)


def hold_to_its_rows(connection: Connection) -> None:
    """Hold the loading of a long conversation to what it may look at."""
    [(statement, parameters)] = load_and_listen(connection, CHANNEL)
    if connection.dialect.name == "sqlite":
        steps = [
            each for each in plan_on_sqlite(connection, statement, parameters) if each.startswith(("SCAN", "SEARCH"))
        ]
        # The last step hands over what the others found.
        assert steps.pop() == "SCAN anon_1"
        assert all(step.startswith("SEARCH") and " USING INDEX " in step for step in steps), steps
        small, large = [measure_on_sqlite(connection, channel) for channel in (OTHER_CHANNEL, CHANNEL)]
        assert large <= small * 1.1, f"{large} steps instead of {small}"
    else:
        blocks, nodes, scanned = measure_on_postgresql(connection, statement, parameters)
        # `conversations` has three rows here, which PostgreSQL rightly reads without an index.
        assert scanned <= {"conversations"}
        assert nodes <= {"Append", "Subquery Scan", "Limit", "Index Scan", "Index Only Scan", "Seq Scan"}, nodes
        assert blocks <= MOST + 10, f"{blocks} blocks"
