"""The settings that must be known without waiting: those of all servers are kept in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Self

from bot.conversation.settings_elsewhere import SettingKey, SettingsElsewhere
from bot.domain.cluster.signals import NO_SIGNALS, Signals
from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.limits import LIMIT_ROLES
from bot.domain.runtime.pace import Pace
from bot.domain.runtime.timing import Backoff
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


DEAF_SECONDS = 5.0
"""Between two readings of all settings while other processes change them and their signals do not arrive."""

MAX_READINGS, READINGS_SECONDS = 3, 10.0
"""How often all of them are read within so many seconds, whatever signals say: anybody there can send some."""


class KeptSettings:
    """What `store` has of them: `values` by name, and by server, channel or person. `load` makes it.

    What other processes change is read while `following` is open.
    """

    def __init__(
        self, store: ServerSettingsStore, values: Mapping[str, Mapping[int, str]], signals: Signals = NO_SIGNALS
    ) -> None:
        self._store = store
        self._values = {name: dict(values.get(name, {})) for name in _KEPT}
        self._changes = asyncio.Lock()
        """Held while the database is read or changed, so that what is kept is always what it was told last."""
        self._elsewhere = SettingsElsewhere(signals)

    @classmethod
    async def load(cls, store: ServerSettingsStore, signals: Signals = NO_SIGNALS) -> Self:
        """Return the settings that are in `store`; raises `DatabaseUnavailable`."""
        kept = cls(store, {}, signals)  # it listens before it reads, so that no change falls between
        await kept.reload()
        return kept

    async def reload(self) -> None:
        """Read them once more, as another process may have changed or erased some; raises `DatabaseUnavailable`."""
        async with self._changes:
            self._values = {name: dict(await self._store.list_values(name, scope)) for name, scope in _KEPT.items()}

    async def reload_everywhere(self) -> None:
        """Read them once more in every process, as some were erased; raises `DatabaseUnavailable`."""
        await self._elsewhere.tell(None)
        await self.reload()

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Store any setting, and keep it if it is one of those; raises `DatabaseUnavailable`."""
        if _KEPT.get(name) != scope:
            await self._store.save(scope, server, target, name, value)
            return
        async with self._changes:
            await self._store.save(scope, server, target, name, value)
            self._keep(target, name, value)
        await self._elsewhere.tell(SettingKey(scope, target, name))

    def get(self, name: str, target: int) -> str | None:
        """Return a server's, channel's or person's value, None if it is not set."""
        return self._values[name].get(target)

    @asynccontextmanager
    async def following(self, others: Callable[[], Collection[str]] = tuple) -> AsyncIterator[None]:
        """Read what other processes change, during this block; `others` returns the ids of those that live.

        If their signals do not arrive, as while one takes over from another on a SQLite file, all is read again and
        again. It is so once more after one is gone: the last that it saved, such as an opt-out, it may not have told.
        """
        task = asyncio.create_task(self._follow(others))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _follow(self, others: Callable[[], Collection[str]]) -> None:
        backoff, was_deaf, before = Backoff(asyncio.get_running_loop().time), False, frozenset[str]()
        pace = Pace(MAX_READINGS, READINGS_SECONDS)
        while True:
            changed: frozenset[SettingKey] | None = frozenset()
            with suppress(TimeoutError):
                async with asyncio.timeout(DEAF_SECONDS):
                    changed = await self._elsewhere.next()
            living = frozenset(others())
            is_deaf = bool(living) and not self._elsewhere.is_instant
            if is_deaf or was_deaf or not before <= living:
                changed = None
            before, was_deaf = living, is_deaf
            if changed is None:
                await pace.wait()
            try:
                await self._read(changed)
            except DatabaseUnavailable:
                # Until it answers, nothing else is known of these.
                await asyncio.sleep(backoff.next_pause())
                self._elsewhere.expect_any()

    async def _read(self, changed: frozenset[SettingKey] | None) -> None:
        if changed is None:
            await self.reload()
            return
        for key in changed:
            if _KEPT.get(key.name) == key.scope:
                async with self._changes:
                    self._keep(key.target, key.name, await self._store.value(key.scope, key.target, key.name))

    def _keep(self, target: int, name: str, value: str | None) -> None:
        if value is None:
            self._values[name].pop(target, None)
        else:
            self._values[name][target] = value
