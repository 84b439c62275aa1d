"""What is written into the journal: how each run of an answer begins, ends and is shown.

Each function locks the answer first and then what its turns need, so that no two of them wait for each other. An answer
that was erased stays so: whatever comes after is dropped.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    not_,
    select,
    update,
)

from bot.domain.answer import RunMetrics, RunResult, RunStart, SaveResult, TurnUpdate
from bot.domain.conversation import NewTurn
from bot.store.queries.conversations import record_turn, reword_turn
from bot.store.queries.upsert import insert_if_new, insert_into, insert_or_replace
from bot.store.tables import answer_messages, answers, runs, texts, turns

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.queries.upsert import Insert

Parameters = dict[str, object]

_ANSWER: BindParameter[str] = bindparam("of_answer")


def _of_run(table: Table) -> ColumnElement[bool]:
    return and_(table.c.answer == _ANSWER, table.c.number == bindparam("of_number"))


# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_LOCK = select(answers.c.id).where(answers.c.id == _ANSWER).with_for_update()
_IS_KNOWN = select(exists().where(_of_run(runs)))
_CHANGE_RUN = update(runs).where(_of_run(runs))
_CHANGE_TEXT = update(texts).where(_of_run(texts))
_CHANGE_ANSWER = update(answers).where(answers.c.id == _ANSWER)
_SHOWN = select(answers.c.shown).where(answers.c.id == _ANSWER).scalar_subquery()
_RECORD_RUN = _CHANGE_RUN.values(follows=_SHOWN)
_DROP_MESSAGES = delete(answer_messages).where(answer_messages.c.answer == _ANSWER)


@cache
def _begin(insert: "Insert") -> "ReturningInsert[tuple[int]]":
    """Return what notes a run, or what it asks now; only while it waits: what is recorded is not to be written over."""
    asking = {name: insert.excluded[name] for name in ("provider", "token")}
    return insert.on_conflict_do_update(
        index_elements=list(runs.primary_key), set_=asking, where=runs.c.state == "open"
    ).returning(runs.c.number)


def begin_run(connection: Connection, asked: RunStart, now: int) -> None:
    """Note that a run begins, or what it asks now; the first of an answer brings the answer itself."""
    if asked.number == 1:
        _note_answer(connection, asked, now)
    elif not _lock(connection, asked.answer):
        return
    run = {"answer": asked.answer, "number": asked.number}
    asking = {"provider": asked.provider, "token": asked.token}
    row = {**run, **asking, **_columns(RunMetrics()), "state": "open", "began_at": now, "follows": 0}
    if connection.execute(_begin(insert_into(connection, runs)), row).first() is not None:
        wording = {**run, "question": asked.wording, "notices": "[]"}
        connection.execute(insert_or_replace(connection, texts), wording)


def note_messages(connection: Connection, answer: str, messages: Sequence[int]) -> None:
    """Note which messages show the answer now, instead of those noted before."""
    if _lock(connection, answer):
        _replace_messages(connection, answer, messages)


def end_run(
    connection: Connection, answer: str, number: int, ended: RunResult, turn: NewTurn | None, now: int
) -> SaveResult:
    """Note how a run ended and record its turn; a version is shown from now on, and of the answer's turns only its."""
    if not _lock(connection, answer) or not _is_known(connection, answer, number):
        return SaveResult(journalled=False, turn=None)
    stored = None if turn is None else record_turn(connection, turn, now)
    run = _name(answer, number)
    outcome = {"state": "recorded", "outcome": ended.outcome, "error": ended.error, "turn": stored}
    connection.execute(_RECORD_RUN, {**run, **outcome})
    wording = {"content": ended.wording, "notices": json.dumps(ended.notices)}
    connection.execute(_CHANGE_TEXT, {**run, **wording})
    if ended.wording is not None:
        _show(connection, answer, number)
        if number > 1:
            _hide_turns(connection, answer, but=stored)
    return SaveResult(journalled=True, turn=stored)


