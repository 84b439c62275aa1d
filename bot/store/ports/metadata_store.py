"""Small things that the program itself remembers from one start to the next, each under a name."""

from sqlalchemy import Connection, select

from bot.domain.stores import MetadataStore
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import facts


class SqlMetadataStore(SqlStore, MetadataStore):
    """Implements `MetadataStore`."""

    @read_transaction
    def get(self, connection: Connection, name: str) -> str | None:
        return connection.scalar(select(facts.c.value).where(facts.c.name == name))

    @write_transaction
    def set(self, connection: Connection, name: str, value: str) -> None:
        connection.execute(insert_or_replace(connection, facts).values(name=name, value=value))
