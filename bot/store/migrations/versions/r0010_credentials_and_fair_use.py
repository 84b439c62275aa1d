"""Credentials of servers, counts of questions, totals of a day, and whose words a turn quotes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables, and the column: of turns that are there nobody knows whom they quote."""
    op.add_column("turns", sa.Column("quoted", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "credentials",
        _number("server"),
        _text("provider"),
        _text("field"),
        _text("value"),
        _number("saved_at"),
        _number("saved_by"),
        sa.PrimaryKeyConstraint("server", "provider", "field", name="credentials_key"),
    )
    op.create_table(
        "question_counts",
        _text("whose"),
        _number("server"),
        _number("person"),
        _number("begins_at"),
        _number("ends_at"),
        _count("questions"),
        _count("max_questions"),
        _count("told"),
        sa.PrimaryKeyConstraint("whose", "server", "person", "begins_at", "ends_at", name="question_counts_key"),
    )
    op.create_index("question_counts_by_end", "question_counts", ["ends_at"])
    op.create_index("question_counts_by_person", "question_counts", ["person"])
    op.create_table(
        "daily_usage",
        _number("server"),
        _text("provider"),
        _count("day"),
        *(_count(name) for name in ("questions", "answered", "failed", "stopped")),
        _number("characters"),
        sa.Column("credits", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("server", "provider", "day", name="daily_usage_key"),
    )
    op.create_index("daily_usage_by_day", "daily_usage", ["day"])
    op.create_table(
        "daily_times",
        _number("server"),
        _text("provider"),
        _count("day"),
        _text("moment"),
        _count("bucket"),
        _count("answers"),
        sa.PrimaryKeyConstraint("server", "provider", "day", "moment", "bucket", name="daily_times_key"),
    )
    op.create_index("daily_times_by_day", "daily_times", ["day"])


def downgrade() -> None:
    """Drop what this revision made."""
    op.drop_column("turns", "quoted")
    for table in ("daily_times", "daily_usage", "question_counts", "credentials"):
        op.drop_table(table)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
