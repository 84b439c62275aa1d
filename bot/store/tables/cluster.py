"""The tables by which the processes of one bot know each other."""

from sqlalchemy import Column, Double, PrimaryKeyConstraint, Table

from bot.store.columns import count_column, number_column, text_column
from bot.store.tables.base import metadata

processes = Table(
    "processes",
    metadata,
    # The id of its lease, as `bot/domain/leases.py` makes it.
    text_column("id"),
    number_column("bot"),
    count_column("cluster"),
    count_column("clusters"),
    count_column("shard_count"),
    # The numbers of those that are ready, with commas between them.
    text_column("shards"),
    text_column("state"),
    number_column("joined_at"),
    PrimaryKeyConstraint("id"),
)

session_turns = Table(
    "session_turns",
    metadata,
    number_column("bot"),
    # The number of a shard, modulo `max_concurrency`.
    count_column("bucket"),
    # The process that begins a session, empty if none does.
    text_column("holder"),
    # Until when nobody else may, in seconds since 1970 (UTC) by the database's clock.
    Column("ends_at", Double, nullable=False),
    PrimaryKeyConstraint("bot", "bucket"),
)
