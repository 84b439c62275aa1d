"""What is kept of one person: counted, and read page by page, the newest first."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, case, func, select, tuple_

from bot.domain.personal_data import Holdings, RunPosition, StoredRun, StoredTurn, Tally
from bot.store.queries.answers import read_figures
from bot.store.tables import answer_messages, answers, runs, texts, turns

TURNS_AT_ONCE = 50
RUNS_AT_ONCE = 5
"""How many are read at once. An answer may have a megabyte."""


def load_holdings(connection: Connection, person: int, server: int | None) -> Holdings:
    """Return how much is kept of a person, in `server` or in direct messages, and everywhere."""
    asked = _count(connection, answers, answers.c.asked_at, person, server)
    said = _count(connection, turns, turns.c.recorded_at, person, server)
    here, everywhere = (
        Tally(of_answers, of_turns, min((at for at in (first_asked, first_said) if at is not None), default=None))
        for (of_answers, first_asked), (of_turns, first_said) in zip(asked, said, strict=True)
    )
    return Holdings(here, everywhere)


def load_turns(connection: Connection, person: int, before: int | None) -> Sequence[StoredTurn]:
    """Return a few of the person's turns with ids below `before`, the newest first."""
    newest = (turns.c.asker.desc(), turns.c.id.desc())
    wanted = select(turns).where(is_by(turns, person)).order_by(*newest).limit(TURNS_AT_ONCE)
    found = connection.execute(wanted if before is None else wanted.where(turns.c.id < before))
    return [
        StoredTurn(
            id=row.id,
            provider=row.provider,
            server=row.server,
            channel=row.channel,
            conversation=row.conversation_id,
            recorded_at=row.recorded_at,
            question=row.question,
            answer=row.answer,
            hidden=bool(row.hidden),
        )
        for row in found
    ]


def load_runs(connection: Connection, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
    """Return a few of the person's runs below `before`, the newest question's first."""
    position = (answers.c.question, answers.c.id, runs.c.number)
    wanted = (
        select(answers, runs, texts.c.question.label("asked"), texts.c.content, texts.c.notices)
        .join(runs, runs.c.answer == answers.c.id)
        .outerjoin(texts, (texts.c.answer == runs.c.answer) & (texts.c.number == runs.c.number))
        .where(is_by(answers, person))
        .order_by(answers.c.asker.desc(), *(column.desc() for column in position))
        .limit(RUNS_AT_ONCE)
    )
    if before is not None:
        # The first condition says nothing that the second does not; it lets an index begin at the right place.
        wanted = wanted.where(answers.c.question <= before[0], tuple_(*position) < before)
    rows = connection.execute(wanted).all()
    messages = defaultdict[str, list[int]](list)
    shown = select(answer_messages).where(answer_messages.c.answer.in_({row.id for row in rows}))
    for row in connection.execute(shown.order_by(answer_messages.c.position)):
        messages[row.answer].append(row.message)
    return [_run(row, tuple(messages[row.id])) for row in rows]


def is_by(table: Table, person: int) -> ColumnElement[bool]:
    """Tell whether a row of `answers` or `turns` is a person's.

    Not with `==`, after which an order by the asker would say nothing, and PostgreSQL might look for one person's rows
    among everybody's in the order of time.
    """
    return table.c.asker.between(person, person)


def _count(
    connection: Connection, table: Table, time: ColumnElement[int], person: int, server: int | None
) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    """Return how many rows a person has in a table and the oldest's time, for one server and for all."""
    here = case((table.c.server.is_not_distinct_from(server), time))
    counted = select(func.count(here), func.min(here), func.count(), func.min(time)).where(table.c.asker == person)
    count_here, oldest_here, count, oldest = connection.execute(counted).one()
    return (count_here, oldest_here), (count, oldest)


def _run(row: Row[*tuple[Any, ...]], messages: tuple[int, ...]) -> StoredRun:
    return StoredRun(
        answer=row.id,
        number=row.number,
        question_id=row.question,
        by_message=bool(row.by_message),
        server=row.server,
        channel=row.channel,
        asked_at=row.asked_at,
        messages=messages,
        shown=row.shown == row.number,
        provider=row.provider,
        state=row.state,
        outcome=row.outcome,
        began_at=row.began_at,
        figures=read_figures(row),
        error=row.error,
        question=row.asked,
        wording=row.content,
        notices=tuple(json.loads(row.notices or "[]")),
    )
