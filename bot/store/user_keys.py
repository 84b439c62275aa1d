"""The keys by which users are known to providers that remember them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import insert_into
from bot.store.tables import user_keys


async def load_user_key(connection: AsyncConnection, provider: str, user: int) -> str:
    """Return the user's key: the id's digits, once renewed with `.` and a counter."""
    stored = select(user_keys.c.renewals).where(user_keys.c.provider == provider, user_keys.c.user_id == user)
    return _spell(user, await connection.scalar(stored) or 0)


async def renew_user_key(connection: AsyncConnection, provider: str, user: int) -> str:
    """Count the user's key up in one statement, so that no two renewals give the same, and return it."""
    renewal = (
        insert_into(connection, user_keys)
        .values(provider=provider, user_id=user, renewals=1)
        .on_conflict_do_update(index_elements=list(user_keys.primary_key), set_={"renewals": user_keys.c.renewals + 1})
        .returning(user_keys.c.renewals)
    )
    return _spell(user, (await connection.execute(renewal)).scalar_one())


def _spell(user: int, renewals: int) -> str:
    return f"{user}.{renewals}" if renewals else str(user)
