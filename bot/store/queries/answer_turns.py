"""The turns that the history has of an answer: where it was asked, and in the thread that was started for it."""

from uuid import uuid4

from sqlalchemy import Connection, Select, insert, literal, select, update

from bot.domain.answer import TurnUpdate
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.store.queries.runs import lock_answer
from bot.store.queries.turns import join_conversation, reword_turn
from bot.store.tables import runs, turns

_COPIED = ("provider", "kind", "person", "server", "asker", "name", "question", "answer", "recorded_at", "position")


def turns_of(answer: str) -> Select[int]:
    """Return the turns that the history has of an answer, or had; copies are not among them."""
    return select(runs.c.turn).where(runs.c.answer == answer, runs.c.turn.is_not(None))


def hide_turns(connection: Connection, answer: str, *, but: int | None) -> None:
    """Have the history pass over the answer's turns, except for one; over copies too."""
    hidden = update(turns).where(turns.c.id.in_(turns_of(answer))).values(hidden=1)
    connection.execute(hidden if but is None else hidden.where(turns.c.id != but))
    connection.execute(update(turns).where(turns.c.copied_for == answer).values(hidden=1))


def show_turn(connection: Connection, answer: str, shown: TurnUpdate) -> None:
    """Have the turn say what the answer shows now, and be seen; its copy too."""
    if reword_turn(connection, shown.turn, shown.question, shown.answer):
        show_copies(connection, answer, shown)


def show_copies(connection: Connection, answer: str, shown: TurnUpdate) -> None:
    """Have the copies say what the turn says, if they are of its provider."""
    provider = select(turns.c.provider).where(turns.c.id == shown.turn).scalar_subquery()
    said = {"question": shown.question, "answer": shown.answer, "hidden": 0}
    theirs = update(turns).where(turns.c.copied_for == answer, turns.c.provider == provider)
    connection.execute(theirs.values(**said))


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
