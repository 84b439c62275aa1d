"""Beginning a run: what a start after a crash, and the buttons, find it by."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, Connection, bindparam, select

from bot.domain.answer import RunMetrics, RunStart
from bot.store.queries.answers import to_columns
from bot.store.queries.upsert import insert_if_new, insert_into, insert_or_replace
from bot.store.tables import answers, runs, texts

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.queries.upsert import Insert

OF_ANSWER: BindParameter[str] = bindparam("of_answer")

# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_LOCK = select(answers.c.id).where(answers.c.id == OF_ANSWER).with_for_update()


@cache
def _begin_or_change(insert: "Insert") -> "ReturningInsert[tuple[int]]":
    """Return what stores a run, or what it asks now while it waits: a recorded one is not written over."""
    asking = {name: insert.excluded[name] for name in ("provider", "token")}
    return insert.on_conflict_do_update(
        index_elements=list(runs.primary_key), set_=asking, where=runs.c.state == "open"
    ).returning(runs.c.number)


def begin_run(connection: Connection, asked: RunStart, now: int) -> None:
    """Store that a run begins, and the answer with its first one; does nothing if the answer was erased."""
    if asked.number == 1:
        _put_answer(connection, asked, now)
    elif not lock_answer(connection, asked.answer):
        return
    run = {"answer": asked.answer, "number": asked.number}
    asking = {"provider": asked.provider, "token": asked.token}
    row = {**run, **asking, **to_columns(RunMetrics()), "state": "open", "began_at": now, "follows": 0}
    if connection.execute(_begin_or_change(insert_into(connection, runs)), row).first() is not None:
        wording = {**run, "question": asked.wording, "notices": "[]"}
        connection.execute(insert_or_replace(connection, texts), wording)


def lock_answer(connection: Connection, answer: str) -> bool:
    """Keep others from changing or erasing the answer until the transaction ends; tells whether it is there."""
    return connection.scalar(_LOCK, {"of_answer": answer}) is not None


def _put_answer(connection: Connection, asked: RunStart, now: int) -> None:
    row = {
        "id": asked.answer,
        "question": asked.question_id,
        "by_message": int(asked.by_message),
        "asker": asked.asker,
        "server": asked.location.server,
        "channel": asked.location.channel,
        "settings_channel": asked.location.settings_channel,
        "asked_at": now,
        "shown": 0,
    }
    connection.execute(insert_if_new(connection, answers), row)
