"""The turns that the history has of an answer: where it was asked, and in the thread that was started for it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, literal, select, union, update

from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.secrets.cipher import Cipher
from bot.store.encrypted_columns import TURN_QUESTION
from bot.store.encryption.turn_texts import decrypt_turn, encrypt_name, encrypt_turn, turn_key
from bot.store.queries.runs import lock_answer
from bot.store.queries.turns import join_conversation
from bot.store.tables import runs, turns

_COPIED = ("provider", "kind", "person", "server", "asker", "recorded_at", "position", "quoted")
_ROW_KEY = TURN_QUESTION.row_key

Copy = Row[*tuple[Any, ...]]
"""A copy's id and what names its row."""


def turns_of(answer: str) -> Select[int]:
    """Return the turns that the history has of an answer, or had; copies are not among them."""
    return select(runs.c.turn).where(runs.c.answer == answer, runs.c.turn.is_not(None))


def is_told(answer: str) -> ColumnElement[bool]:
    """Return what holds of the turns that conversations have of an answer, or had, and of their copies in threads."""
    return are_told([answer])


def are_told(found: Sequence[str]) -> ColumnElement[bool]:
    """Return the same of several answers."""
    # Not with OR, for which PostgreSQL would read all turns there are.
    own = select(runs.c.turn).where(runs.c.answer.in_(found), runs.c.turn.is_not(None))
    copies = turns.alias("copies")
    return turns.c.id.in_(union(own, select(copies.c.id).where(copies.c.copied_for.in_(found))))


def hide_turns(connection: Connection, answer: str, *, but: int | None) -> Sequence[Copy]:
    """Have the history pass over the answer's turns, except for one; over copies too, which are returned."""
    hidden = update(turns).where(turns.c.id.in_(turns_of(answer))).values(hidden=1)
    connection.execute(hidden if but is None else hidden.where(turns.c.id != but))
    copies = update(turns).where(turns.c.copied_for == answer).values(hidden=1)
    return connection.execute(copies.returning(turns.c.id, *(turns.c[name] for name in _ROW_KEY))).all()


def show_copies(
    connection: Connection, cipher: Cipher, copies: Sequence[Copy], answer: str, number: int, question: str, text: str
) -> None:
    """Have the copies say what a run's turn says, or would if it were not erased, if they are of its provider."""
    provider = select(runs.c.provider).where(runs.c.answer == answer, runs.c.number == number).scalar_subquery()
    for copy in copies:
        said = encrypt_turn(cipher, question, text, tuple(copy[1:]))
        theirs = update(turns).where(turns.c.id == copy.id, turns.c.provider == provider)
        connection.execute(theirs.values(**said, hidden=0))


def copy_turn(connection: Connection, cipher: Cipher, channel: int, answer: str, now: int) -> bool:
    """Have the conversation in a channel begin with the answer's turn; returns whether it has that.

    A turn that cannot be read is not copied: what it says would not be readable there either.
    """
    if not lock_answer(connection, answer):
        return False
    seen = select(turns).where(turns.c.id.in_(turns_of(answer)), turns.c.hidden == 0)
    turn = connection.execute(seen.limit(1)).one_or_none()
    if turn is None:
        return False
    there = select(turns.c.id).where(turns.c.copied_for == answer, turns.c.channel == channel)
    if connection.scalar(there) is not None:
        return True
    key = ConversationKey(channel, turn.kind, turn.person)
    said = decrypt_turn(cipher, turn, turn_key(ConversationKey(turn.channel, turn.kind, turn.person), turn.position))
    if said is None:
        return False
    first = NewTurn(turn.provider, turn.server, key, turn.asker, "", "", str(uuid4()), turn.position)
    conversation = join_conversation(connection, first, now)
    if conversation is None:
        return False
    question, text, name = said
    row_key = turn_key(key, turn.position)
    words = {**encrypt_turn(cipher, question, text, row_key), **encrypt_name(cipher, name, row_key)}
    here = {"channel": channel, "conversation_id": conversation, "copied_for": answer, **words}
    copied = select(*(turns.c[name] for name in _COPIED), *map(literal, here.values())).where(turns.c.id == turn.id)
    connection.execute(insert(turns).from_select([*_COPIED, *here], copied))
    return True
