"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "conversations",
        _text("provider"),
        _number("channel"),
        _text("id"),
        sa.PrimaryKeyConstraint("provider", "channel", name="conversations_key"),
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _text("provider"),
        _number("channel"),
        _text("conversation_id"),
        _number("server", nullable=True),
        _number("asker"),
        _text("question"),
        _text("answer"),
        _number("recorded_at"),
        sa.PrimaryKeyConstraint("id", name="turns_key"),
        sa.ForeignKeyConstraint(
            ["provider", "channel"],
            ["conversations.provider", "conversations.channel"],
            name="turns_in_conversations",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("turns_by_conversation", "turns", ["provider", "channel", "conversation_id", "id"])
    op.create_table(
        "user_keys",
        _text("provider"),
        _number("user_id"),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "user_id", name="user_keys_key"),
    )
    op.create_table(
        "buttons",
        _text("token"),
        _text("provider"),
        _text("title"),
        _text("action"),
        _text("value"),
        _number("saved_at"),
        sa.PrimaryKeyConstraint("token", name="buttons_key"),
    )
    op.create_index("buttons_by_age", "buttons", ["saved_at"])
    op.create_table(
        "preferences",
        _text("scope"),
        _number("target"),
        _text("name"),
        _number("server"),
        _text("value"),
        sa.PrimaryKeyConstraint("scope", "target", "name", name="preferences_key"),
    )
    op.create_table(
        "facts",
        _text("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("name", name="facts_key"),
    )


def downgrade() -> None:
    """Drop all tables, and what is in them."""
    for table in ("facts", "preferences", "buttons", "user_keys", "turns", "conversations"):
        op.drop_table(table)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)
