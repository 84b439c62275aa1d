"""Settings that admins make in Discord, by server and channel."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.domain.stores import ServerSettingsStore
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.settings import decrypt_setting, encrypt_setting, load_settings
from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import server_settings


class SqlServerSettingsStore(SqlStore, ServerSettingsStore):
    """Implements `ServerSettingsStore`."""

    @read_transaction
    def load(self, connection: Connection, server: int | None, channel: int) -> StoredSettings:
        return load_settings(connection, self._cipher, server, channel)

    @write_transaction
    def save(
        self, connection: Connection, scope: Scope, server: int, target: int, name: str, value: str | None
    ) -> None:
        key = {"scope": scope, "target": target, "name": name}
        if value is None:
            same = (server_settings.c[column] == wanted for column, wanted in key.items())
            connection.execute(delete(server_settings).where(*same))
        else:
            stored = encrypt_setting(self._cipher, scope, target, name, value)
            row = {**key, "server": server, "value": stored}
            connection.execute(insert_or_replace(connection, server_settings).values(row))

    @read_transaction
    def list_values(self, connection: Connection, name: str, scope: Scope = "server") -> Mapping[int, str]:
        wanted = select(server_settings.c.target, server_settings.c.value).where(
            server_settings.c.scope == scope, server_settings.c.name == name
        )
        values = {
            row.target: decrypt_setting(self._cipher, scope, row.target, name, row.value)
            for row in connection.execute(wanted)
        }
        return {target: value for target, value in values.items() if value is not None}
