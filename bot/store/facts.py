"""Small things that the program itself remembers from one start to the next, each under a name."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import insert_or_replace
from bot.store.tables import facts


async def load_fact(connection: AsyncConnection, name: str) -> str | None:
    """Return what is remembered under `name`, None for nothing."""
    return await connection.scalar(select(facts.c.value).where(facts.c.name == name))


async def save_fact(connection: AsyncConnection, name: str, value: str) -> None:
    """Remember `value` under `name`, instead of what was there."""
    await connection.execute(insert_or_replace(connection, facts).values(name=name, value=value))
