"""The tables, as the program sees them; the migrations make them, and a test holds the two together."""

import re
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class SafeText(TypeDecorator[str]):
    """Text that any database can store: what PostgreSQL (NUL) or UTF-8 (lone surrogates) cannot hold becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the value as it is stored and compared."""
        return None if value is None else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


metadata = MetaData(
    naming_convention={
        "fk": "%(table_name)s_in_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, SafeText, nullable=False)


def _number(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a 64-bit column, for one of Discord's ids or for a time in whole seconds since 1970 (UTC)."""
    return Column(name, BigInteger, nullable=nullable, autoincrement=False)


conversations = Table(
    "conversations",
    metadata,
    _text("provider"),
    _number("channel"),
    _text("id"),
    PrimaryKeyConstraint("provider", "channel"),
)

turns = Table(
    "turns",
    metadata,
    # SQLite numbers rows by itself only under the exact name INTEGER; AUTOINCREMENT keeps it from giving the id of a
    # deleted turn to a new one.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), nullable=False, autoincrement=True),
    _text("provider"),
    _number("channel"),
    _text("conversation_id"),
    _number("server", nullable=True),
    _number("asker"),
    _text("question"),
    _text("answer"),
    _number("recorded_at"),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["provider", "channel"], ["conversations.provider", "conversations.channel"]),
    # Holds each conversation's turns in order, so that the latest few are found without a look at the others.
    Index("turns_by_conversation", "provider", "channel", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

user_keys = Table(
    "user_keys",
    metadata,
    _text("provider"),
    _number("user_id"),
    Column("renewals", Integer, nullable=False),
    PrimaryKeyConstraint("provider", "user_id"),
)

buttons = Table(
    "buttons",
    metadata,
    _text("token"),
    _text("provider"),
    _text("title"),
    _text("action"),
    _text("value"),
    _number("saved_at"),
    PrimaryKeyConstraint("token"),
    Index("buttons_by_age", "saved_at"),
)

preferences = Table(
    "preferences",
    metadata,
    _text("scope"),
    _number("target"),
    _text("name"),
    _number("server"),
    _text("value"),
    PrimaryKeyConstraint("scope", "target", "name"),
)

facts = Table(
    "facts",
    metadata,
    _text("name"),
    _text("value"),
    PrimaryKeyConstraint("name"),
)
