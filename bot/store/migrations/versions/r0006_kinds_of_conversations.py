"""Kinds of conversations: a channel's and people's own are told apart, and turns have a place and a speaker.

Until now a conversation was a channel's, or, of answers that a server showed to one person only, that person's in all
channels together: then the person's id took the channel's place. Those turns go to the channels of their answers.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0006"
down_revision = "0005"

_OLD_KEY, _NEW_KEY = ["provider", "channel"], ["provider", "channel", "kind", "person"]
_PLACE = ("provider", "channel", "kind", "person")
_conversations = sa.table("conversations", *map(sa.column, (*_PLACE, "id", "used_at", "renewals")))
_turns = sa.table("turns", *map(sa.column, (*_PLACE, "id", "conversation_id", "server", "asker", "position")))
_answers = sa.table("answers", *map(sa.column, ("id", "channel", "kind")))
_runs = sa.table("runs", *map(sa.column, ("answer", "turn")))
_sequence = sa.table("sqlite_sequence", *map(sa.column, ("name", "seq")))
_servers = sa.table("servers", *map(sa.column, ("server", "left_at")))


def upgrade() -> None:
    """Add the columns and make them part of the keys; then move what was no channel's."""
    op.drop_index("turns_by_conversation", "turns")
    with _rebuilt("turns") as turns:
        turns.drop_constraint("turns_in_conversations", type_="foreignkey")
        turns.add_column(_text("kind", "shared"))
        turns.add_column(_number("person"))
        turns.add_column(_number("position"))
        turns.add_column(_text("name", ""))
        turns.add_column(sa.Column("copied_for", sa.Text(), nullable=True))
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(_text("kind", "shared"))
        conversations.add_column(_number("person"))
        conversations.add_column(sa.Column("renewals", sa.Integer(), server_default="0", nullable=False))
        conversations.drop_constraint("conversations_key", type_="primary")
        conversations.create_primary_key("conversations_key", _NEW_KEY)
    op.create_index("conversations_by_person", "conversations", ["person"])
    op.add_column("answers", _text("kind", "shared"))
    op.execute(_turns.update().values(position=_turns.c.id))
    _move_private()
    _mark_guests()
    with _rebuilt("turns") as turns:
        turns.create_foreign_key("turns_in_conversations", "conversations", _NEW_KEY, [*_NEW_KEY])
        turns.create_foreign_key("turns_in_answers", "answers", ["copied_for"], ["id"], ondelete="CASCADE")
    op.create_index("turns_by_conversation", "turns", [*_NEW_KEY, "conversation_id", "position", "id"])
    op.create_index("turns_by_original", "turns", ["copied_for"])


def downgrade() -> None:
    """Drop what this revision made, and all conversations but the channels' own."""
    op.execute(_turns.delete().where(_turns.c.kind != "shared"))
    op.execute(_conversations.delete().where(_conversations.c.kind != "shared"))
    op.drop_index("turns_by_original", "turns")
    op.drop_index("turns_by_conversation", "turns")
    with _rebuilt("turns") as turns:
        turns.drop_constraint("turns_in_answers", type_="foreignkey")
        turns.drop_constraint("turns_in_conversations", type_="foreignkey")
        for name in ("copied_for", "name", "position", "person", "kind"):
            turns.drop_column(name)
    op.drop_column("answers", "kind")
    op.drop_index("conversations_by_person", "conversations")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_constraint("conversations_key", type_="primary")
        for name in ("renewals", "person", "kind"):
            conversations.drop_column(name)
        conversations.create_primary_key("conversations_key", _OLD_KEY)
    with _rebuilt("turns") as turns:
        turns.create_foreign_key("turns_in_conversations", "conversations", _OLD_KEY, [*_OLD_KEY])
    op.create_index("turns_by_conversation", "turns", [*_OLD_KEY, "conversation_id", "id"])


@contextmanager
def _rebuilt(table: str) -> Iterator[BatchOperations]:
    """Change a table; SQLite makes a new one, which must not give the ids of deleted rows again."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    of_turns = _sequence.c.name == "turns"
    last = connection.scalar(sa.select(_sequence.c.seq).where(of_turns)) if is_sqlite else None
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
    if last is not None:
        connection.execute(_sequence.delete().where(of_turns))
        connection.execute(_sequence.insert().values(name="turns", seq=last))


def _move_private() -> None:
    """Give the turns of answers that one person saw to that person, in the channel that they were asked in.

    A turn whose answer is gone stays as it is, and is sent with nothing any more.
    """
    connection = op.get_bind()
    theirs = (
        sa.select(_turns.c.id, _turns.c.provider, _turns.c.asker, _turns.c.conversation_id, _answers.c.channel)
        .add_columns(_answers.c.id.label("answer"), _conversations.c.used_at, _conversations.c.id.label("current"))
        .join(_runs, _runs.c.turn == _turns.c.id)
        .join(_answers, _answers.c.id == _runs.c.answer)
        .join(_conversations, _of(_turns))
        .where(_turns.c.channel == _turns.c.asker)
    )
    moved = dict[tuple[object, ...], str]()
    for row in connection.execute(theirs).all():
        place = {"provider": row.provider, "channel": row.channel, "kind": "private", "person": row.asker}
        key = tuple(place.values())
        if key not in moved:
            moved[key] = str(uuid4())
            connection.execute(_conversations.insert(), {**place, **_fresh(moved[key], row.used_at)})
        conversation = moved[key] if row.conversation_id == row.current else row.conversation_id
        connection.execute(_turns.update().where(_turns.c.id == row.id).values(**place, conversation_id=conversation))
        connection.execute(_answers.update().where(_answers.c.id == row.answer).values(kind="private"))


def _mark_guests() -> None:
    """Mark the conversations of servers that the bot is no member of; if it never noted any, nothing is known."""
    connection = op.get_bind()
    if connection.scalar(sa.select(_servers.c.server).limit(1)) is None:
        return
    member = sa.select(_servers.c.server).where(_servers.c.left_at.is_(None))
    abroad = sa.and_(_turns.c.server.is_not(None), _turns.c.server.not_in(member), _turns.c.kind == "shared")
    has_such = sa.exists().where(_of(_turns), abroad)
    op.execute(_conversations.update().where(_conversations.c.kind == "shared", has_such).values(kind="guest"))
    op.execute(_turns.update().where(abroad).values(kind="guest"))


def _of(turns: sa.TableClause) -> sa.ColumnElement[bool]:
    return sa.and_(_conversations.c.provider == turns.c.provider, _conversations.c.channel == turns.c.channel)


def _fresh(conversation: str, used_at: int) -> Mapping[str, Any]:
    return {"id": conversation, "used_at": used_at, "renewals": 0}


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
