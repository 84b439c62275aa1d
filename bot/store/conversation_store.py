"""Conversations, and the keys by which providers that remember people know them."""

from uuid import uuid4

from sqlalchemy import BigInteger, Connection, Integer, bindparam, delete, literal, null, select, union_all

from bot.domain.conversation import Conversation, Turn
from bot.domain.stores import ConversationStore
from bot.store.queries.turns import is_of, put_in_place
from bot.store.queries.user_keys import renew_user_key, spell_user_key
from bot.store.stores import SqlStore, read_transaction, write_transaction
from bot.store.tables import SafeText, conversations, turns, user_keys

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


class SqlConversationStore(SqlStore, ConversationStore):
    """Implements `ConversationStore`."""

    @read_transaction
    def conversation(
        self, connection: Connection, provider: str, channel: int, *, most: int, before: int | None = None
    ) -> Conversation:
        key = {"of_provider": provider, "of_channel": channel}
        bounds = {"most": most, "before": _AFTER_ALL if before is None else before}
        found, current = [], None
        for row in connection.execute(_CONVERSATION, {**key, **bounds}):
            if row.id is None:
                current = row.conversation
            else:
                found.append(Turn(row.id, row.question, row.answer))
        return Conversation(current, tuple(sorted(found, key=lambda turn: turn.id)))

    @write_transaction
    def clear_conversation(self, connection: Connection, provider: str, channel: int) -> None:
        # The new id is written even if there was no conversation yet: an answer that is under way then finds it in its
        # place, and is not recorded.
        put_in_place(connection, provider, channel, str(uuid4()), self._now())
        connection.execute(delete(turns).where(turns.c.provider == provider, turns.c.channel == channel))

    @read_transaction
    def user_key(self, connection: Connection, provider: str, user: int) -> str:
        stored = select(user_keys.c.renewals).where(user_keys.c.provider == provider, user_keys.c.user_id == user)
        return spell_user_key(user, connection.scalar(stored) or 0)

    @write_transaction
    def renew_user_key(self, connection: Connection, provider: str, user: int) -> str:
        return renew_user_key(connection, provider, user)
