"""Recording turns: each is kept with its conversation as that is now, or dropped if it began over in the meantime."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    insert,
    or_,
    select,
    update,
)

from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.secrets.cipher import Cipher
from bot.store.columns import SafeText
from bot.store.encrypted_columns import TURN_QUESTION, Key
from bot.store.encryption.turn_texts import encrypt_name, encrypt_turn, turn_key
from bot.store.queries.places import is_of, place_of, to_row
from bot.store.queries.remote_conversations import GIVEN_UP, GOES_ON, go_on, told_values
from bot.store.queries.upsert import insert_into
from bot.store.tables import conversations, turns

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.queries.upsert import Insert

# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_NEW = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in conversations.columns}
_IS_THERE = exists().where(is_of(conversations))
_IS_FIRST = bindparam("is_first", type_=Integer) == 1
_MOVES_ON = conversations.c.id == bindparam("replaced", type_=SafeText)
_RECORD = insert(turns).returning(turns.c.id)
_ROW_KEY = [turns.c[name] for name in TURN_QUESTION.row_key]


@cache
def _join(insert: "Insert") -> "ReturningInsert[str]":
    """Return what begins a conversation if it `is_first`, or joins the one that is there and did not begin over.

    That moves on to the new id if it is the one `replaced`.
    """
    new = select(*_NEW.values()).where(or_(_IS_FIRST, _IS_THERE))
    begun = insert.from_select(list(_NEW), new)
    return begun.on_conflict_do_update(
        index_elements=list(conversations.primary_key),
        set_={
            "used_at": begun.excluded.used_at,
            "id": case((_MOVES_ON, begun.excluded.id), else_=conversations.c.id),
            **GOES_ON,
        },
        where=conversations.c.renewals <= begun.excluded.renewals,
    ).returning(conversations.c.id)


@cache
def _begin_over(insert: "Insert") -> "Insert":
    over = {
        "id": insert.excluded.id,
        "used_at": insert.excluded.used_at,
        "renewals": conversations.c.renewals + insert.excluded.renewals,
        **GIVEN_UP,
    }
    return insert.on_conflict_do_update(index_elements=list(conversations.primary_key), set_=over)


def record_turn(connection: Connection, cipher: Cipher, turn: NewTurn, now: int) -> int | None:
    """Store the turn, move its conversation on if it brings a new id, and return the turn's own id.

    If the conversation moved on in the meantime, the turn goes along. Returns None, and changes nothing, if it began
    over or is gone. A turn that has an id already takes that one's place, or none if it is gone.
    """
    remote_answer = turn.receipt.answer_id or None
    if turn.id is not None:
        if turn.holder is not None:
            go_on(connection, turn, now)
        said = (turn.question, turn.answer, remote_answer)
        is_there = reword_turn(connection, cipher, turn.id, turn_key(turn.key, turn.position), *said)
        return turn.id if is_there else None
    current = join_conversation(connection, turn, now)
    if current is None:
        return None
    if current == turn.conversation_id:
        _carry_over(connection, turn)
    key = turn_key(turn.key, turn.position)
    row = {
        **to_row(turn.provider, turn.key),
        "conversation_id": current,
        "server": turn.server,
        "asker": turn.asker,
        **encrypt_name(cipher, turn.name, key),
        **encrypt_turn(cipher, turn.question, turn.answer, key),
        "recorded_at": now,
        "position": turn.position,
        "remote_answer": remote_answer,
        "quoted": ",".join(map(str, sorted(turn.quoted))),
    }
    stored: int = connection.execute(_RECORD, row).scalar_one()
    return stored


def reword_turn(
    connection: Connection,
    cipher: Cipher,
    turn: int,
    key: Key,
    question: str,
    answer: str,
    remote_answer: "str | ScalarSelect[str] | None",
) -> bool:
    """Have the turn say something else, and be seen; returns whether it is still there.

    It keeps its place and its age: the question is from then, and so its time is over when it would have been. It most
    likely has this `key`. One from before turns had their question's id has another.
    """
    said = (question, answer, remote_answer)
    if _try_reword(connection, cipher, turn, key, *said):
        return True
    there = connection.execute(select(*_ROW_KEY).where(turns.c.id == turn)).one_or_none()
    return there is not None and _try_reword(connection, cipher, turn, tuple(there), *said)


def _try_reword(
    connection: Connection,
    cipher: Cipher,
    turn: int,
    key: Key,
    question: str,
    answer: str,
    remote_answer: "str | ScalarSelect[str] | None",
) -> bool:
    said = {**encrypt_turn(cipher, question, answer, key), "remote_answer": remote_answer}
    is_it = and_(turns.c.id == turn, *(column == value for column, value in zip(_ROW_KEY, key, strict=True)))
    return connection.execute(update(turns).where(is_it).values(**said, hidden=0)).rowcount == 1


def begin_over(
    connection: Connection, provider: str, key: ConversationKey, conversation: str, now: int, *, drops: bool
) -> None:
    """Have the conversation go on under another id; there need not be one yet.

    If it `drops` what was said before, that is also what is on its way to it.
    """
    fresh = {**to_row(provider, key), "id": conversation, "used_at": now, "renewals": int(drops)}
    connection.execute(_begin_over(insert_into(connection, conversations)), fresh)


def join_conversation(connection: Connection, turn: NewTurn, now: int) -> str | None:
    """Return the id of the conversation that a turn goes to, which it begins or moves on; None if that began over.

    That also locks the row until the transaction ends, so that a clear comes wholly before or wholly after.
    """
    told = told_values(turn, now)
    new = to_row(turn.provider, turn.key) | {
        "id": turn.conversation_id,
        "used_at": now,
        "renewals": turn.renewals or 0,
        "remote_id": told["told_id"],
        "remote_answer": told["told_answer"],
        "remote_since": told["told_at"],
        "holder": None,
    }
    values = {
        **{f"new_{name}": value for name, value in new.items()},
        **told,
        **place_of(turn.provider, turn.key),
        "is_first": int(turn.renewals is None and turn.replaces is None),
        "replaced": turn.replaces or "",
    }
    return connection.execute(_join(insert_into(connection, conversations)), values).scalars().one_or_none()


def _carry_over(connection: Connection, turn: NewTurn) -> None:
    """Attach the turns that were kept of the replaced conversation to the new one, and what came to it meanwhile."""
    if turn.replaces is None or (not turn.kept and turn.newest_seen is None):
        return
    kept: ColumnElement[bool] = turns.c.id.in_(turn.kept)
    if turn.newest_seen is not None:
        kept = or_(kept, turns.c.id > turn.newest_seen)
    replaced = and_(is_of(turns), turns.c.conversation_id == turn.replaces, kept)
    moved = update(turns).where(replaced).values(conversation_id=turn.conversation_id)
    connection.execute(moved, place_of(turn.provider, turn.key))
