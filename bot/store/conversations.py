"""Conversations and their turns."""

from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.memory import Conversation, PastTurn, Turn
from bot.store.inserts import insert_into, insert_or_replace
from bot.store.tables import conversations, turns


async def load_conversation(
    connection: AsyncConnection, provider: str, channel: int, most: int, before: int | None = None
) -> Conversation:
    """Return the channel's current conversation with the `most` latest turns, oldest first; with ids below `before`."""
    current = await connection.scalar(select(conversations.c.id).where(_is_current(provider, channel)))
    if current is None:
        return Conversation(None, ())
    latest = (
        select(turns.c.id, turns.c.question, turns.c.answer)
        .where(
            turns.c.provider == provider,
            turns.c.channel == channel,
            # Not `==`, after which the order would be that of ids alone: where PostgreSQL takes the conversation for a
            # large part of the table, it then reads all turns backwards by id. This order only the index has.
            turns.c.conversation_id.between(current, current),
            turns.c.hidden == 0,
        )
        .order_by(turns.c.conversation_id.desc(), turns.c.id.desc())
        .limit(most)
    )
    if before is not None:
        latest = latest.where(turns.c.id < before)
    rows = (await connection.execute(latest)).all()
    return Conversation(current, tuple(PastTurn(row.id, row.question, row.answer) for row in reversed(rows)))


async def record_turn(connection: AsyncConnection, turn: Turn, now: int) -> int | None:
    """Store the turn, move its conversation on where it brings a new id, and return the turn's own id.

    Returns None, and changes nothing, where the conversation was cleared or replaced in the meantime. A turn that has
    an id already takes that one's place, or none where it is gone.
    """
    if turn.id is not None:
        return turn.id if await reword_turn(connection, turn.id, turn.question, turn.answer) else None
    in_place = (
        await _move_conversation(connection, turn, now)
        or await _begin_conversation(connection, turn, now)
        # Another process put the same conversation in place between these two.
        or await _move_conversation(connection, turn, now)
    )
    if not in_place:
        return None
    await _carry_over(connection, turn)
    recorded = (
        insert(turns)
        .values(
            provider=turn.provider,
            channel=turn.channel,
            conversation_id=turn.conversation_id,
            server=turn.server,
            asker=turn.asker,
            question=turn.question,
            answer=turn.answer,
            recorded_at=now,
        )
        .returning(turns.c.id)
    )
    stored: int = (await connection.execute(recorded)).scalar_one()
    return stored


async def reword_turn(connection: AsyncConnection, turn: int, question: str, answer: str) -> bool:
    """Have the turn say something else, and be seen; returns whether it is still there.

    It keeps its place and its age: the question is from then, and so its time is over when it would have been.
    """
    reworded = update(turns).where(turns.c.id == turn).values(question=question, answer=answer, hidden=0)
    return (await connection.execute(reworded)).rowcount == 1


async def withdraw_turn(connection: AsyncConnection, turn: int) -> None:
    """Delete the turn, if it is still there; its conversation keeps the id it has."""
    await connection.execute(delete(turns).where(turns.c.id == turn))


async def clear_conversation(connection: AsyncConnection, provider: str, channel: int, now: int) -> None:
    """Delete the channel's turns with the provider, and put a new conversation in place.

    The new id is written even where there was no conversation yet: an answer that is under way then finds it in its
    place, and is not recorded.
    """
    await put_in_place(connection, provider, channel, str(uuid4()), now)
    await connection.execute(delete(turns).where(turns.c.provider == provider, turns.c.channel == channel))


async def put_in_place(connection: AsyncConnection, provider: str, channel: int, conversation: str, now: int) -> None:
    """Have the channel's conversation with the provider go on under another id, whether there was one or not."""
    fresh = {"provider": provider, "channel": channel, "id": conversation, "used_at": now}
    await connection.execute(insert_or_replace(connection, conversations).values(fresh))


async def _move_conversation(connection: AsyncConnection, turn: Turn, now: int) -> bool:
    """Set the conversation's id where it is the turn's, or the one that the turn replaces.

    The update also locks the row until the transaction ends, so that a clear comes wholly before or wholly after.
    """
    known = [turn.conversation_id] if turn.replaces is None else [turn.conversation_id, turn.replaces]
    moved = (
        update(conversations)
        .where(_is_current(turn.provider, turn.channel), conversations.c.id.in_(known))
        .values(id=turn.conversation_id, used_at=now)
    )
    return (await connection.execute(moved)).rowcount == 1


async def _begin_conversation(connection: AsyncConnection, turn: Turn, now: int) -> bool:
    """Put the channel's first conversation with the provider in place, unless another one is there already."""
    if turn.replaces is not None:
        return False
    begun = (
        insert_into(connection, conversations)
        .values(provider=turn.provider, channel=turn.channel, id=turn.conversation_id, used_at=now)
        .on_conflict_do_nothing()
        .returning(conversations.c.id)
    )
    return (await connection.execute(begun)).first() is not None


async def _carry_over(connection: AsyncConnection, turn: Turn) -> None:
    """Attach the turns that were kept of the replaced conversation to the new one."""
    if turn.replaces is None or not turn.kept:
        return
    kept = (
        turns.c.provider == turn.provider,
        turns.c.channel == turn.channel,
        turns.c.conversation_id == turn.replaces,
        turns.c.id.in_(turn.kept),
    )
    await connection.execute(update(turns).where(*kept).values(conversation_id=turn.conversation_id))


def _is_current(provider: str, channel: int) -> ColumnElement[bool]:
    return and_(conversations.c.provider == provider, conversations.c.channel == channel)
