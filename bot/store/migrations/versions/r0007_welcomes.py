"""Welcomes: the message with which the bot introduces itself to a server, for as long as it is there."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "welcomes",
        sa.Column("bot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("server", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posted_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tried", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chosen", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("bot", "server", name="welcomes_key"),
    )


def downgrade() -> None:
    """Drop what this revision made."""
    op.drop_table("welcomes")
