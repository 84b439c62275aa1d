"""The servers that the bot is in, and those that it left and that are still to be erased."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import servers


def note_joined(connection: Connection, bot: int, joined: Collection[int]) -> None:
    """Note that the bot is in these servers."""
    rows = [{"bot": bot, "server": server, "left_at": None} for server in sorted(joined)]
    if rows:
        connection.execute(insert_or_replace(connection, servers), rows)


def list_joined(connection: Connection, bot: int) -> Collection[int]:
    """Return the servers that the bot was in when it last looked."""
    there = select(servers.c.server).where(servers.c.bot == bot, servers.c.left_at.is_(None))
    return set(connection.scalars(there))


def note_left(connection: Connection, bot: int, server: int, now: int) -> None:
    """Note that the bot is no longer in a server; the time of the first such note stays."""
    there = (servers.c.bot == bot, servers.c.server == server)
    if connection.scalar(select(exists().where(*there))):
        connection.execute(update(servers).where(*there, servers.c.left_at.is_(None)).values(left_at=now))
    else:
        connection.execute(insert(servers).values(bot=bot, server=server, left_at=now))


def list_left(connection: Connection) -> Mapping[int, int]:
    """Return the servers that were left and not closed, each with when; not those that another bot is in."""
    others = servers.alias("others")
    still_in = exists().where(others.c.server == servers.c.server, others.c.left_at.is_(None))
    left = (
        select(servers.c.server, func.max(servers.c.left_at))
        .where(servers.c.left_at.is_not(None), ~still_in)
        .group_by(servers.c.server)
    )
    return {row[0]: row[1] for row in connection.execute(left)}


def close_server(connection: Connection, server: int) -> None:
    """Note that everything of a server that was left is erased."""
    connection.execute(delete(servers).where(servers.c.server == server, servers.c.left_at.is_not(None)))
