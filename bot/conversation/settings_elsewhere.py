"""Which settings other processes changed, as their signals say: each is read once more."""

import asyncio
from dataclasses import dataclass

from bot.domain.cluster.signals import Payload, Signals
from bot.domain.settings.server_settings import Scope

_KIND = "settings"

_MAX_CHANGES = 200
"""If so many settings were changed, reading all of them is less work."""


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One setting of a server, channel or person."""

    scope: Scope
    target: int
    name: str


class SettingsElsewhere:
    """The settings that other processes changed and this one has not read yet."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._changed = set[SettingKey]()
        self._is_any = False
        self._has_news = asyncio.Event()
        signals.listen(_KIND, self._receive, self.expect_any)

    @property
    def is_instant(self) -> bool:
        """Whether other processes' changes are told."""
        return self._signals.is_instant

    async def tell(self, changed: SettingKey | None) -> None:
        """Tell the other processes that one was changed, or that any may be. All bots on a database share them."""
        payload: Payload = {}
        if changed is not None:
            payload = {"scope": changed.scope, "target": changed.target, "name": changed.name}
        await self._signals.send(_KIND, payload, to_all_bots=True)

    def expect(self, changed: SettingKey) -> None:
        """Have one read."""
        self._changed.add(changed)
        if len(self._changed) > _MAX_CHANGES:
            self.expect_any()
        self._has_news.set()

    def expect_any(self) -> None:
        """Have all of them read."""
        self._changed.clear()
        self._is_any = True
        self._has_news.set()

    async def next(self) -> frozenset[SettingKey] | None:
        """Wait for changes, and return which settings to read; None for all of them."""
        await self._has_news.wait()
        self._has_news.clear()
        changed = None if self._is_any else frozenset(self._changed)
        self._changed.clear()
        self._is_any = False
        return changed

    def _receive(self, payload: Payload) -> None:
        match payload:
            case {"scope": "server" | "channel" | "person" as scope, "target": int(target), "name": str(name)}:
                self.expect(SettingKey(scope, target, name))
            case _ if not payload:
                self.expect_any()