def settle_run(connection: Connection, answer: str, number: int, messages: Sequence[int], figures: RunMetrics) -> None:
    """Note that a run is done and `messages` show it."""
    if _lock(connection, answer):
        done = {"state": "done", "token": None, **_columns(figures)}
        connection.execute(_CHANGE_RUN, {**_name(answer, number), **done})
        _replace_messages(connection, answer, messages)


def lose_run(connection: Connection, answer: str, number: int) -> None:
    """Note that a run was not shown: it is done, no version, its turn is taken back, and what it followed is shown.

    A turn that an earlier version had before is hidden instead, for when that version is shown again.
    """
    if not _lock(connection, answer):
        return
    run = _name(answer, number)
    lost = connection.execute(select(runs.c.turn, runs.c.follows).where(_of_run(runs)), run).one_or_none()
    if lost is None:
        return
    gone = {"state": "done", "outcome": "lost", "token": None, "turn": None}
    connection.execute(_CHANGE_RUN, {**run, **gone})
    connection.execute(_CHANGE_TEXT, {**run, "content": None})
    was_shown = and_(answers.c.id == answer, answers.c.shown == number)
    connection.execute(update(answers).where(was_shown).values(shown=lost.follows))
    if lost.turn is not None:
        connection.execute(update(turns).where(turns.c.id == lost.turn).values(hidden=1))
        kept = turns.c.id.in_(_turns_of(answer))
        connection.execute(delete(turns).where(turns.c.id == lost.turn, not_(kept)))


def show_run(connection: Connection, answer: str, number: int, reworded: TurnUpdate | None) -> None:
    """Note that the version `number` is shown; of the answer's turns, the history sees `reworded` and no other."""
    if not _lock(connection, answer):
        return
    _show(connection, answer, number)
    _hide_turns(connection, answer, but=None if reworded is None else reworded.turn)
    if reworded is not None:
        reword_turn(connection, reworded.turn, reworded.question, reworded.answer)


def erase_answer(connection: Connection, answer: str) -> None:
    """Delete the answer with its runs, texts and turns."""
    if _lock(connection, answer):
        connection.execute(delete(turns).where(turns.c.id.in_(_turns_of(answer))))
        connection.execute(delete(answers).where(answers.c.id == answer))


def _note_answer(connection: Connection, asked: RunStart, now: int) -> None:
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


def _lock(connection: Connection, answer: str) -> bool:
    """Keep others from changing or erasing the answer until the transaction ends; tells whether it is there."""
    return connection.scalar(_LOCK, {"of_answer": answer}) is not None


def _is_known(connection: Connection, answer: str, number: int) -> bool:
    return bool(connection.scalar(_IS_KNOWN, _name(answer, number)))


def _show(connection: Connection, answer: str, number: int) -> None:
    connection.execute(_CHANGE_ANSWER, {"of_answer": answer, "shown": number})


def _hide_turns(connection: Connection, answer: str, *, but: int | None) -> None:
    """Have the history pass over the answer's turns, except for one."""
    hidden = update(turns).where(turns.c.id.in_(_turns_of(answer))).values(hidden=1)
    connection.execute(hidden if but is None else hidden.where(turns.c.id != but))


def _replace_messages(connection: Connection, answer: str, messages: Sequence[int]) -> None:
    connection.execute(_DROP_MESSAGES, {"of_answer": answer})
    rows = [{"message": message, "answer": answer, "position": index} for index, message in enumerate(messages)]
    if rows:
        connection.execute(insert_or_replace(connection, answer_messages), rows)


def _name(answer: str, number: int) -> Parameters:
    """Return the parameters that name a run."""
    return {"of_answer": answer, "of_number": number}


def _turns_of(answer: str) -> Select[int]:
    return select(runs.c.turn).where(runs.c.answer == answer, runs.c.turn.is_not(None))


def _columns(figures: RunMetrics) -> dict[str, int | None]:
    return {
        "waited_ms": figures.waited,
        "first_text_ms": figures.first_text,
        "total_ms": figures.total,
        "edits": figures.edits,
        "retries": figures.retries,
        "history_sent": figures.history_sent,
        "history_left_out": figures.history_left_out,
    }
