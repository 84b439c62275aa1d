"""Conversations and their turns."""

from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Integer, Table, and_, bindparam, delete, insert, or_, select, update

from bot.domain.conversation import Conversation, NewTurn, Turn
from bot.store.queries.upsert import insert_if_new, insert_or_replace
from bot.store.tables import conversations, turns


def _is_of(table: Table) -> ColumnElement[bool]:
    """Return what holds for the rows of one channel with one provider."""
    return and_(table.c.provider == bindparam("of_provider"), table.c.channel == bindparam("of_channel"))


# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_CURRENT = select(conversations.c.id).where(_is_of(conversations))
_LATEST = (
    select(turns.c.id, turns.c.question, turns.c.answer)
    .where(
        _is_of(turns),
        # Not `==`, after which the order would be that of ids alone: where PostgreSQL takes the conversation for a
        # large part of the table, it then reads all turns backwards by id. This order only the index has.
        turns.c.conversation_id.between(bindparam("of_conversation"), bindparam("of_conversation")),
        turns.c.hidden == 0,
    )
    .order_by(turns.c.conversation_id.desc(), turns.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_IS_KNOWN = or_(conversations.c.id == bindparam("known"), conversations.c.id == bindparam("replaced"))
_MOVE = update(conversations).where(_is_of(conversations), _IS_KNOWN)
_RECORD = insert(turns).returning(turns.c.id)


def load_conversation(
    connection: Connection, provider: str, channel: int, most: int, before: int | None = None
) -> Conversation:
    """Return the channel's current conversation with the `most` latest turns, oldest first; with ids below `before`."""
    key = {"of_provider": provider, "of_channel": channel}
    current = connection.scalar(_CURRENT, key)
    if current is None:
        return Conversation(None, ())
    latest = _LATEST if before is None else _LATEST.where(turns.c.id < before)
    rows = connection.execute(latest, {**key, "of_conversation": current, "most": most}).all()
    return Conversation(current, tuple(Turn(row.id, row.question, row.answer) for row in reversed(rows)))


def record_turn(connection: Connection, turn: NewTurn, now: int) -> int | None:
    """Store the turn, move its conversation on where it brings a new id, and return the turn's own id.

    Returns None, and changes nothing, where the conversation was cleared or replaced in the meantime. A turn that has
    an id already takes that one's place, or none where it is gone.
    """
    if turn.id is not None:
        return turn.id if reword_turn(connection, turn.id, turn.question, turn.answer) else None
    in_place = (
        _move_conversation(connection, turn, now)
        or _begin_conversation(connection, turn, now)
        # Another process put the same conversation in place between these two.
        or _move_conversation(connection, turn, now)
    )
    if not in_place:
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


def withdraw_turn(connection: Connection, turn: int) -> None:
    """Delete the turn, if it is still there; its conversation keeps the id it has."""
    connection.execute(delete(turns).where(turns.c.id == turn))


def clear_conversation(connection: Connection, provider: str, channel: int, now: int) -> None:
    """Delete the channel's turns with the provider, and put a new conversation in place.

    The new id is written even where there was no conversation yet: an answer that is under way then finds it in its
    place, and is not recorded.
    """
    put_in_place(connection, provider, channel, str(uuid4()), now)
    connection.execute(delete(turns).where(turns.c.provider == provider, turns.c.channel == channel))


def put_in_place(connection: Connection, provider: str, channel: int, conversation: str, now: int) -> None:
    """Have the channel's conversation with the provider go on under another id, whether there was one or not."""
    fresh = {"provider": provider, "channel": channel, "id": conversation, "used_at": now}
    connection.execute(insert_or_replace(connection, conversations), fresh)


def _move_conversation(connection: Connection, turn: NewTurn, now: int) -> bool:
    """Set the conversation's id where it is the turn's, or the one that the turn replaces.

    The update also locks the row until the transaction ends, so that a clear comes wholly before or wholly after.
    """
    key = {"of_provider": turn.provider, "of_channel": turn.channel}
    known = {"known": turn.conversation_id, "replaced": turn.replaces or turn.conversation_id}
    moved = connection.execute(_MOVE, {**key, **known, "id": turn.conversation_id, "used_at": now})
    return moved.rowcount == 1


def _begin_conversation(connection: Connection, turn: NewTurn, now: int) -> bool:
    """Put the channel's first conversation with the provider in place, unless another one is there already."""
    if turn.replaces is not None:
        return False
    row = {"provider": turn.provider, "channel": turn.channel, "id": turn.conversation_id, "used_at": now}
    begun = insert_if_new(connection, conversations).returning(conversations.c.id)
    return connection.execute(begun, row).first() is not None


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
