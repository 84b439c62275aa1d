"""Beginning a run: what a start after a crash, and the buttons, find it by."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, not_, select

from bot.domain.answer import RunMetrics, RunStart
from bot.domain.conversation_key import ConversationKey
from bot.domain.leases import Owner
from bot.domain.secrets.cipher import Cipher
from bot.store.encrypted_columns import RUN_TOKEN, Key
from bot.store.encryption.run_texts import encrypt_question
from bot.store.encryption.turn_texts import turn_key
from bot.store.queries.answers import to_columns, to_question
from bot.store.queries.upsert import insert_into, insert_or_replace
from bot.store.tables import answers, runs, texts

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.queries.upsert import Insert

OF_ANSWER: BindParameter[str] = bindparam("of_answer")

# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_OF_TURN = (answers.c.channel, answers.c.kind, answers.c.asker, answers.c.question)
_LOCK = select(*_OF_TURN).where(answers.c.id == OF_ANSWER).with_for_update()
_NEW_ANSWER = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in answers.columns}
_ANSWERED_BEFORE = exists().where(to_question(_NEW_ANSWER["question"], _NEW_ANSWER["bot"]))
_OWNER = select(runs.c.owner).where(runs.c.answer == OF_ANSWER, runs.c.number == bindparam("of_number"))


@cache
def _claim(insert: "Insert") -> "ReturningInsert[tuple[str]]":
    """Return what stores an answer unless its question has one, perhaps of a version that did not note whose it is."""
    new = select(*_NEW_ANSWER.values()).where(not_(_ANSWERED_BEFORE))
    return insert.from_select(list(_NEW_ANSWER), new).on_conflict_do_nothing().returning(answers.c.id)


@cache
def _begin_or_change(insert: "Insert") -> "ReturningInsert[tuple[int]]":
    """Return what stores a run, or what it asks now while it waits: a recorded one is not written over."""
    asking = {name: insert.excluded[name] for name in ("provider", "token")}
    return insert.on_conflict_do_update(
        index_elements=list(runs.primary_key),
        set_=asking,
        where=and_(runs.c.state == "open", runs.c.owner == insert.excluded.owner),
    ).returning(runs.c.number)


def begin_run(connection: Connection, cipher: Cipher, asked: RunStart, now: int, owner: Owner) -> bool:
    """Store that a run begins, and the answer with its first one; does nothing if the answer was erased.

    Returns False, and does nothing, if somebody else's run is there, or another answer to the same question.
    """
    if asked.number == 1:
        if not _claim_question(connection, asked, now, owner):
            return False
    elif not lock_answer(connection, asked.answer):
        return True
    run = {"answer": asked.answer, "number": asked.number}
    token = None if asked.token is None else RUN_TOKEN.encrypt(cipher, asked.token, (asked.answer, asked.number))
    asking = {"provider": asked.provider, "token": token}
    row = {**run, **asking, **to_columns(RunMetrics()), "state": "open", "began_at": now, "follows": 0}
    if connection.execute(_begin_or_change(insert_into(connection, runs)), {**row, "owner": owner.id}).first() is None:
        return connection.scalar(_OWNER, {"of_answer": asked.answer, "of_number": asked.number}) == owner.id
    said = encrypt_question(cipher, asked.answer, asked.number, asked.wording)
    connection.execute(insert_or_replace(connection, texts), {**run, **said})
    return True


def lock_answer(connection: Connection, answer: str) -> bool:
    """Keep others from changing or erasing the answer until the transaction ends; tells whether it is there."""
    return connection.execute(_LOCK, {"of_answer": answer}).first() is not None


def lock_turn(connection: Connection, answer: str) -> Key | None:
    """Do the same, and return what most likely names the answer's turn; None if the answer is not there."""
    row = connection.execute(_LOCK, {"of_answer": answer}).one_or_none()
    return None if row is None else turn_key(ConversationKey.of(row.channel, row.kind, row.asker), row.question)


def _claim_question(connection: Connection, asked: RunStart, now: int, owner: Owner) -> bool:
    """Store the answer, and tell whether it is the one to its question; so it is if it was stored before."""
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
        "bot": owner.bot(),
        "kind": asked.kind,
    }
    claim = {f"new_{name}": value for name, value in row.items()}
    if connection.scalar(_claim(insert_into(connection, answers)), claim) is not None:
        return True
    return lock_answer(connection, asked.answer)
