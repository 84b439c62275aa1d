"""What finds and counts one person's rows, and makes values of them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, case, func, select

from bot.domain.conversation_key import ConversationKey
from bot.domain.personal_data import StoredRun, StoredTurn
from bot.domain.secrets.cipher import Cipher
from bot.store.encryption.run_texts import decrypt_texts
from bot.store.encryption.turn_texts import decrypt_turn, turn_key
from bot.store.queries.answers import read_metrics, read_receipt


def is_by(table: Table, person: int) -> ColumnElement[bool]:
    """Tell whether a row of `answers` or `turns` is a person's.

    Not with `==`, after which an order by the asker would say nothing, and PostgreSQL might look for one person's rows
    among everybody's in the order of time.
    """
    return table.c.asker.between(person, person)


def count_rows(
    connection: Connection, table: Table, time: ColumnElement[int], person: int, server: int | None
) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    """Return how many rows a person has in a table and the oldest's time, for one server and for all."""
    here = case((table.c.server.is_not_distinct_from(server), time))
    counted = select(func.count(here), func.min(here), func.count(), func.min(time)).where(table.c.asker == person)
    count_here, oldest_here, count, oldest = connection.execute(counted).one()
    return (count_here, oldest_here), (count, oldest)


def count_older(
    connection: Connection, table: Table, time: ColumnElement[int], server: int, before: int
) -> tuple[int, int | None]:
    """Return how many rows a server has in a table from before a time, and the oldest's time; an index has them all."""
    counted = select(func.count(), func.min(time)).where(table.c.server == server, time < before)
    count, oldest = connection.execute(counted).one()
    return count, oldest


def to_turn(cipher: Cipher, row: Row[*tuple[Any, ...]]) -> StoredTurn:
    """Return a row of `turns` as a value."""
    key = turn_key(ConversationKey(row.channel, row.kind, row.person), row.position)
    question, answer, name = decrypt_turn(cipher, row, key) or (None, None, None)
    return StoredTurn(
        id=row.id,
        provider=row.provider,
        server=row.server,
        channel=row.channel,
        kind=row.kind,
        conversation=row.conversation_id,
        recorded_at=row.recorded_at,
        question=question,
        answer=answer,
        hidden=bool(row.hidden),
        name=name,
    )


def to_run(cipher: Cipher, row: Row[*tuple[Any, ...]], messages: tuple[int, ...]) -> StoredRun:
    """Return a row of `answers`, `runs` and `texts` as a value."""
    said = None
    if row.asked is not None:
        said = decrypt_texts(cipher, row.id, row.number, row.asked, row.content, row.notices)
    question, wording, notices = said or (None, None, ())
    return StoredRun(
        answer=row.id,
        number=row.number,
        question_id=row.question,
        by_message=bool(row.by_message),
        server=row.server,
        channel=row.channel,
        kind=row.kind,
        asked_at=row.asked_at,
        messages=messages,
        shown=row.shown == row.number,
        provider=row.provider,
        state=row.state,
        outcome=row.outcome,
        began_at=row.began_at,
        metrics=read_metrics(row),
        error=row.error,
        question=question,
        wording=wording,
        notices=notices,
        unreadable=row.asked is not None and said is None,
        receipt=read_receipt(row),
    )
