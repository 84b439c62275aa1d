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
from sqlalchemy import text as sql

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


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, SafeText, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a 64-bit column, for one of Discord's ids or for a time in whole seconds since 1970 (UTC)."""
    return Column(name, BigInteger, nullable=nullable, autoincrement=False)


def _count(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=nullable, autoincrement=False)


def _added(name: str, kind: type[BigInteger | Integer]) -> Column[Any]:
    """Return a column that later migrations gave a table, with 0 in the rows that were there."""
    return Column(name, kind, nullable=False, server_default="0")


def _kind() -> Column[Any]:
    """Return the column for a conversation's kind, as `bot/domain/conversation_key.py` names them."""
    return Column("kind", SafeText, nullable=False, server_default="shared")


conversations = Table(
    "conversations",
    metadata,
    _text("provider"),
    _number("channel"),
    _text("id"),
    # When it began, was renewed, or had its latest turn.
    _added("used_at", BigInteger),
    _kind(),
    # Whose it is, 0 if several people may have spoken in it.
    _added("person", BigInteger),
    # How often it began over without what was said before.
    _added("renewals", Integer),
    PrimaryKeyConstraint("provider", "channel", "kind", "person"),
    Index("conversations_by_person", "person"),
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
    # 1 while its answer shows a version that the history does not keep.
    _added("hidden", Integer),
    _kind(),
    _added("person", BigInteger),
    # The id of the question; in rows from before this column their own, which is smaller.
    _added("position", BigInteger),
    # What the asker was called; empty in rows from before this column.
    Column("name", SafeText, nullable=False, server_default=""),
    # The answer whose turn this is a copy of, in the thread that was started for it.
    _text("copied_for", nullable=True),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(
        ["provider", "channel", "kind", "person"],
        ["conversations.provider", "conversations.channel", "conversations.kind", "conversations.person"],
    ),
    ForeignKeyConstraint(["copied_for"], ["answers.id"], ondelete="CASCADE"),
    # Holds each conversation's turns in order, so that the latest few are found without a look at the others.
    Index("turns_by_conversation", "provider", "channel", "kind", "person", "conversation_id", "position", "id"),
    Index("turns_by_asker", "asker", "id"),
    Index("turns_by_original", "copied_for"),
    # Finds each server's oldest turn in one step, and the next server in another.
    Index("turns_by_server", "server", "recorded_at"),
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

server_settings = Table(
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

answers = Table(
    "answers",
    metadata,
    _text("id"),
    _number("question"),
    _count("by_message"),
    _number("asker"),
    _number("server", nullable=True),
    _number("channel"),
    _number("settings_channel"),
    _number("asked_at"),
    # The number of the run that is shown, 0 for none so far.
    _count("shown"),
    # The id of the account that answers; 0 in rows from before this column, less in those whose question has another.
    _added("bot", BigInteger),
    _kind(),
    PrimaryKeyConstraint("id"),
    # Each bot answers a question once: the process that stores an answer first gives it.
    Index("answers_by_question", "question", "bot", unique=True),
    Index("answers_by_asker", "asker", "question"),
    Index("answers_by_server", "server", "asked_at"),
)

UNFINISHED = sql("state <> 'done'")
"""What holds of a run that is under way. Written out, since an index is used only if its very condition is asked."""

runs = Table(
    "runs",
    metadata,
    _text("answer"),
    _count("number"),
    _text("provider"),
    _text("state"),
    _text("outcome", nullable=True),
    _number("began_at"),
    _text("token", nullable=True),
    _count("waited_ms", nullable=True),
    _count("first_text_ms", nullable=True),
    _count("total_ms", nullable=True),
    _count("edits"),
    _count("retries"),
    _count("history_sent"),
    _count("history_left_out"),
    _text("error", nullable=True),
    # The turn that the history has of it, or had: turns go in other ways too.
    _number("turn", nullable=True),
    # The number of the run that was shown until this one was.
    _count("follows"),
    # The process that is at it, or was until it ended; empty in rows from before this column.
    Column("owner", SafeText, nullable=False, server_default=""),
    PrimaryKeyConstraint("answer", "number"),
    ForeignKeyConstraint(["answer"], ["answers.id"], ondelete="CASCADE"),
    # PostgreSQL's has the same condition, by its migration; to say so here would import its dialect at every start.
    Index("runs_unfinished", "answer", sqlite_where=UNFINISHED),
)

texts = Table(
    "texts",
    metadata,
    _text("answer"),
    _count("number"),
    _text("question"),
    _text("content", nullable=True),
    # A JSON list of strings.
    _text("notices"),
    PrimaryKeyConstraint("answer", "number"),
    ForeignKeyConstraint(["answer", "number"], ["runs.answer", "runs.number"], ondelete="CASCADE"),
)

answer_messages = Table(
    "answer_messages",
    metadata,
    _number("message"),
    _text("answer"),
    _count("position"),
    PrimaryKeyConstraint("message"),
    ForeignKeyConstraint(["answer"], ["answers.id"], ondelete="CASCADE"),
    Index("answer_messages_by_answer", "answer"),
)

servers = Table(
    "servers",
    metadata,
    # The bot's own id: another application's bot that is pointed at this database has servers of its own.
    _number("bot"),
    _number("server"),
    # When the bot was found to be no longer in it; empty while it is.
    _number("left_at", nullable=True),
    PrimaryKeyConstraint("bot", "server"),
)

welcomes = Table(
    "welcomes",
    metadata,
    # The message with which a bot introduced itself to a server, for as long as it is there.
    _number("bot"),
    _number("server"),
    _number("channel"),
    _number("message"),
    _number("posted_at"),
    # 1 once somebody had an answer by it; 1 once an admin set something by it.
    _count("tried"),
    _count("chosen"),
    PrimaryKeyConstraint("bot", "server"),
)
