"""Settings that admins make in Discord, by server and channel."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.domain.stores import ServerSettingsStore
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries.settings import decrypt_setting, encrypt_setting, load_settings
from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import server_settings

_PAGE = 2_000
"""How many servers' values are read at a time: those of thousands, read at once, would hold the event loop up."""


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
    def value(self, connection: Connection, scope: Scope, target: int, name: str) -> str | None:
        key = {"scope": scope, "target": target, "name": name}
        same = (server_settings.c[column] == wanted for column, wanted in key.items())
        stored = connection.execute(select(server_settings.c.value).where(*same)).scalar_one_or_none()
        return decrypt_setting(self._cipher, scope, target, name, stored)

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        values: dict[int, str] = {}
        after: int | None = None
        while True:
            page, after = await self._list_page(name, scope, after)
            values |= page
            if after is None:
                return values

    @read_transaction
    def _list_page(
        self, connection: Connection, name: str, scope: Scope, after: int | None
    ) -> tuple[Mapping[int, str], int | None]:
        """Return the values of the next targets, and after which of them more follow, None if none do."""
        wanted = select(server_settings.c.target, server_settings.c.value).where(
            server_settings.c.scope == scope, server_settings.c.name == name
        )
        if after is not None:
            wanted = wanted.where(server_settings.c.target > after)
        rows = connection.execute(wanted.order_by(server_settings.c.target).limit(_PAGE)).all()
        values = {row.target: decrypt_setting(self._cipher, scope, row.target, name, row.value) for row in rows}
        readable = {target: value for target, value in values.items() if value is not None}
        return readable, rows[-1].target if len(rows) == _PAGE else None
