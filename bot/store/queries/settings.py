"""Reading what admins set in one place."""

from sqlalchemy import Connection, and_, bindparam, or_, select

from bot.domain.secrets.cipher import Cipher
from bot.domain.settings.server_settings import Scope, StoredSettings
from bot.store.encrypted_columns import SETTING
from bot.store.tables import server_settings

# Put together once, since every question needs it. What is set for no server, in a direct message, equals nothing.
_WANTED = select(server_settings).where(
    or_(
        and_(server_settings.c.scope == "channel", server_settings.c.target == bindparam("of_channel")),
        and_(server_settings.c.scope == "server", server_settings.c.target == bindparam("of_server")),
    )
)


def encrypt_setting(cipher: Cipher, scope: Scope, target: int, name: str, value: str) -> str:
    """Return a setting's value as it is stored."""
    is_meant = SETTING.is_meant({"name": name})
    return SETTING.encrypt(cipher, value, (scope, target, name)) if is_meant else value


def decrypt_setting(cipher: Cipher, scope: Scope, target: int, name: str, stored: str) -> str | None:
    """Return a setting's value, None if it cannot be read."""
    is_meant = SETTING.is_meant({"name": name})
    return SETTING.decrypt(cipher, stored, (scope, target, name)) if is_meant else stored


def load_settings(connection: Connection, cipher: Cipher, server: int | None, channel: int) -> StoredSettings:
    """Return what is set for the server and for the channel, without what cannot be read."""
    found: dict[str, dict[str, str]] = {"server": {}, "channel": {}}
    for row in connection.execute(_WANTED, {"of_server": server, "of_channel": channel}):
        value = decrypt_setting(cipher, row.scope, row.target, row.name, row.value)
        if value is not None:
            found[row.scope][row.name] = value
    return StoredSettings(found["server"], found["channel"])
