"""The tables of servers' own credentials, of counted questions, and of each day's totals."""

from sqlalchemy import Column, Double, Index, PrimaryKeyConstraint, Table

from bot.store.columns import count_column, number_column, text_column
from bot.store.tables.base import metadata

credentials = Table(
    "credentials",
    metadata,
    number_column("server"),
    text_column("provider"),
    text_column("field"),
    # Encrypted.
    text_column("value"),
    number_column("saved_at"),
    number_column("saved_by"),
    PrimaryKeyConstraint("server", "provider", "field"),
)

question_counts = Table(
    "question_counts",
    metadata,
    # Whose questions: as `bot/domain/fair_use/quotas.py` names them; server and person are 0 if those of all count.
    text_column("whose"),
    number_column("server"),
    number_column("person"),
    number_column("begins_at"),
    number_column("ends_at"),
    count_column("questions"),
    # How many there may be, as it was set when the latest was counted.
    count_column("max_questions"),
    # The number of questions that somebody was told of when they were used up; 0 if they were not told.
    count_column("told"),
    PrimaryKeyConstraint("whose", "server", "person", "begins_at", "ends_at"),
    Index("question_counts_by_end", "ends_at"),
    Index("question_counts_by_person", "person"),
)

daily_usage = Table(
    "daily_usage",
    metadata,
    number_column("server"),
    text_column("provider"),
    # In days since 1970 (UTC).
    count_column("day"),
    count_column("questions"),
    count_column("answered"),
    count_column("failed"),
    count_column("stopped"),
    number_column("characters"),
    Column("credits", Double, nullable=False),
    PrimaryKeyConstraint("server", "provider", "day"),
    Index("daily_usage_by_day", "day"),
)

daily_times = Table(
    "daily_times",
    metadata,
    number_column("server"),
    text_column("provider"),
    count_column("day"),
    # Which time: of an answer's first text, or of its end.
    text_column("moment"),
    # The number of the histogram's bucket, and how many answers fell into it.
    count_column("bucket"),
    count_column("answers"),
    PrimaryKeyConstraint("server", "provider", "day", "moment", "bucket"),
    Index("daily_times_by_day", "day"),
)
