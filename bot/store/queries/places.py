"""Which conversation a row of `conversations` or `turns` is of."""

from sqlalchemy import ColumnElement, Table, and_, bindparam

from bot.domain.conversation_key import ConversationKey

KEY = ("provider", "channel", "kind", "person")
"""The columns that say which conversation a row is of."""


def is_of(table: Table) -> ColumnElement[bool]:
    """Return what holds for the rows of one place with one provider, which `place_of` names."""
    return and_(*(table.c[name] == bindparam(f"of_{name}") for name in KEY))


def place_of(provider: str, key: ConversationKey) -> dict[str, str | int]:
    """Return what `is_of` is about."""
    return {"of_provider": provider, "of_channel": key.channel, "of_kind": key.kind, "of_person": key.person}


def to_row(provider: str, key: ConversationKey) -> dict[str, str | int]:
    """Return the same as columns of a row."""
    return {"provider": provider, "channel": key.channel, "kind": key.kind, "person": key.person}
