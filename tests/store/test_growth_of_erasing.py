"""Growth: what shows and erases goes by index, so that it looks at nobody else's rows however many there are."""

import functools
import json
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, event, insert

from bot.domain.answer import TurnUpdate
from bot.domain.conversation_key import ConversationKey
from bot.store.addresses.urls import parse_url
from bot.store.engine import Engine, open_engine
from bot.store.ports.answer_store import SqlAnswerStore
from bot.store.ports.personal_data_store import SqlPersonalDataStore
from bot.store.queries import bulk_deletion
from bot.store.tables import answer_messages, answers, conversations, runs, texts, turns
from bot.store.upgrade import upgrade
from tests.postgres import PostgresServer
from tests.store.samples import unit_of_work

ROWS = 6_000
CHANNELS = 100
PERSON = 5

Parameters = tuple[object, ...]
Work = Callable[[Connection], object]

_FIRST = ConversationKey(1)

_HOLDINGS, _TURNS, _RUNS, _WITHDRAW = (
    unit_of_work(SqlPersonalDataStore, name) for name in ("holdings", "turns", "runs", "withdraw")
)
_ANSWER_TO, _ANSWER_IN, _WORDING, _TAKE_OVER, _SHOW, _ERASE, _MARK_LOST, _LATEST, _DIRECT = (
    unit_of_work(SqlAnswerStore, name)
    for name in (
        *("answer_to", "answer_in", "wording", "take_over", "show", "erase", "mark_lost"),
        *("latest_questions", "direct_messages"),
    )
)

