"""What stands behind the buttons of past answers, kept for as long as somebody may still press them."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from bot.chat.memory import SavedButton
from bot.chat.rich import Button
from bot.store.inserts import insert_or_replace
from bot.store.tables import buttons

KEPT_SECONDS = 90 * 24 * 60 * 60
"""How long a button works after it was shown."""

_PRUNED_AT_ONCE = 200
"""The most buttons that one write deletes; more than one answer adds, so that old ones never pile up."""


def save_buttons(connection: Connection, saved: Sequence[SavedButton], now: int) -> None:
    """Store the buttons that have a token, and delete some of those that are too old."""
    rows = [
        {
            "token": one.button.token,
            "provider": one.provider,
            "title": one.button.title,
            "action": one.button.action,
            "value": one.button.value,
            "saved_at": now,
        }
        for one in saved
        if one.button.token
    ]
    if not rows:
        return
    connection.execute(insert_or_replace(connection, buttons), rows)
    prune_buttons(connection, now)


def prune_buttons(connection: Connection, now: int) -> int:
    """Delete some of the buttons that are too old, the oldest first, and return how many."""
    outdated = (
        select(buttons.c.token)
        .where(buttons.c.saved_at < now - KEPT_SECONDS)
        .order_by(buttons.c.saved_at)
        .limit(_PRUNED_AT_ONCE)
        # On PostgreSQL, two processes that prune at once take different rows instead of waiting for each other.
        .with_for_update(skip_locked=True)
    )
    return connection.execute(delete(buttons).where(buttons.c.token.in_(outdated))).rowcount


def load_button(connection: Connection, token: str) -> SavedButton | None:
    """Return the button that was saved under `token`, None where there is none (any more)."""
    row = connection.execute(select(buttons).where(buttons.c.token == token)).one_or_none()
    return None if row is None else SavedButton(row.provider, Button(row.title, row.action, row.value, row.token))
