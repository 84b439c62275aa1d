"""The keys by which users are known to providers that remember them."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from bot.store.queries.upsert import insert_into
from bot.store.tables import user_keys


def renew_user_key(connection: Connection, provider: str, user: int) -> str:
    """Count the user's key up in one statement, so that no two renewals give the same, and return it."""
    renewal = (
        insert_into(connection, user_keys)
        .values(provider=provider, user_id=user, renewals=1)
        .on_conflict_do_update(index_elements=list(user_keys.primary_key), set_={"renewals": user_keys.c.renewals + 1})
        .returning(user_keys.c.renewals)
    )
    return spell_user_key(user, connection.execute(renewal).scalar_one())


def load_user_key(connection: Connection, provider: str, user: int) -> str:
    """Return the user's key with one provider."""
    stored = select(user_keys.c.renewals).where(user_keys.c.provider == provider, user_keys.c.user_id == user)
    return spell_user_key(user, connection.scalar(stored) or 0)


def load_user_keys(connection: Connection, user: int, providers: Collection[str]) -> Mapping[str, str]:
    """Return the user's key with each of `providers`, and with others if it was once renewed."""
    return {provider: spell_user_key(user, renewals) for provider, renewals in _count(connection, user, providers)}


def renew_user_keys(connection: Connection, user: int, providers: Collection[str]) -> None:
    """Count the user's key up with each of `providers`, and with others if it was once renewed."""
    for provider, _ in _count(connection, user, providers):
        renew_user_key(connection, provider, user)


def _count(connection: Connection, user: int, providers: Collection[str]) -> list[tuple[str, int]]:
    """Return the renewals by provider, in an order that is always the same."""
    stored = select(user_keys.c.provider, user_keys.c.renewals).where(user_keys.c.user_id == user)
    renewals = dict.fromkeys(providers, 0) | {row.provider: row.renewals for row in connection.execute(stored)}
    return sorted(renewals.items())


def spell_user_key(user: int, renewals: int) -> str:
    """Return the id's digits, once renewed with `.` and a counter."""
    return f"{user}.{renewals}" if renewals else str(user)
