"""Small things that the program itself remembers from one start to the next, each under a name."""

from sqlalchemy import Connection, select

from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import facts


def load_fact(connection: Connection, name: str) -> str | None:
    """Return what is remembered under `name`, None for nothing."""
    return connection.scalar(select(facts.c.value).where(facts.c.name == name))


def save_fact(connection: Connection, name: str, value: str) -> None:
    """Remember `value` under `name`, instead of what was there."""
    connection.execute(insert_or_replace(connection, facts).values(name=name, value=value))
