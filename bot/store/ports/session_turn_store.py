"""Whose turn it is to begin a session with Discord's gateway; all by the database's clock, which processes share."""

from sqlalchemy import ColumnElement, Connection, Double, and_, func, literal_column, or_, select, update

from bot.domain.cluster.session_turns import HeldTurn, SessionTurnStore
from bot.store.ports.base import SqlStore, relaxed_transaction
from bot.store.queries.upsert import insert_into
from bot.store.tables import session_turns

_MAX_SECONDS = 120.0
"""Longer than any turn: one that seems to last longer is from before the clock was set back, and is over."""


class SqlSessionTurnStore(SqlStore, SessionTurnStore):
    """Implements `SessionTurnStore`."""

    @relaxed_transaction
    def take(self, connection: Connection, bot: int, bucket: int, holder: str, seconds: float) -> HeldTurn | None:
        table, now = session_turns, _now(connection)
        mine = {"holder": holder, "ends_at": now + seconds}
        is_free = or_(table.c.ends_at <= now, table.c.ends_at > now + _MAX_SECONDS, table.c.holder == holder)
        # One statement: of two processes, the second finds what the first has stored.
        taking = insert_into(connection, table).values(bot=bot, bucket=bucket, **mine)
        taking = taking.on_conflict_do_update(index_elements=["bot", "bucket"], set_=mine, where=is_free)
        if connection.execute(taking.returning(table.c.bucket)).first() is not None:
            return None
        held = select(table.c.holder, table.c.ends_at - now).where(_of(bot, bucket))
        return HeldTurn(*connection.execute(held).one())

    @relaxed_transaction
    def end(self, connection: Connection, bot: int, bucket: int, holder: str, seconds: float) -> None:
        ended = {"holder": "", "ends_at": _now(connection) + seconds}
        is_theirs = and_(_of(bot, bucket), session_turns.c.holder == holder)
        connection.execute(update(session_turns).where(is_theirs).values(ended))


def _of(bot: int, bucket: int) -> ColumnElement[bool]:
    return and_(session_turns.c.bot == bot, session_turns.c.bucket == bucket)


def _now(connection: Connection) -> ColumnElement[float]:
    """Return the seconds since 1970 (UTC); the time of PostgreSQL's `now()` would be when the transaction began."""
    if connection.dialect.name == "sqlite":
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Double)
    return func.extract("epoch", func.clock_timestamp()).cast(Double)
