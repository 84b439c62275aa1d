"""Conversations as a provider keeps them: each is held while a question is asked in it, then goes on or is given up.

A run that was cut off never lets go of it, so that nobody asks on where an unknown part of its question may be.
Whatever else changes a conversation's turns takes it from its holder, who then cannot store that it goes on.
"""

from collections.abc import Mapping

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    false,
    not_,
    null,
    or_,
    select,
    tuple_,
    update,
)

from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.store.columns import SafeText
from bot.store.queries.places import KEY, is_of, place_of
from bot.store.tables import conversations, runs, turns

_HOLDER = bindparam("holding", type_=SafeText)
_IS_HELD = conversations.c.holder == _HOLDER
_ID = bindparam("told_id", type_=SafeText)
_ANSWER = bindparam("told_answer", type_=SafeText)
_SINCE = bindparam("told_at", type_=BigInteger)
_HOLD = update(conversations).where(is_of(conversations)).values(holder=_HOLDER)

GIVEN_UP: Mapping[str, None] = dict.fromkeys(("remote_id", "remote_answer", "remote_since", "holder"))
"""The columns of a conversation of which the provider keeps nothing that is gone on with."""

GOES_ON = {
    "remote_id": case((_IS_HELD, _ID), else_=null()),
    "remote_answer": case((_IS_HELD, _ANSWER), else_=null()),
    "remote_since": case(
        (and_(_IS_HELD, conversations.c.remote_id == _ID), conversations.c.remote_since),
        (_IS_HELD, _SINCE),
        else_=null(),
    ),
    "holder": null(),
}
"""The columns of a conversation that goes on with what the provider told its holder, and is given up for anybody else;
`told_values` has the values."""

_HAS_TURN = exists().where(turns.c.id == bindparam("of_turn", type_=BigInteger))
_GO_ON = update(conversations).where(is_of(conversations), _HAS_TURN).values(GOES_ON)


def told_values(turn: NewTurn, now: int) -> dict[str, str | int | None]:
    """Return what `GOES_ON` is about."""
    told = turn.receipt
    is_known = turn.is_told_of_all and told.conversation_id and told.answer_id
    return {
        "holding": turn.holder,
        "told_id": told.conversation_id if is_known else None,
        "told_answer": told.answer_id if is_known else None,
        "told_at": now if is_known else None,
    }


def go_on(connection: Connection, turn: NewTurn, now: int) -> None:
    """Store what a conversation goes on with after a turn that takes another's place, if that is still there.

    Otherwise it is left as it was: what was asked is no part of it.
    """
    place = place_of(turn.provider, turn.key)
    if not connection.execute(_GO_ON, {**place, **told_values(turn, now), "of_turn": turn.id}).rowcount:
        release(connection, turn.provider, turn.key, turn.holder or "")


def hold(connection: Connection, provider: str, key: ConversationKey, holder: str) -> None:
    """Hold a conversation if there is one and nobody holds it, and keep others from it until the transaction ends."""
    connection.execute(_HOLD.where(conversations.c.holder.is_(None)), {**place_of(provider, key), "holding": holder})


def hold_instead(connection: Connection, provider: str, key: ConversationKey, holder: str) -> None:
    """Hold a conversation in place of who holds it, and give up what the provider keeps of it."""
    connection.execute(_HOLD.values({**GIVEN_UP, "holder": _HOLDER}), {**place_of(provider, key), "holding": holder})


def release(connection: Connection, provider: str, key: ConversationKey, holder: str) -> None:
    """Let go of a conversation as it was, since nothing of the question came into it."""
    released = update(conversations).where(is_of(conversations), _IS_HELD).values(holder=null())
    connection.execute(released, {**place_of(provider, key), "holding": holder})


def give_up(connection: Connection, changed: ColumnElement[bool], *, spared: ColumnElement[bool] | None = None) -> None:
    """Give up what providers keep of the conversations that the turns are in of which `changed` holds, but for some."""
    places = select(*(turns.c[name] for name in KEY), turns.c.conversation_id).where(changed)
    key = [conversations.c[name] for name in KEY]
    is_kept = or_(conversations.c.remote_id.is_not(None), conversations.c.holder.is_not(None))
    is_meant = and_(tuple_(*key, conversations.c.id).in_(places), is_kept, not_(false() if spared is None else spared))
    # Locked in order, so that no two that give up several wait for each other.
    meant = select(*key).where(is_meant).order_by(*key).with_for_update()
    connection.execute(update(conversations).where(tuple_(*key).in_(meant)).values(GIVEN_UP))


def is_last_of(answer: str, holder: str = "") -> ColumnElement[bool]:
    """Return what holds of conversations whose last answer is a version of `answer`, or that `holder` holds.

    Whether they go on is seen by which version is shown when the next question comes.
    """
    versions = select(runs.c.remote_answer).where(runs.c.answer == answer, runs.c.remote_answer.is_not(None))
    is_free = conversations.c.holder.is_(None)
    return or_(
        conversations.c.holder.is_not_distinct_from(holder), and_(is_free, conversations.c.remote_answer.in_(versions))
    )
