"""Nonces of welcomes: with them, a welcome that may have been posted is sent again to no effect."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_welcomes = sa.table("welcomes", sa.column("message"))


def upgrade() -> None:
    """Add the column."""
    op.add_column("welcomes", sa.Column("nonce", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Drop what this revision made, and the welcomes that wait: no version before this one posts them."""
    op.execute(sa.delete(_welcomes).where(_welcomes.c.message == 0))
    op.drop_column("welcomes", "nonce")
