"""Which servers are new to the bot, and the welcomes that are still shown: ids only."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from bot.domain.welcome import Step, Welcome, WelcomeStore
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.upsert import insert_into, insert_or_replace
from bot.store.tables import servers, welcomes


class SqlWelcomeStore(SqlStore, WelcomeStore):
    """Implements `WelcomeStore`."""

    @write_transaction
    def claim(self, connection: Connection, bot: int, server: int, *, welcome: bool) -> bool:
        key = [servers.c.bot, servers.c.server]
        joining = insert_into(connection, servers).values(bot=bot, server=server, left_at=None)
        # One statement: of two processes, the second finds what the first has stored.
        claiming = joining.on_conflict_do_update(
            index_elements=key, set_={"left_at": None}, where=servers.c.left_at.is_not(None)
        )
        is_new = connection.execute(claiming.returning(servers.c.server)).first() is not None
        if is_new and welcome:
            nothing = dict.fromkeys(("channel", "message", "posted_at", "tried", "chosen"), 0)
            row = {"bot": bot, "server": server, "nonce": "", **nothing}
            connection.execute(insert_or_replace(connection, welcomes).values(row))
        return is_new

    @write_transaction
    def begin(self, connection: Connection, bot: int, waiting: Welcome, begun: Welcome) -> bool:
        changed = {"channel": begun.channel, "posted_at": begun.posted_at, "nonce": begun.nonce}
        return connection.execute(update(welcomes).where(_still(bot, waiting)).values(changed)).rowcount == 1

    @write_transaction
    def mark_posted(self, connection: Connection, bot: int, begun: Welcome, message: int) -> None:
        connection.execute(update(welcomes).where(_still(bot, begun)).values(message=message))

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


def _still(bot: int, waiting: Welcome) -> ColumnElement[bool]:
    """Return the condition that a welcome waits, and was not begun once more."""
    return and_(_of(bot, waiting.server), welcomes.c.message == 0, welcomes.c.nonce == waiting.nonce)


def _load(connection: Connection, bot: int, server: int) -> Welcome | None:
    row = connection.execute(select(welcomes).where(_of(bot, server))).first()
    return None if row is None else _to_welcome(row)


def _to_welcome(row: Row[tuple[int, ...]]) -> Welcome:
    return Welcome(row.server, row.channel, row.message, row.posted_at, bool(row.tried), bool(row.chosen), row.nonce)
