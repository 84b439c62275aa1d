"""Answers and servers: the record of runs, who is a member where, and what finds a person's and a server's turns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_UNFINISHED = sa.text("state <> 'done'")


def upgrade() -> None:
    """Make the tables of answers and servers, and add to conversations and turns."""
    _make_answers()
    _make_runs()
    op.create_table(
        "answer_messages",
        _number("message"),
        _text("answer"),
        _count("position"),
        sa.PrimaryKeyConstraint("message", name="answer_messages_key"),
        sa.ForeignKeyConstraint(["answer"], ["answers.id"], name="answer_messages_in_answers", ondelete="CASCADE"),
    )
    op.create_index("answer_messages_by_answer", "answer_messages", ["answer"])
    op.create_table(
        "servers",
        _number("bot"),
        _number("server"),
        _number("left_at", nullable=True),
        sa.PrimaryKeyConstraint("bot", "server", name="servers_key"),
    )
    op.add_column("conversations", sa.Column("used_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("turns", sa.Column("hidden", sa.Integer(), server_default="0", nullable=False))
    op.create_index("turns_by_asker", "turns", ["asker", "id"])
    op.create_index("turns_by_server", "turns", ["server", "recorded_at"])


def downgrade() -> None:
    """Drop what this revision made, and what is in it."""
    op.drop_index("turns_by_server", "turns")
    op.drop_index("turns_by_asker", "turns")
    op.drop_column("turns", "hidden")
    op.drop_column("conversations", "used_at")
    for table in ("servers", "answer_messages", "texts", "runs", "answers"):
        op.drop_table(table)


def _make_answers() -> None:
    op.create_table(
        "answers",
        _text("id"),
        _number("question"),
        _count("by_message"),
        _number("asker"),
        _number("server", nullable=True),
        _number("channel"),
        _number("settings_channel"),
        _number("asked_at"),
        _count("shown"),
        sa.PrimaryKeyConstraint("id", name="answers_key"),
    )
    op.create_index("answers_by_question", "answers", ["question"])
    op.create_index("answers_by_asker", "answers", ["asker", "question"])
    op.create_index("answers_by_server", "answers", ["server", "asked_at"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        _text("answer"),
        _count("number"),
        _text("provider"),
        _text("state"),
        _text("outcome", nullable=True),
        _number("began_at"),
        _text("token", nullable=True),
        _count("waited_ms", nullable=True),
        _count("first_text_ms", nullable=True),
        _count("total_ms", nullable=True),
        _count("edits"),
        _count("retries"),
        _count("history_sent"),
        _count("history_left_out"),
        _text("error", nullable=True),
        _number("turn", nullable=True),
        _count("follows"),
        sa.PrimaryKeyConstraint("answer", "number", name="runs_key"),
        sa.ForeignKeyConstraint(["answer"], ["answers.id"], name="runs_in_answers", ondelete="CASCADE"),
    )
    op.create_index("runs_unfinished", "runs", ["answer"], sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)
    op.create_table(
        "texts",
        _text("answer"),
        _count("number"),
        _text("question"),
        _text("content", nullable=True),
        _text("notices"),
        sa.PrimaryKeyConstraint("answer", "number", name="texts_key"),
        sa.ForeignKeyConstraint(
            ["answer", "number"], ["runs.answer", "runs.number"], name="texts_in_runs", ondelete="CASCADE"
        ),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def _count(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=nullable)
