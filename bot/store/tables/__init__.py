"""The tables, as the program sees them; the migrations make them, and a test holds the two together."""

from bot.store.tables.answering import (
    UNFINISHED,
    answer_messages,
    answers,
    conversations,
    facts,
    runs,
    server_settings,
    servers,
    texts,
    turns,
    user_keys,
    welcomes,
)
from bot.store.tables.base import metadata
from bot.store.tables.cluster import processes, session_turns
from bot.store.tables.fair_use import credentials, daily_times, daily_usage, question_counts

__all__ = [
    "UNFINISHED",
    "answer_messages",
    "answers",
    "conversations",
    "credentials",
    "daily_times",
    "daily_usage",
    "facts",
    "metadata",
    "processes",
    "question_counts",
    "runs",
    "server_settings",
    "servers",
    "session_turns",
    "texts",
    "turns",
    "user_keys",
    "welcomes",
]
