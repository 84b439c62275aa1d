"""Buttons of answers: what a button says is kept with its answer alone, and the table beside the answers goes.

That table held what the buttons of all answers say, for 90 days and without saying whose answer each belongs to. So its
rows stayed when an answer was erased, and may hold texts of people who were forgotten, of deleted questions and of
servers that the bot was removed from. They are erased, all of them, since no row tells whether it may stay.

Nothing is lost with them that is still to be kept: since the second revision, what a button says is in `texts` too,
with the token that is in the button's custom id. There a press finds it, by the message that shows the button. All
other buttons say when they are pressed that they are not known any more: those of answers that were erased, and those
of answers from before the second revision, of which nothing else is kept either.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Drop the table, and what is in it."""
    op.drop_index("buttons_by_age", "buttons")
    op.drop_table("buttons")


def downgrade() -> None:
    """Make the table again, with nothing in it."""
    op.create_table(
        "buttons",
        _text("token"),
        _text("provider"),
        _text("title"),
        _text("action"),
        _text("value"),
        sa.Column("saved_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token", name="buttons_key"),
    )
    op.create_index("buttons_by_age", "buttons", ["saved_at"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
