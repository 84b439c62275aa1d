"""Conversations that a provider keeps: their ids there, those of answers, and what an answer cost."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ADDED: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    "conversations": {
        "remote_id": sa.Text(),
        "remote_answer": sa.Text(),
        "remote_since": sa.BigInteger(),
        "holder": sa.Text(),
    },
    "turns": {"remote_answer": sa.Text()},
    "runs": {"remote_id": sa.Text(), "remote_answer": sa.Text(), "credits": sa.Double()},
}


def upgrade() -> None:
    """Add the columns, which are empty in the rows that are there."""
    for table, columns in _ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop what this revision made."""
    for table, columns in _ADDED.items():
        for name in columns:
            op.drop_column(table, name)