WORK: dict[str, Work] = {
    "holdings": lambda connection: _HOLDINGS(connection, PERSON, 3),
    "turns": lambda connection: _TURNS(connection, PERSON, ROWS // 2),
    "runs": lambda connection: _RUNS(connection, PERSON, (ROWS // 2, "", 0)),
    "answers of a person": lambda connection: bulk_deletion.erase_answers_of_person(connection, PERSON, ["tamako"], 1),
    "turns of a person": lambda connection: bulk_deletion.erase_turns_of_person(connection, PERSON, 1),
    "conversations of a person": lambda connection: _WITHDRAW(connection, PERSON),
    "servers with turns": lambda connection: bulk_deletion.list_oldest(connection, turns, 3),
    "servers with answers": lambda connection: bulk_deletion.list_oldest(connection, answers, 3),
    "unused conversations": lambda connection: bulk_deletion.list_unused(connection, 1, ("chatbase", _FIRST)),
    "expired turns": lambda connection: bulk_deletion.expire_rows(connection, turns, 3, ROWS // 2),
    "expired answers": lambda connection: bulk_deletion.expire_rows(connection, answers, None, ROWS // 2),
    "turns of a server": lambda connection: bulk_deletion.erase_turns_of_server(connection, 3),
    "answers of a server": lambda connection: bulk_deletion.erase_answers_of_server(connection, 3),
    "answer to a message": lambda connection: _ANSWER_TO(connection, ROWS // 2),
    "answer in a message": lambda connection: _ANSWER_IN(connection, ROWS // 2),
    "wording": lambda connection: _WORDING(connection, f"{ROWS // 2}", 1),
    "unfinished": unit_of_work(SqlAnswerStore, "unfinished_owners"),
    "showing a version": lambda connection: _SHOW(connection, f"{ROWS // 2}", 1, TurnUpdate(ROWS // 2, "a", "b")),
    "erasing an answer": lambda connection: _ERASE(connection, f"{ROWS // 2}"),
    "marking a lost run": lambda connection: _MARK_LOST(connection, f"{ROWS // 2}", 1),
    "latest questions": lambda connection: _LATEST(connection, 3, [PERSON, 6], ROWS // 2),
    "direct messages": lambda connection: _DIRECT(connection, 25),
    "take over": lambda connection: _TAKE_OVER(connection, ["another"]),
}

LARGE = {table.name for table in (conversations, turns, answers, runs, texts, answer_messages)}
"""The tables that are not to be read from end to end."""


@pytest.fixture
async def engine(url: str, postgres: PostgresServer) -> AsyncIterator[Engine]:
    """Open an engine on a database with many people in many servers, and two answers under way."""
    async with open_engine(parse_url(url), max_wait=30) as opened:
        await upgrade(opened)
        await opened.run(fill, writes=True)
        if url.startswith("postgresql"):
            postgres.execute("VACUUM ANALYZE", database=url.rpartition("/")[2])
        yield opened


def fill(connection: Connection) -> None:
    """Have each of two hundred people ask in a few of sixty servers."""
    location = [{"provider": "chatbase", "channel": channel} for channel in range(CHANNELS)]
    connection.execute(insert(conversations), [{**each, "id": "id", "used_at": 0} for each in location])
    numbers = range(ROWS)
    elsewhere = [{"provider": "tamako", "channel": n, "id": "id", "used_at": 0, "remote_id": "there"} for n in numbers]
    connection.execute(insert(conversations), elsewhere)
    who = [{"asker": number % 200, "server": number % 60 or None} for number in numbers]
    said = {"conversation_id": "id", "question": "question", "answer": "answer " * 20, "hidden": 0}
    connection.execute(insert(turns), [{**location[n % CHANNELS], **who[n], **said, "recorded_at": n} for n in numbers])
    asked = [{"id": f"{n}", "question": n, "asked_at": n, "channel": n % CHANNELS, **who[n]} for n in numbers]
    same = {"by_message": 1, "settings_channel": 1, "shown": 1}
    connection.execute(insert(answers), [{**same, **row} for row in asked])
    run = {"number": 1, "provider": "chatbase", "began_at": 0, "follows": 0}
    under_way, over = {"state": "open", "owner": "another"}, {"state": "done", "owner": ""}
    counted = dict.fromkeys(("edits", "retries", "history_sent", "history_left_out"), 0)
    rows = [{**run, **counted, "answer": f"{n}", "turn": n + 1, **(under_way if n < 2 else over)} for n in numbers]
    connection.execute(insert(runs), rows)
    wording = {"number": 1, "question": "question", "content": "answer " * 20, "notices": "[]"}
    connection.execute(insert(texts), [{**wording, "answer": f"{n}"} for n in numbers])
    connection.execute(insert(answer_messages), [{"message": n, "answer": f"{n}", "position": 0} for n in numbers])


def statements_of(connection: Connection, work: Work) -> list[tuple[str, Parameters]]:
    """Do the work, take it back, and return each statement that it consisted of, with its parameters."""
    heard: list[tuple[str, Parameters]] = []

    def note(_connection: Connection, _cursor: object, statement: str, parameters: Parameters, *_rest: object) -> None:
        heard.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    with connection.begin_nested() as attempt:
        work(connection)
        attempt.rollback()
    event.remove(connection, "before_cursor_execute", note)
    return [one for one in heard if not one[0].startswith(("INSERT", "SAVEPOINT", "ROLLBACK"))]


def read_whole(connection: Connection, statement: str, parameters: Parameters) -> set[str]:
    """Return the tables that the database means to read from end to end for a statement."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        scans = {row.detail for row in rows if row.detail.startswith("SCAN ")}
        # An index that holds nothing but the unfinished is read from end to end, and rightly.
        return {detail.split()[1] for detail in scans if not detail.endswith("runs_unfinished")}
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    waiting, whole = [(json.loads(found) if isinstance(found, str) else found)[0]["Plan"]], set[str]()
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan":
            whole.add(node["Relation Name"])
    return whole


async def test_nothing_that_shows_or_erases_reads_a_whole_table(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As small beside these tables as a batch is beside the tables of years.
    monkeypatch.setattr(bulk_deletion, "AT_ONCE", 20)
    monkeypatch.setattr(bulk_deletion, "LOOKED_AT_ONCE", 20)

    def look(connection: Connection) -> None:
        for name, work in WORK.items():
            statements = statements_of(connection, work)
            assert statements
            for statement, parameters in statements:
                whole = read_whole(connection, statement, parameters)
                assert not whole & LARGE, f"{name}: {statement}"
        for table in (answers, turns):
            work = functools.partial(bulk_deletion.list_oldest, table=table, after=3)
            assert len(statements_of(connection, work)) == 1, "a statement for each server"
            assert work(connection) == [(server, server) for server in range(4, 60)]

    await engine.run(look, writes=True)
