"""Finding answers in the journal: by their own id, by what asked, by what shows them, and those under way."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from bot.domain.answer import Answer, Run, RunMetrics, StoredTexts
from bot.domain.question import Location
from bot.store.tables import UNFINISHED, answer_messages, answers, runs, texts


def find_answer(connection: Connection, answer: str) -> Answer | None:
    """Return the answer with this id."""
    return _newest(load_answers(connection, answers.c.id == answer))


def find_answer_to(connection: Connection, question: int) -> Answer | None:
    """Return the answer to the message or interaction with this id."""
    return _newest(load_answers(connection, answers.c.question == question))


def find_answer_in(connection: Connection, message: int) -> Answer | None:
    """Return the answer that the message shows a part of."""
    shown = select(answer_messages.c.answer).where(answer_messages.c.message == message)
    return _newest(load_answers(connection, answers.c.id.in_(shown)))


def find_unfinished(connection: Connection) -> Sequence[Answer]:
    """Return every answer with a run that is not done, oldest first."""
    return load_answers(connection, answers.c.id.in_(select(runs.c.answer).where(UNFINISHED)))


def load_wording(connection: Connection, answer: str, number: int) -> StoredTexts | None:
    """Return the texts of a run, None where they are not kept (any more)."""
    wanted = select(texts, runs.c.provider).join(runs).where(texts.c.answer == answer, texts.c.number == number)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else StoredTexts(row.provider, row.question, row.content, tuple(json.loads(row.notices)))


def load_answers(connection: Connection, wanted: ColumnElement[bool]) -> list[Answer]:
    """Return the answers of which `wanted` holds, in the order in which they were asked."""
    messages, found_runs, tokens = defaultdict[str, list[int]](list), defaultdict[str, list[Run]](list), {}
    shown = (
        select(answer_messages.c.answer, answer_messages.c.message)
        .join(answers)
        .where(wanted)
        .order_by(answer_messages.c.position)
    )
    for row in connection.execute(shown):
        messages[row.answer].append(row.message)
    of_answers = (
        select(runs, texts.c.content.is_not(None).label("is_version"))
        .join(answers)
        .outerjoin(texts)
        .where(wanted)
        .order_by(runs.c.number)
    )
    for row in connection.execute(of_answers):
        found_runs[row.answer].append(_run(row))
        if row.state != "done":
            tokens[row.answer] = row.token
    found = connection.execute(select(answers).where(wanted).order_by(answers.c.question, answers.c.id))
    return [
        Answer(
            id=row.id,
            question_id=row.question,
            by_message=bool(row.by_message),
            location=Location(row.channel, row.settings_channel, row.server),
            asker=row.asker,
            shown=row.shown,
            messages=tuple(messages[row.id]),
            runs=tuple(found_runs[row.id]),
            token=tokens.get(row.id),
        )
        for row in found
    ]


def read_figures(row: Row[*tuple[Any, ...]]) -> RunMetrics:
    """Return the figures of a row of `runs`."""
    return RunMetrics(
        waited=row.waited_ms,
        first_text=row.first_text_ms,
        total=row.total_ms,
        edits=row.edits,
        retries=row.retries,
        history_sent=row.history_sent,
        history_left_out=row.history_left_out,
    )


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        number=row.number,
        provider=row.provider,
        state=row.state,
        outcome=row.outcome,
        figures=read_figures(row),
        error=row.error,
        turn=row.turn,
        is_version=bool(row.is_version),
    )


def _newest(found: Sequence[Answer]) -> Answer | None:
    return found[-1] if found else None
