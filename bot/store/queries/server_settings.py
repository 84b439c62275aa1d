"""Settings that admins make in Discord, by server and channel."""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from bot.domain.server_settings import Scope, StoredSettings
from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import server_settings

# Put together once, since every question needs it. What is set for no server, in a direct message, equals nothing.
_WANTED = select(server_settings).where(
    or_(
        and_(server_settings.c.scope == "channel", server_settings.c.target == bindparam("of_channel")),
        and_(server_settings.c.scope == "server", server_settings.c.target == bindparam("of_server")),
    )
)


def load_preferences(connection: Connection, server: int | None, channel: int) -> StoredSettings:
    """Return what is set for the server and for the channel; `server` is None in a direct message."""
    found: dict[str, dict[str, str]] = {"server": {}, "channel": {}}
    for row in connection.execute(_WANTED, {"of_server": server, "of_channel": channel}):
        found[row.scope][row.name] = row.value
    return StoredSettings(found["server"], found["channel"])


def save_preference(
    connection: Connection, scope: Scope, server: int, target: int, name: str, value: str | None
) -> None:
    """Set `name` for the server or channel `target`; None takes the value away."""
    key = {"scope": scope, "target": target, "name": name}
    if value is None:
        same = (server_settings.c[column] == wanted for column, wanted in key.items())
        connection.execute(delete(server_settings).where(*same))
    else:
        row = {**key, "server": server, "value": value}
        connection.execute(insert_or_replace(connection, server_settings).values(row))


def list_preference(connection: Connection, name: str, scope: Scope) -> Mapping[int, str]:
    """Return the value of `name` for each server, or each channel, that has it, by id."""
    wanted = select(server_settings.c.target, server_settings.c.value).where(
        server_settings.c.scope == scope, server_settings.c.name == name
    )
    return {row.target: row.value for row in connection.execute(wanted)}
