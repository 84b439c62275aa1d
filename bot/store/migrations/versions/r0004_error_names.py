"""Names of errors: `runs.error` holds names of classes in `bot/domain/errors/`, and many of those have new names."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NEW_NAMES = {
    "NothingAsked": "EmptyQuestion",
    "TooManyWaiting": "AskerQueueFull",
    "AlreadyAsked": "AlreadyAnswering",
    "Forgotten": "NotStored",
    "MemoryUnavailable": "DatabaseUnavailable",
    "Superseded": "QuestionEdited",
    "Withdrawn": "QuestionDeleted",
    "Fault": "InternalError",
    "Silent": "IdleTimeout",
    "TooSlow": "TotalTimeout",
    "Unreadable": "InvalidResponse",
    "CutShort": "ConnectionLost",
    "NotReady": "NoAnswerYet",
}

_runs = sa.table("runs", sa.column("error", sa.Text()))


def upgrade() -> None:
    """Write the new names over the old ones."""
    _rename(_NEW_NAMES)


def downgrade() -> None:
    """Write the old names over the new ones."""
    _rename({new: old for old, new in _NEW_NAMES.items()})


def _rename(names: Mapping[str, str]) -> None:
    renamed = sa.case(names, value=_runs.c.error)
    op.execute(_runs.update().where(_runs.c.error.in_(names)).values(error=renamed))
