"""Claims and owners: each bot answers a question once, and each run says which process is at it.

Until now nothing kept two answers to one question apart: an event that Discord sent again after a restart, or two
processes with one token, were answered twice. Such answers stay, since people see them and their buttons. The newest
keeps the question; the others get numbers below 0 instead of a bot's id.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_answers = sa.table("answers", *map(sa.column, ("id", "question", "asked_at", "bot")))
_NEWEST_FIRST = (_answers.c.asked_at.desc(), _answers.c.id.desc())


def upgrade() -> None:
    """Add the columns, tell duplicates apart, and have the database refuse new ones."""
    op.add_column("answers", sa.Column("bot", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    _number_duplicates()
    op.drop_index("answers_by_question", "answers")
    op.create_index("answers_by_question", "answers", ["question", "bot"], unique=True)


def downgrade() -> None:
    """Drop what this revision made."""
    op.drop_index("answers_by_question", "answers")
    op.create_index("answers_by_question", "answers", ["question"])
    op.drop_column("runs", "owner")
    op.drop_column("answers", "bot")


def _number_duplicates() -> None:
    place = sa.func.row_number().over(partition_by=_answers.c.question, order_by=_NEWEST_FIRST) - 1
    numbered = sa.select(_answers.c.id, place.label("place")).subquery()
    place_of = sa.select(numbered.c.place).where(numbered.c.id == _answers.c.id).scalar_subquery()
    duplicates = sa.select(numbered.c.id).where(numbered.c.place > 0)
    op.execute(_answers.update().where(_answers.c.id.in_(duplicates)).values(bot=-place_of))
