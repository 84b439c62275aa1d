"""Reading what admins set in one place."""

from sqlalchemy import Connection, and_, bindparam, or_, select

from bot.domain.settings.server_settings import StoredSettings
from bot.store.tables import server_settings

# Put together once, since every question needs it. What is set for no server, in a direct message, equals nothing.
_WANTED = select(server_settings).where(
    or_(
        and_(server_settings.c.scope == "channel", server_settings.c.target == bindparam("of_channel")),
        and_(server_settings.c.scope == "server", server_settings.c.target == bindparam("of_server")),
    )
)


def load_settings(connection: Connection, server: int | None, channel: int) -> StoredSettings:
    """Return what is set for the server and for the channel."""
    found: dict[str, dict[str, str]] = {"server": {}, "channel": {}}
    for row in connection.execute(_WANTED, {"of_server": server, "of_channel": channel}):
        found[row.scope][row.name] = row.value
    return StoredSettings(found["server"], found["channel"])
