"""Values that the store's tests put in."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection

from bot.domain.answer import RunMetrics, RunResult, RunStart
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey, Kind
from bot.domain.question import Location
from bot.store.ports.base import SqlStore, Stores, write_transaction
from bot.store.queries.turns import record_turn

CHANNEL = 2**63 - 1
"""The largest id that Discord could give."""

OTHER_CHANNEL = 1_290_000_000_000_000_001

SERVER = 2**62
PERSON = 2**62 + 1
OTHER_PERSON = 2**62 + 2

FIGURES = RunMetrics(
    waited=5, first_text=900, total=2**31 - 1, edits=4, retries=1, history_sent=12, history_left_out=30
)
NOTICES = ("a notice", "another")


def make_turn(
    number: int = 1,
    *,
    provider: str = "chatbase",
    channel: int = CHANNEL,
    server: int | None = SERVER,
    asker: int = PERSON,
    conversation_id: str = "first",
    replaces: str | None = None,
    kept: tuple[int, ...] = (),
    newest_seen: int | None = None,
    renewals: int | None = None,
    takes: int | None = None,
    kind: Kind = "shared",
    name: str = "",
) -> NewTurn:
    """Return a turn whose texts name its number; `takes` is the id of the turn whose place it takes."""
    return NewTurn(
        provider=provider,
        server=server,
        key=ConversationKey.of(channel, kind, asker),
        asker=asker,
        question=f"question {number}",
        answer=f"answer {number}",
        conversation_id=conversation_id,
        replaces=replaces,
        kept=kept,
        newest_seen=newest_seen,
        renewals=renewals,
        id=takes,
        position=number,
        name=name,
    )


def make_asked(
    answer: str = "answer-1",
    number: int = 1,
    *,
    question: int = 1000,
    provider: str = "chatbase",
    channel: int = CHANNEL,
    server: int | None = SERVER,
    asker: int = PERSON,
    token: str | None = None,
) -> RunStart:
    """Return a run that begins."""
    location = Location(channel, channel, server)
    return RunStart(
        answer, number, question, token is None, location, asker, provider, f"asked {answer}/{number}", token
    )


def make_ended(number: int = 1) -> RunResult:
    """Return the end of a run that is a version."""
    return RunResult("whole", f"wording {number}", NOTICES)


class _Turns(SqlStore):
    @write_transaction
    def record(self, connection: Connection, turn: NewTurn) -> int | None:
        return record_turn(connection, self._cipher, turn, self._now())


async def record(stores: Stores, turn: NewTurn) -> int | None:
    """Store a turn alone, without the answer that it belongs to."""
    beside = cast("SqlStore", stores.conversations)
    return await _Turns(beside._database, beside._clock, cipher=beside._cipher).record(turn)


def unit_of_work(store: type[SqlStore], name: str) -> Callable[..., Any]:
    """Return what a store's method runs, as a function of a connection."""
    return partial(inspect.unwrap(getattr(store, name)), store(cast("Any", None), lambda: 1.0))
