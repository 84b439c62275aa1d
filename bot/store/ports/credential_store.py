"""The credentials of servers: encrypted on the way in, and handed out as they are stored."""

from collections.abc import Mapping

from sqlalchemy import Connection, Delete, delete, distinct, func, insert, select, text

from bot.domain.secrets.credentials import CredentialStore, NoSecretKey, StoredCredentials, credential_cell
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.settings import read_credentials
from bot.store.tables import credentials


class SqlCredentialStore(SqlStore, CredentialStore):
    """Implements `CredentialStore`."""

    async def save(self, server: int, provider: str, fields: Mapping[str, str], by: int) -> None:
        if not self._cipher.key_ids:
            raise NoSecretKey
        saved = {"server": server, "provider": provider, "saved_at": self._now(), "saved_by": by}
        rows = [
            {**saved, "field": name, "value": self._cipher.encrypt(value, credential_cell(server, provider, name))}
            for name, value in fields.items()
        ]
        await self._database.write(_replace, server, provider, rows)

    @write_transaction
    def remove(self, connection: Connection, server: int, provider: str) -> None:
        connection.execute(_of(server, provider))

    @read_transaction
    def list(self, connection: Connection, server: int) -> Mapping[str, StoredCredentials]:
        return read_credentials(connection, server)

    @read_transaction
    def count_servers(self, connection: Connection) -> int:
        return connection.scalar(select(func.count(distinct(credentials.c.server)))) or 0


def _replace(connection: Connection, server: int, provider: str, rows: list[dict[str, object]]) -> None:
    if connection.dialect.name != "sqlite":
        # Of two that save at once, the second waits here, and then deletes what the first has stored.
        connection.execute(text("LOCK TABLE credentials IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(_of(server, provider))
    if rows:
        connection.execute(insert(credentials), rows)


def _of(server: int, provider: str) -> Delete:
    return delete(credentials).where(credentials.c.server == server, credentials.c.provider == provider)
