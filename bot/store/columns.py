"""The kinds of columns that tables are made of, the same on both databases."""

from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, Text, TypeDecorator

from bot.domain.secrets.cipher import replace_unstorable


class SafeText(TypeDecorator[str]):
    """Text that any database can store, by `replace_unstorable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the value as it is stored and compared."""
        return None if value is None else replace_unstorable(value)


def text_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column for text that any database can store.

    If it is somebody's words, a name or a token, `bot/store/encrypted_columns.py` lists it, and queries encrypt it.
    """
    return Column(name, SafeText, nullable=nullable)


def number_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a 64-bit column, for one of Discord's ids or for a time in whole seconds since 1970 (UTC)."""
    return Column(name, BigInteger, nullable=nullable, autoincrement=False)


def count_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a 32-bit column, for a number that is small by nature."""
    return Column(name, Integer, nullable=nullable, autoincrement=False)


def added_column(name: str, kind: type[BigInteger | Integer]) -> Column[Any]:
    """Return a column that later migrations gave a table, with 0 in the rows that were there."""
    return Column(name, kind, nullable=False, server_default="0")


def kind_column() -> Column[Any]:
    """Return the column for a conversation's kind, as `bot/domain/conversation_key.py` names them."""
    return Column("kind", SafeText, nullable=False, server_default="shared")
