"""Recording turns: each moves its conversation on, or is dropped if that was cleared in the meantime."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, insert, or_, update

from bot.domain.conversation import NewTurn
from bot.store.queries.upsert import insert_into, insert_or_replace
from bot.store.tables import conversations, turns

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.queries.upsert import Insert


def is_of(table: Table) -> ColumnElement[bool]:
    """Return what holds for the rows of one channel with one provider."""
    return and_(table.c.provider == bindparam("of_provider"), table.c.channel == bindparam("of_channel"))


# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_IS_KNOWN = or_(conversations.c.id == bindparam("known"), conversations.c.id == bindparam("replaced"))
_MOVE = update(conversations).where(is_of(conversations), _IS_KNOWN)
_RECORD = insert(turns).returning(turns.c.id)


@cache
def _begin_or_go_on(insert: "Insert") -> "ReturningInsert[tuple[str]]":
    """Return what puts a channel's first conversation in place, or moves on the one that is there under the same id."""
    used = {"used_at": insert.excluded.used_at}
    same = conversations.c.id == insert.excluded.id
    return insert.on_conflict_do_update(
        index_elements=list(conversations.primary_key), set_=used, where=same
    ).returning(conversations.c.id)


def record_turn(connection: Connection, turn: NewTurn, now: int) -> int | None:
    """Store the turn, move its conversation on if it brings a new id, and return the turn's own id.

    Returns None, and changes nothing, if the conversation was cleared or replaced in the meantime. A turn that has an
    id already takes that one's place, or none if it is gone.
    """
    if turn.id is not None:
        return turn.id if reword_turn(connection, turn.id, turn.question, turn.answer) else None
    if not _move_conversation(connection, turn, now):
        return None
    _carry_over(connection, turn)
    row = {
        "provider": turn.provider,
        "channel": turn.channel,
        "conversation_id": turn.conversation_id,
        "server": turn.server,
        "asker": turn.asker,
        "question": turn.question,
        "answer": turn.answer,
        "recorded_at": now,
    }
    stored: int = connection.execute(_RECORD, row).scalar_one()
    return stored


def reword_turn(connection: Connection, turn: int, question: str, answer: str) -> bool:
    """Have the turn say something else, and be seen; returns whether it is still there.

    It keeps its place and its age: the question is from then, and so its time is over when it would have been.
    """
    reworded = update(turns).where(turns.c.id == turn).values(question=question, answer=answer, hidden=0)
    return connection.execute(reworded).rowcount == 1


def put_in_place(connection: Connection, provider: str, channel: int, conversation: str, now: int) -> None:
    """Have the channel's conversation with the provider go on under another id, whether there was one or not."""
    fresh = {"provider": provider, "channel": channel, "id": conversation, "used_at": now}
    connection.execute(insert_or_replace(connection, conversations), fresh)


def _move_conversation(connection: Connection, turn: NewTurn, now: int) -> bool:
    """Have the turn's conversation be the channel's; returns False if another one is.

    Each statement also locks the row until the transaction ends, so that a clear comes wholly before or wholly after.
    """
    row = {"id": turn.conversation_id, "used_at": now}
    if turn.replaces is None:
        key = {"provider": turn.provider, "channel": turn.channel}
        in_place = _begin_or_go_on(insert_into(connection, conversations))
        return connection.execute(in_place, {**key, **row}).first() is not None
    key = {"of_provider": turn.provider, "of_channel": turn.channel}
    known = {"known": turn.conversation_id, "replaced": turn.replaces}
    return connection.execute(_MOVE, {**key, **known, **row}).rowcount == 1


def _carry_over(connection: Connection, turn: NewTurn) -> None:
    """Attach the turns that were kept of the replaced conversation to the new one."""
    if turn.replaces is None or not turn.kept:
        return
    kept = (
        turns.c.provider == turn.provider,
        turns.c.channel == turn.channel,
        turns.c.conversation_id == turn.replaces,
        turns.c.id.in_(turn.kept),
    )
    connection.execute(update(turns).where(*kept).values(conversation_id=turn.conversation_id))
