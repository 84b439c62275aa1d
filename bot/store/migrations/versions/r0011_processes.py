"""The processes of a bot, and whose turn it is among them to begin a session with Discord."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "processes",
        _text("id"),
        _number("bot"),
        *(_count(name) for name in ("cluster", "clusters", "shard_count")),
        _text("shards"),
        _text("state"),
        _number("joined_at"),
        sa.PrimaryKeyConstraint("id", name="processes_key"),
    )
    op.create_table(
        "session_turns",
        _number("bot"),
        _count("bucket"),
        _text("holder"),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "bucket", name="session_turns_key"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("session_turns")
    op.drop_table("processes")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
