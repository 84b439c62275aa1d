"""The turns that the history has of an answer: where it was asked, and in the thread that was started for it."""

from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Select, insert, literal, or_, select, update

from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.store.queries.runs import lock_answer
from bot.store.queries.turns import join_conversation
from bot.store.tables import runs, turns

_COPIED = ("provider", "kind", "person", "server", "asker", "name", "question", "answer", "recorded_at", "position")


def turns_of(answer: str) -> Select[int]:
    """Return the turns that the history has of an answer, or had; copies are not among them."""
    return select(runs.c.turn).where(runs.c.answer == answer, runs.c.turn.is_not(None))


def is_told(answer: str) -> ColumnElement[bool]:
    """Return what holds of the turns that conversations have of an answer, or had, and of their copies in threads."""
    return or_(turns.c.id.in_(turns_of(answer)), turns.c.copied_for == answer)


def hide_turns(connection: Connection, answer: str, *, but: int | None) -> None:
    """Have the history pass over the answer's turns, except for one; over copies too."""
    hidden = update(turns).where(turns.c.id.in_(turns_of(answer))).values(hidden=1)
    connection.execute(hidden if but is None else hidden.where(turns.c.id != but))
    connection.execute(update(turns).where(turns.c.copied_for == answer).values(hidden=1))


def show_copies(connection: Connection, answer: str, number: int, question: str, text: str) -> None:
    """Have the copies say what a run's turn says, or would if it were not erased, if they are of its provider."""
    provider = select(runs.c.provider).where(runs.c.answer == answer, runs.c.number == number).scalar_subquery()
    theirs = update(turns).where(turns.c.copied_for == answer, turns.c.provider == provider)
    connection.execute(theirs.values(question=question, answer=text, hidden=0))


def copy_turn(connection: Connection, channel: int, answer: str, now: int) -> bool:
    """Have the conversation in a channel begin with the answer's turn; returns whether it has that."""
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
    first = NewTurn(turn.provider, turn.server, key, turn.asker, "", "", str(uuid4()), turn.position)
    conversation = join_conversation(connection, first, now)
    if conversation is None:
        return False
    here = {"channel": literal(channel), "conversation_id": literal(conversation), "copied_for": literal(answer)}
    copied = select(*(turns.c[name] for name in _COPIED), *here.values()).where(turns.c.id == turn.id)
    connection.execute(insert(turns).from_select([*_COPIED, *here], copied))
    return True
