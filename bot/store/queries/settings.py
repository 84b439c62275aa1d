"""Reading what admins set in one place, and the credentials that they brought."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, literal_column, or_, select, union_all

from bot.domain.secrets.cipher import Cipher
from bot.domain.secrets.credentials import StoredCredentials
from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.store.encrypted_columns import SETTING
from bot.store.tables import credentials, server_settings

# Put together once, since every question needs them. What is set for no server, in a direct message, equals nothing.
_SETTINGS = select(
    server_settings.c.scope,
    server_settings.c.name,
    server_settings.c.value,
    literal_column("''").label("field"),
    literal_column("0").label("saved_at"),
    literal_column("0").label("saved_by"),
).where(
    or_(
        and_(server_settings.c.scope == "channel", server_settings.c.target == bindparam("of_channel")),
        and_(server_settings.c.scope == "server", server_settings.c.target == bindparam("of_server")),
    )
)
_CREDENTIALS = select(
    literal_column("'credentials'").label("scope"),
    credentials.c.provider.label("name"),
    credentials.c.value,
    credentials.c.field,
    credentials.c.saved_at,
    credentials.c.saved_by,
).where(credentials.c.server == bindparam("of_server"))
_BOTH = union_all(_SETTINGS, _CREDENTIALS)


def encrypt_setting(cipher: Cipher, scope: Scope, target: int, name: str, value: str) -> str:
    """Return a setting's value as it is stored."""
    is_meant = SETTING.is_meant({"name": name})
    return SETTING.encrypt(cipher, value, (scope, target, name)) if is_meant else value


def decrypt_setting(cipher: Cipher, scope: Scope, target: int, name: str, stored: object) -> str | None:
    """Return a setting's value, None if it cannot be read."""
    if not isinstance(stored, str):
        return None  # SQLite takes anything in any column from somebody who edits the file
    is_meant = SETTING.is_meant({"name": name})
    return SETTING.decrypt(cipher, stored, (scope, target, name)) if is_meant else stored


def load_settings(connection: Connection, cipher: Cipher, server: int | None, channel: int) -> StoredSettings:
    """Return what is set for the server and for the channel, and what the server brought, in one statement.

    Settings that cannot be read are left out.
    """
    wanted = _SETTINGS if server is None else _BOTH
    found: dict[str, dict[str, str]] = {"server": {}, "channel": {}}
    brought = []
    for row in connection.execute(wanted, {"of_server": server, "of_channel": channel}):
        if row.scope == "credentials":
            brought.append(row)
            continue
        target = channel if row.scope == "channel" else server or 0
        value = decrypt_setting(cipher, row.scope, target, row.name, row.value)
        if value is not None:
            found[row.scope][row.name] = value
    return StoredSettings(found["server"], found["channel"], {} if server is None else _group(server, brought))


def read_credentials(connection: Connection, server: int) -> Mapping[str, StoredCredentials]:
    """Return what the server brought, by provider."""
    return _group(server, connection.execute(_CREDENTIALS, {"of_server": server}))


def _group(server: int, rows: Iterable[Row[Any]]) -> Mapping[str, StoredCredentials]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return {
        provider: StoredCredentials(
            server, provider, {row.field: str(row.value) for row in fields}, fields[0].saved_at, fields[0].saved_by
        )
        for provider, fields in found.items()
    }
