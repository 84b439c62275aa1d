"""Reading a channel's current conversation with one provider."""

from sqlalchemy import BigInteger, Connection, Integer, bindparam, literal, null, select, union_all

from bot.domain.conversation import Conversation, Turn
from bot.store.queries.turns import is_of
from bot.store.tables import SafeText, conversations, turns

# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_CURRENT = select(conversations.c.id).where(is_of(conversations))
_LATEST = (
    select(literal(None, SafeText).label("conversation"), turns.c.id, turns.c.question, turns.c.answer)
    .where(
        is_of(turns),
        # Not `==`, after which the order would be that of ids alone: where PostgreSQL takes the conversation for a
        # large part of the table, it then reads all turns backwards by id. This order only the index has.
        turns.c.conversation_id.between(_CURRENT.scalar_subquery(), _CURRENT.scalar_subquery()),
        turns.c.hidden == 0,
        turns.c.id < bindparam("before", type_=BigInteger),
    )
    .order_by(turns.c.conversation_id.desc(), turns.c.id.desc())
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
_ID_ALONE = (conversations.c.id.label("conversation"), *(null().label(name) for name in ("id", "question", "answer")))
_CONVERSATION = union_all(select(*_ID_ALONE).where(is_of(conversations)), select(_LATEST))
"""The conversation's id in a row of its own, and its latest turns."""

_AFTER_ALL = 2**63 - 1
"""Greater than the id of any turn."""


def load_conversation(
    connection: Connection, provider: str, channel: int, *, most: int, before: int | None = None
) -> Conversation:
    """Return the conversation with at most the `most` latest turns, or those before the turn with the id `before`."""
    key = {"of_provider": provider, "of_channel": channel}
    bounds = {"most": most, "before": _AFTER_ALL if before is None else before}
    found, current = [], None
    for row in connection.execute(_CONVERSATION, {**key, **bounds}):
        if row.id is None:
            current = row.conversation
        else:
            found.append(Turn(row.id, row.question, row.answer))
    return Conversation(current, tuple(sorted(found, key=lambda turn: turn.id)))
