"""What one question costs the database, with a key and without: statements, transactions, round trips."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from bot.crypto.keys import new_key
from bot.limits import meter
from bot.operations.cluster import cluster
from bot.store.leases import postgres as postgres_lease
from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage, open_stage
from tests.fakes.relay import Relay
from tests.pgbouncer import PgBouncer

MAX_STATEMENTS = 12
MAX_TRANSACTIONS = 4
MAX_ROUND_TRIPS = 24
MAX_POOLED_ROUND_TRIPS = 36
"""Behind a pooling proxy each statement is prepared for one execution."""

_MAX_TRIES = 5


class Calls:
    """What goes to the database."""

    def __init__(self) -> None:
        self.statements = list[str]()
        self.transactions = 0

    def note_statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Take note of a statement, unless it is a transaction's own."""
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.statements.append(statement)

    def note_transaction(self, _connection: Connection) -> None:
        """Take note that a transaction begins; so it is called too if it only reads and needs no BEGIN."""
        self.transactions += 1


@contextmanager
def counted(stage: Stage) -> Iterator[Calls]:
    """Count from here to the end of the block; without the watch, which costs one statement every 10 s."""
    calls = Calls()
    assert stage.bot._repairs is not None
    stage.bot._repairs.cancel()
    event.listen(Engine, "before_cursor_execute", calls.note_statement)
    event.listen(Engine, "begin", calls.note_transaction)
    try:
        yield calls
    finally:
        event.remove(Engine, "before_cursor_execute", calls.note_statement)
        event.remove(Engine, "begin", calls.note_transaction)


async def mention(stage: Stage) -> None:
    """Ask by mention, and read the answer as it grows: the channel's history goes along."""
    stream, question, answer = await begin(stage)
    for piece in (" and", " goes", " on"):
        await stream.send(piece)
        await answer.wait_until(shows=piece.strip())
    await stream.finish()
    await stage.answer(question)


async def slash(stage: Stage) -> None:
    """Ask by command."""
    await stage.use(stage.alice, "ask", question="and here?")


async def stateful(stage: Stage) -> None:
    """Ask a provider that keeps the conversation itself."""
    await stage.use(stage.alice, "tamako ask", question="and here?")


async def kept(stage: Stage) -> None:
    """Ask a provider that keeps conversations by ids of its own."""
    await stage.use(stage.alice, "chatbase-v2 ask", question="and here?")


MORE_IF_KEPT = (1, 1, 5)
"""Statements, transactions and round trips more: the conversation is held and read in a transaction of its own.

Without a pooling proxy it is one round trip less."""

KEY = {"SECRET_KEY": new_key()}

with_and_without_key = pytest.mark.parametrize(
    "changed", [{}, pytest.param(KEY, marks=pytest.mark.environment(**KEY))], ids=["clear", "encrypted"]
)

ASK: list[Callable[[Stage], Awaitable[None]]] = [mention, slash, stateful]


@pytest.fixture(autouse=True)
def nothing_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no totals written meanwhile, and other processes not looked at: that takes the same, whatever is asked."""
    monkeypatch.setattr(meter, "FLUSH_SECONDS", 3600.0)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 3600.0)
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 3600.0)


@asynccontextmanager
async def relayed(url: str, **environment: str) -> AsyncIterator[tuple[Stage, Relay]]:
    """Give a stage whose bot reaches PostgreSQL, or a proxy, through a relay."""
    parts = urlsplit(url)
    async with Relay.to(parts.port or 0) as relay:
        through = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{relay.port}").geturl()
        async with open_stage(through, **environment) as stage, stage.running():
            yield stage, relay


@pytest.fixture
def silent_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no lease need a statement meanwhile."""
    monkeypatch.setattr(postgres_lease, "BEAT_SECONDS", 3600.0)


@with_and_without_key
async def test_on_sqlite(stage: Stage, changed: dict[str, str]) -> None:
    assert changed == stage.changed
    for ask in ASK:
        for _ in range(2):
            with counted(stage) as calls:
                await ask(stage)
                await stage.idle()
            assert len(calls.statements) <= MAX_STATEMENTS, calls.statements
            assert calls.transactions <= MAX_TRANSACTIONS


async def test_a_fallback_that_is_not_needed_costs_nothing(stage: Stage) -> None:
    await stage.use(stage.admin, "settings fallback", value="chatbase-v2, tamako")
    await test_on_sqlite(stage, stage.changed)


async def test_a_conversation_that_is_kept_elsewhere_costs_one_statement_more(stage: Stage) -> None:
    for _ in range(3):
        with counted(stage) as calls:
            await kept(stage)
            await stage.idle()
        assert len(calls.statements) <= MAX_STATEMENTS + MORE_IF_KEPT[0], calls.statements
        assert calls.transactions <= MAX_TRANSACTIONS + MORE_IF_KEPT[1]


@with_and_without_key
@pytest.mark.usefixtures("silent_lease")
async def test_on_postgresql(prepared_postgres_url: str, changed: dict[str, str]) -> None:
    async with relayed(prepared_postgres_url, **changed) as (stage, relay):
        await check_bounds(stage, relay, MAX_ROUND_TRIPS)


@pytest.mark.usefixtures("silent_lease")
async def test_on_postgresql_behind_a_pooling_proxy(prepared_postgres_url: str, pgbouncer: PgBouncer) -> None:
    url, direct = pgbouncer.through(prepared_postgres_url), prepared_postgres_url
    async with relayed(url, DATABASE_DIRECT_URL=direct, **KEY) as (stage, relay):
        await check_bounds(stage, relay, MAX_POOLED_ROUND_TRIPS)


async def check_bounds(stage: Stage, relay: Relay, max_round_trips: int) -> None:
    """Hold what each kind of question costs.

    Each statement is prepared once a connection, and which connection it gets depends on how soon another gave one
    back. So the cheapest of a few questions is the one that had nothing to prepare.
    """
    for ask in (*ASK, kept):
        more = MORE_IF_KEPT if ask is kept else (0, 0, 0)
        costs = list[int]()
        while len(costs) < _MAX_TRIES and min(costs, default=max_round_trips + more[2] + 1) > max_round_trips + more[2]:
            before = relay.round_trips
            with counted(stage) as calls:
                await ask(stage)
                await stage.idle()
            assert len(calls.statements) <= MAX_STATEMENTS + more[0], calls.statements
            assert calls.transactions <= MAX_TRANSACTIONS + more[1]
            costs.append(relay.round_trips - before)
        assert min(costs) <= max_round_trips + more[2], costs
