"""Answers as the program sees them, each put together from its row, its runs and its messages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, and_, or_, select

from bot.domain.answer import Answer, Run, RunMetrics
from bot.domain.provider import Receipt
from bot.domain.question import Location
from bot.domain.secrets.cipher import Cipher
from bot.store.encrypted_columns import RUN_TOKEN
from bot.store.tables import answer_messages, answers, runs, texts

Number = int | BindParameter[int]


def of_bot(bot: Number) -> ColumnElement[bool]:
    """Return what holds of the answers of the bot with this id; those from before (0 and less) may be any bot's."""
    return or_(answers.c.bot == bot, answers.c.bot <= 0)


def to_question(question: Number, bot: Number) -> ColumnElement[bool]:
    """Return what holds of the bot's answer to a message or interaction; of several from before, of the newest."""
    return and_(answers.c.question == question, of_bot(bot), answers.c.bot >= 0)


def load_answers(connection: Connection, cipher: Cipher, wanted: ColumnElement[bool]) -> Sequence[Answer]:
    """Return the answers of which `wanted` holds, in the order in which they were asked."""
    messages, found_runs, tokens = load_messages(connection, wanted), defaultdict[str, list[Run]](list), {}
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
            tokens[row.answer] = _read_token(cipher, row)
    found = connection.execute(select(answers).where(wanted).order_by(answers.c.question, answers.c.id))
    return [
        Answer(
            id=row.id,
            question_id=row.question,
            by_message=bool(row.by_message),
            location=Location(
                row.channel,
                row.settings_channel,
                row.server,
                visible_only_to=row.asker if row.kind == "private" else None,
            ),
            asker=row.asker,
            shown=row.shown,
            messages=tuple(messages[row.id]),
            runs=tuple(found_runs[row.id]),
            token=tokens.get(row.id),
            kind=row.kind,
        )
        for row in found
    ]


def load_messages(connection: Connection, wanted: ColumnElement[bool]) -> Mapping[str, Sequence[int]]:
    """Return the messages that show the answers of which `wanted` holds, by answer, first page first."""
    messages = defaultdict[str, list[int]](list)
    shown = select(answer_messages.c.answer, answer_messages.c.message).join(answers).where(wanted)
    for row in connection.execute(shown.order_by(answer_messages.c.position)):
        messages[row.answer].append(row.message)
    return messages


def load_newest_answer(connection: Connection, cipher: Cipher, wanted: ColumnElement[bool]) -> Answer | None:
    """Return the newest answer of which `wanted` holds, None if there is none."""
    found = load_answers(connection, cipher, wanted)
    return found[-1] if found else None


def read_metrics(row: Row[*tuple[Any, ...]]) -> RunMetrics:
    """Return the metrics of a row of `runs`."""
    return RunMetrics(
        waited=row.waited_ms,
        first_text=row.first_text_ms,
        total=row.total_ms,
        edits=row.edits,
        retries=row.retries,
        history_sent=row.history_sent,
        history_left_out=row.history_left_out,
    )


def to_columns(metrics: RunMetrics) -> dict[str, int | None]:
    """Return the metrics as columns of `runs`."""
    return {
        "waited_ms": metrics.waited,
        "first_text_ms": metrics.first_text,
        "total_ms": metrics.total,
        "edits": metrics.edits,
        "retries": metrics.retries,
        "history_sent": metrics.history_sent,
        "history_left_out": metrics.history_left_out,
    }


def read_receipt(row: Row[*tuple[Any, ...]]) -> Receipt:
    """Return what the provider told of a row of `runs`."""
    return Receipt(row.remote_id or "", row.remote_answer or "", row.credits)


def told_columns(receipt: Receipt) -> dict[str, str | float | None]:
    """Return what the provider told as columns of `runs`."""
    return {
        "remote_id": receipt.conversation_id or None,
        "remote_answer": receipt.answer_id or None,
        "credits": receipt.credits,
    }


def _read_token(cipher: Cipher, row: Row[*tuple[Any, ...]]) -> str | None:
    return None if row.token is None else RUN_TOKEN.decrypt(cipher, row.token, (row.answer, row.number))


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        number=row.number,
        provider=row.provider,
        state=row.state,
        outcome=row.outcome,
        metrics=read_metrics(row),
        error=row.error,
        turn=row.turn,
        is_version=bool(row.is_version),
        receipt=read_receipt(row),
        owner=row.owner,
    )
