"""The settings that must be known without waiting: those of all servers are kept in memory."""

import asyncio
from collections.abc import Mapping
from typing import Self

from bot.domain.fair_use.limits import LIMIT_ROLES
from bot.domain.settings.server_settings import AUTO_REPLY, CHANNELS, LISTED, OPT_OUT, ROLES, Scope
from bot.domain.stores import ServerSettingsStore

_KEPT: Mapping[str, Scope] = {
    "prefix": "server",
    AUTO_REPLY: "channel",
    CHANNELS: "server",
    LISTED: "channel",
    ROLES: "server",
    LIMIT_ROLES: "server",
    OPT_OUT: "person",
}
"""The settings, and whose they are."""


class KeptSettings:
    """What `store` has of them: `values` by name, and by server, channel or person. `load` makes it."""

    def __init__(self, store: ServerSettingsStore, values: Mapping[str, Mapping[int, str]]) -> None:
        self._store = store
        self._values = {name: dict(values.get(name, {})) for name in _KEPT}
        self._changes = asyncio.Lock()
        """Held while the database is read or changed, so that what is kept is always what it was told last."""

    @classmethod
    async def load(cls, store: ServerSettingsStore) -> Self:
        """Return the settings that are in `store`; raises `DatabaseUnavailable`."""
        return cls(store, await _load(store))

    async def reload(self) -> None:
        """Read them once more, as another process may have changed or erased some; raises `DatabaseUnavailable`."""
        async with self._changes:
            self._values = {name: dict(values) for name, values in (await _load(self._store)).items()}

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Store any setting, and keep it if it is one of those; raises `DatabaseUnavailable`."""
        if _KEPT.get(name) != scope:
            await self._store.save(scope, server, target, name, value)
            return
        async with self._changes:
            await self._store.save(scope, server, target, name, value)
            if value is None:
                self._values[name].pop(target, None)
            else:
                self._values[name][target] = value

    def get(self, name: str, target: int) -> str | None:
        """Return a server's, channel's or person's value, None if it is not set."""
        return self._values[name].get(target)


async def _load(store: ServerSettingsStore) -> Mapping[str, Mapping[int, str]]:
    return {name: await store.list_values(name, scope) for name, scope in _KEPT.items()}
