"""Reading the current conversation in one place with one provider."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, bindparam, literal, null, select, union_all

from bot.domain.conversation import Conversation, Turn
from bot.domain.conversation_key import ConversationKey
from bot.store.columns import SafeText
from bot.store.queries.turns import is_of, place_of
from bot.store.tables import conversations, turns

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect

_CURRENT = select(conversations.c.id).where(is_of(conversations))
_OF_TURN = ("id", "question", "answer", "position", "asker", "name")
_HEAD = select(
    conversations.c.id.label("conversation"), conversations.c.renewals, *(null().label(name) for name in _OF_TURN)
).where(is_of(conversations))
_RETRIED = select(turns.c.position).where(turns.c.id == bindparam("retried", type_=BigInteger)).scalar_subquery()


def _query(*conditions: ColumnElement[bool]) -> "CompoundSelect[Any]":
    """Return what reads the conversation's id in a row of its own, and its latest turns."""
    latest = (
        select(
            literal(None, SafeText).label("conversation"),
            literal(None, Integer).label("renewals"),
            *(turns.c[name] for name in _OF_TURN),
        )
        .where(
            is_of(turns),
            # Not `==`, after which the order would be that of positions alone: where PostgreSQL takes the conversation
            # for a large part of the table, it might look for it elsewhere. This order only the index has.
            turns.c.conversation_id.between(_CURRENT.scalar_subquery(), _CURRENT.scalar_subquery()),
            turns.c.hidden == 0,
            *conditions,
        )
        .order_by(turns.c.conversation_id.desc(), turns.c.position.desc(), turns.c.id.desc())
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
    return union_all(_HEAD, select(latest))


# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_ALL, _EARLIER = _query(), _query(turns.c.position < _RETRIED)


def load_conversation(
    connection: Connection, provider: str, key: ConversationKey, *, most: int, before: int | None = None
) -> Conversation:
    """Return the conversation with at most the `most` latest turns, or those before the turn with the id `before`."""
    values = {**place_of(provider, key), "most": most}
    rows = (
        connection.execute(_ALL, values)
        if before is None
        else connection.execute(_EARLIER, {**values, "retried": before})
    )
    found, current, renewals = [], None, 0
    for row in rows:
        if row.id is None:
            current, renewals = row.conversation, row.renewals
        else:
            found.append(Turn(row.id, row.question, row.answer, row.position, row.asker, row.name))
    return Conversation(current, tuple(sorted(found, key=lambda turn: (turn.position, turn.id))), renewals)
