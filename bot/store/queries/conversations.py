"""Reading the current conversation in one place with one provider."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    exists,
    literal,
    null,
    select,
    union_all,
)

from bot.domain.conversation import Conversation, RemoteConversation, Turn
from bot.domain.conversation_key import ConversationKey
from bot.domain.secrets.cipher import Cipher
from bot.store.columns import SafeText
from bot.store.encryption.turn_texts import decrypt_turn, turn_key
from bot.store.queries.places import is_of, place_of
from bot.store.tables import conversations, turns

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect

_CURRENT = select(conversations.c.id).where(is_of(conversations))
_OF_TURN = ("id", "question", "answer", "position", "asker", "name", "quoted")
_RETRIED = select(turns.c.position).where(turns.c.id == bindparam("retried", type_=BigInteger)).scalar_subquery()
_SEEN = and_(
    is_of(turns),
    # Not `==`, after which the order would be that of positions alone: where PostgreSQL takes the conversation
    # for a large part of the table, it might look for it elsewhere. This order only the index has.
    turns.c.conversation_id.between(_CURRENT.scalar_subquery(), _CURRENT.scalar_subquery()),
    turns.c.hidden == 0,
)


def _query(later: ColumnElement[int], *conditions: ColumnElement[bool]) -> "CompoundSelect[Any]":
    """Return what reads the conversation in a row of its own, with how many turns are `later`, and its latest turns."""
    head = select(
        conversations.c.id.label("conversation"),
        conversations.c.renewals,
        conversations.c.remote_id,
        conversations.c.remote_since,
        conversations.c.holder,
        later.label("later"),
        conversations.c.remote_answer,
        *(null().label(name) for name in _OF_TURN),
    ).where(is_of(conversations))
    latest = (
        select(
            literal(None, SafeText).label("conversation"),
            literal(None, Integer).label("renewals"),
            literal(None, SafeText).label("remote_id"),
            literal(None, BigInteger).label("remote_since"),
            literal(None, SafeText).label("holder"),
            literal(None, Integer).label("later"),
            turns.c.remote_answer,
            *(turns.c[name] for name in _OF_TURN),
        )
        .where(_SEEN, *conditions)
        .order_by(turns.c.conversation_id.desc(), turns.c.position.desc(), turns.c.id.desc())
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
    return union_all(head, select(latest))


# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_LATER = exists().where(_SEEN, turns.c.position > _RETRIED)
_ALL, _EARLIER = _query(literal(0)), _query(case((_LATER, 1), else_=0), turns.c.position < _RETRIED)


def load_conversation(
    connection: Connection,
    cipher: Cipher,
    provider: str,
    key: ConversationKey,
    *,
    most: int,
    before: int | None = None,
    holder: str | None = None,
) -> Conversation:
    """Return the conversation with at most the `most` latest turns, or those before the turn with the id `before`.

    What is held by another than `holder` is told to be. Turns that cannot be read are left out.
    """
    values = {**place_of(provider, key), "most": most}
    rows = (
        connection.execute(_ALL, values)
        if before is None
        else connection.execute(_EARLIER, {**values, "retried": before})
    )
    found, head = [], None
    for row in rows:
        if row.id is None:
            head = row
        elif (turn := _read_turn(cipher, key, row)) is not None:
            found.append(turn)
    latest = tuple(sorted(found, key=lambda turn: (turn.position, turn.id)))
    if head is None:
        return Conversation(None, latest)
    remote = None
    if head.remote_id is not None:
        remote = RemoteConversation(head.remote_id, head.remote_answer, head.remote_since)
    is_held = head.holder not in (None, holder)
    return Conversation(head.conversation, latest, head.renewals, bool(head.later), remote, is_held)


def _read_turn(cipher: Cipher, key: ConversationKey, row: Row[*tuple[Any, ...]]) -> Turn | None:
    """Return a row of `turns` that is in a conversation, None if it cannot be read."""
    said = decrypt_turn(cipher, row, turn_key(key, row.position))
    if said is None:
        return None
    question, answer, name = said
    quoted = frozenset(map(int, filter(None, row.quoted.split(","))))
    return Turn(row.id, question, answer, row.position, row.asker, name, row.remote_answer or "", quoted)
