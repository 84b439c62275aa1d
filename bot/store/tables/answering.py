"""The tables of conversations, answers, settings and servers."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
)
from sqlalchemy import text as sql

from bot.store.columns import SafeText, added_column, count_column, kind_column, number_column, text_column
from bot.store.tables.base import metadata

conversations = Table(
    "conversations",
    metadata,
    text_column("provider"),
    number_column("channel"),
    text_column("id"),
    # When it began, was renewed, or had its latest turn.
    added_column("used_at", BigInteger),
    kind_column(),
    # Whose it is, 0 if several people may have spoken in it.
    added_column("person", BigInteger),
    # How often it began over without what was said before.
    added_column("renewals", Integer),
    # The id that a provider which keeps conversations gave it, the provider's id of the last answer in it, and since
    # when it is there; empty if the next question begins another one there.
    text_column("remote_id", nullable=True),
    text_column("remote_answer", nullable=True),
    number_column("remote_since", nullable=True),
    # The run that was sent in it, until its turn is stored.
    text_column("holder", nullable=True),
    PrimaryKeyConstraint("provider", "channel", "kind", "person"),
    Index("conversations_by_person", "person"),
)

turns = Table(
    "turns",
    metadata,
    # SQLite numbers rows by itself only under the exact name INTEGER; AUTOINCREMENT keeps it from giving the id of a
    # deleted turn to a new one.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), nullable=False, autoincrement=True),
    text_column("provider"),
    number_column("channel"),
    text_column("conversation_id"),
    number_column("server", nullable=True),
    number_column("asker"),
    text_column("question"),
    text_column("answer"),
    number_column("recorded_at"),
    # 1 while its answer shows a version that the history does not keep.
    added_column("hidden", Integer),
    kind_column(),
    added_column("person", BigInteger),
    # The id of the question; in rows from before this column their own, which is smaller.
    added_column("position", BigInteger),
    # What the asker was called; empty in rows from before this column.
    Column("name", SafeText, nullable=False, server_default=""),
    # The answer whose turn this is a copy of, in the thread that was started for it.
    text_column("copied_for", nullable=True),
    # The id that a provider which keeps conversations gave the answer.
    text_column("remote_answer", nullable=True),
    # The ids of those whose words the question quotes, with commas between them; empty in rows from before this column.
    Column("quoted", SafeText, nullable=False, server_default=""),
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
    text_column("provider"),
    number_column("user_id"),
    Column("renewals", Integer, nullable=False),
    PrimaryKeyConstraint("provider", "user_id"),
)

server_settings = Table(
    "preferences",
    metadata,
    text_column("scope"),
    number_column("target"),
    text_column("name"),
    number_column("server"),
    text_column("value"),
    PrimaryKeyConstraint("scope", "target", "name"),
)

facts = Table(
    "facts",
    metadata,
    text_column("name"),
    text_column("value"),
    PrimaryKeyConstraint("name"),
)

answers = Table(
    "answers",
    metadata,
    text_column("id"),
    number_column("question"),
    count_column("by_message"),
    number_column("asker"),
    number_column("server", nullable=True),
    number_column("channel"),
    number_column("settings_channel"),
    number_column("asked_at"),
    # The number of the run that is shown, 0 for none so far.
    count_column("shown"),
    # The id of the account that answers; 0 in rows from before this column, less in those whose question has another.
    added_column("bot", BigInteger),
    kind_column(),
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
    text_column("answer"),
    count_column("number"),
    text_column("provider"),
    text_column("state"),
    text_column("outcome", nullable=True),
    number_column("began_at"),
    text_column("token", nullable=True),
    count_column("waited_ms", nullable=True),
    count_column("first_text_ms", nullable=True),
    count_column("total_ms", nullable=True),
    count_column("edits"),
    count_column("retries"),
    count_column("history_sent"),
    count_column("history_left_out"),
    text_column("error", nullable=True),
    # The turn that the history has of it, or had: turns go in other ways too.
    number_column("turn", nullable=True),
    # The number of the run that was shown until this one was.
    count_column("follows"),
    # The process that is at it, or was until it ended; empty in rows from before this column.
    Column("owner", SafeText, nullable=False, server_default=""),
    # What the provider told of it: the conversation's id and the answer's, and what it cost.
    text_column("remote_id", nullable=True),
    text_column("remote_answer", nullable=True),
    Column("credits", Double, nullable=True),
    PrimaryKeyConstraint("answer", "number"),
    ForeignKeyConstraint(["answer"], ["answers.id"], ondelete="CASCADE"),
    # PostgreSQL's has the same condition, by its migration; to say so here would import its dialect at every start.
    Index("runs_unfinished", "answer", sqlite_where=UNFINISHED),
)

texts = Table(
    "texts",
    metadata,
    text_column("answer"),
    count_column("number"),
    text_column("question"),
    text_column("content", nullable=True),
    # A JSON list of strings.
    text_column("notices"),
    PrimaryKeyConstraint("answer", "number"),
    ForeignKeyConstraint(["answer", "number"], ["runs.answer", "runs.number"], ondelete="CASCADE"),
)

answer_messages = Table(
    "answer_messages",
    metadata,
    number_column("message"),
    text_column("answer"),
    count_column("position"),
    PrimaryKeyConstraint("message"),
    ForeignKeyConstraint(["answer"], ["answers.id"], ondelete="CASCADE"),
    Index("answer_messages_by_answer", "answer"),
)

servers = Table(
    "servers",
    metadata,
    # The bot's own id: another application's bot that is pointed at this database has servers of its own.
    number_column("bot"),
    number_column("server"),
    # When the bot was found to be no longer in it; empty while it is.
    number_column("left_at", nullable=True),
    PrimaryKeyConstraint("bot", "server"),
)

welcomes = Table(
    "welcomes",
    metadata,
    # The message with which a bot introduced itself to a server, for as long as it is there.
    number_column("bot"),
    number_column("server"),
    # 0 while it waits to be posted; channel, time and nonce are stored just before that is tried.
    number_column("channel"),
    number_column("message"),
    number_column("posted_at"),
    # 1 once somebody had an answer by it; 1 once an admin set something by it.
    count_column("tried"),
    count_column("chosen"),
    Column("nonce", SafeText, nullable=False, server_default=""),
    PrimaryKeyConstraint("bot", "server"),
)
