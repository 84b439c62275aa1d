"""Which messages show an answer."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Connection, Integer, and_, bindparam, delete, select

from bot.store.queries.runs import OF_ANSWER, lock_answer
from bot.store.queries.upsert import insert_into
from bot.store.tables import answer_messages, answers

if TYPE_CHECKING:
    from bot.store.queries.upsert import Insert

_ADDED_MESSAGE = select(
    bindparam("of_message", type_=BigInteger), answers.c.id, bindparam("at_position", type_=Integer)
).where(answers.c.id == OF_ANSWER).with_for_update(read=True, key_share=True)  # fmt: skip


@cache
def _add_messages(insert: "Insert") -> "Insert":
    """Return what adds a message to an answer that is there."""
    added = insert.from_select(["message", "answer", "position"], _ADDED_MESSAGE)
    moved = {name: added.excluded[name] for name in ("answer", "position")}
    return added.on_conflict_do_update(index_elements=list(answer_messages.primary_key), set_=moved)


def set_messages_of(connection: Connection, answer: str, messages: Sequence[int], before: Sequence[int]) -> None:
    """Store which messages show the answer, instead of those `before`: only what is not there yet is written."""
    gone = set(before) - set(messages)
    if gone:
        if not lock_answer(connection, answer):
            return
        of_answer = and_(answer_messages.c.answer == answer, answer_messages.c.message.in_(gone))
        connection.execute(delete(answer_messages).where(of_answer))
    added = [
        {"of_answer": answer, "of_message": message, "at_position": index}
        for index, message in enumerate(messages)
        if before[index : index + 1] != messages[index : index + 1]
    ]
    if added:
        connection.execute(_add_messages(insert_into(connection, answer_messages)), added)
