"""Which servers are new to the bot, and the welcomes that are still shown: ids only."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, select, update

from bot.domain.welcome import Step, Welcome, WelcomeStore
from bot.store.queries.upsert import insert_into, insert_or_replace
from bot.store.stores import SqlStore, read_transaction, write_transaction
from bot.store.tables import servers, welcomes


class SqlWelcomeStore(SqlStore, WelcomeStore):
    """Implements `WelcomeStore`."""

    @write_transaction
    def claim(self, connection: Connection, bot: int, server: int) -> bool:
        key = [servers.c.bot, servers.c.server]
        joining = insert_into(connection, servers).values(bot=bot, server=server, left_at=None)
        # One statement: of two processes, the second finds what the first has stored.
        claiming = joining.on_conflict_do_update(
            index_elements=key, set_={"left_at": None}, where=servers.c.left_at.is_not(None)
        )
        return connection.execute(claiming.returning(servers.c.server)).first() is not None

    @write_transaction
    def add(self, connection: Connection, bot: int, welcome: Welcome) -> None:
        there = and_(servers.c.bot == bot, servers.c.server == welcome.server, servers.c.left_at.is_(None))
        if connection.scalar(select(exists().where(there))):
            row = {
                "bot": bot,
                "server": welcome.server,
                "channel": welcome.channel,
                "message": welcome.message,
                "posted_at": welcome.posted_at,
                "tried": int(welcome.tried),
                "chosen": int(welcome.chosen),
            }
            connection.execute(insert_or_replace(connection, welcomes).values(row))

    @read_transaction
    def welcomes(self, connection: Connection, bot: int) -> Sequence[Welcome]:
        wanted = select(welcomes).where(welcomes.c.bot == bot).order_by(welcomes.c.posted_at, welcomes.c.server)
        return [_to_welcome(row) for row in connection.execute(wanted)]

    @read_transaction
    def welcome(self, connection: Connection, bot: int, server: int) -> Welcome | None:
        return _load(connection, bot, server)

    @write_transaction
    def note(self, connection: Connection, bot: int, server: int, step: Step) -> Welcome | None:
        connection.execute(update(welcomes).where(_of(bot, server)).values({step: 1}))
        return _load(connection, bot, server)

    @write_transaction
    def remove(self, connection: Connection, bot: int, server: int) -> None:
        connection.execute(delete(welcomes).where(_of(bot, server)))


def _of(bot: int, server: int) -> ColumnElement[bool]:
    return and_(welcomes.c.bot == bot, welcomes.c.server == server)


def _load(connection: Connection, bot: int, server: int) -> Welcome | None:
    row = connection.execute(select(welcomes).where(_of(bot, server))).first()
    return None if row is None else _to_welcome(row)


def _to_welcome(row: Row[tuple[int, ...]]) -> Welcome:
    return Welcome(row.server, row.channel, row.message, row.posted_at, bool(row.tried), bool(row.chosen))
