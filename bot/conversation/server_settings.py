"""Settings that admins make in Discord: their names, their limits, and which of them is in force where."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import NotConfigured
from bot.domain.provider import Persona, Provider
from bot.domain.question import Location
from bot.domain.server_settings import (
    AUTO_REPLY,
    DEFAULT_PREFIX,
    DEFAULT_RETENTION_DAYS,
    PERSONA_LIMITS,
    RETENTION,
    EffectiveSetting,
    Scope,
    StoredSettings,
    option_setting,
    resolve,
    retention_days,
)
from bot.domain.stores import ServerSettingsStore


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """Who answers in one place, and how."""

    provider: Provider
    persona: Persona
    options: Mapping[str, str]


class ServerSettings:
    """What is in force where: what admins set, over what the operator set.

    `developer` is the operator's default for Tamako's `dev`: `BOT_DEVELOPER`, else the application owner's name, which
    is known only after login.
    """

    def __init__(
        self, store: ServerSettingsStore, providers: Mapping[str, Provider], default: str, developer: str | None = None
    ) -> None:
        self.providers = providers
        self.default = default
        self.developer = developer
        self._store = store
        self._prefixes: dict[int, str] = {}
        self._auto_replies: set[int] = set()

    async def start(self) -> None:
        """Read what must be known without waiting: every server's prefix, and where every message is answered."""
        self._prefixes = dict(await self._store.list_values("prefix"))
        self._auto_replies = set(await self._store.list_values(AUTO_REPLY, "channel"))

    def prefix(self, server: int | None) -> str:
        """Return the prefix of text commands in the server, or in direct messages."""
        return DEFAULT_PREFIX if server is None else self._prefixes.get(server, DEFAULT_PREFIX)

    def auto_reply(self, location: Location) -> bool:
        """Return whether every message in `location` is answered, as far as the bot can see it."""
        return location.settings_channel in self._auto_replies and not location.is_user_install

    async def retention(self, server: int | None) -> int:
        """Return for how many days questions and answers are kept in the server; raises `MemoryUnavailable`."""
        # Where the server's own settings are wanted, no channel's are: none has the id 0.
        return DEFAULT_RETENTION_DAYS if server is None else retention_days((await self._store.load(server, 0)).server)

    async def retentions(self) -> Mapping[int, int]:
        """Return the days of each server that set a time of its own; raises `MemoryUnavailable`."""
        return {
            server: retention_days({RETENTION: value})
            for server, value in (await self._store.list_values(RETENTION)).items()
        }

    async def save_retention(self, server: int, days: int | None) -> None:
        """Set for how many days questions and answers are kept, None for the default; raises `MemoryUnavailable`."""
        await self.save("server", server, server, RETENTION, None if days is None else str(days))

    async def answer_config(self, location: Location, provider: str | None = None) -> AnswerConfig:
        """Return who answers in `location`: `provider` where one is named, else the one in force.

        Raises `NotConfigured` for a named provider without credentials, and `MemoryUnavailable`.
        """
        stored = await self._stored(location)
        if provider is not None and provider not in self.providers:
            raise NotConfigured(provider)
        chosen = self.providers[provider or self._provider(stored).value or self.default]
        persona = Persona(
            name=resolve("name", stored, None).value,
            gender=resolve("gender", stored, None).value,
            prefix=resolve("prefix", stored, None).value,
            developer=resolve("developer", stored, self.developer).value,
        )
        options = {
            option.name: value
            for option in chosen.options
            if (value := resolve(option_setting(chosen.name, option.name), stored, None).value) is not None
        }
        return AnswerConfig(chosen, persona, options)

    async def show(self, location: Location) -> Mapping[str, EffectiveSetting]:
        """Return every setting that is in force in `location`, by name; raises `MemoryUnavailable`."""
        stored = await self._stored(location)
        shown = {"provider": self._provider(stored), AUTO_REPLY: resolve(AUTO_REPLY, stored, "off")}
        for name in PERSONA_LIMITS:
            default = {"developer": self.developer, "prefix": DEFAULT_PREFIX}.get(name)
            shown[name] = resolve(name, stored, default)
        days = retention_days(stored.server)
        shown[RETENTION] = EffectiveSetting(
            f"{days} day{'' if days == 1 else 's'}", "server" if RETENTION in stored.server else "default"
        )
        for provider in self.providers.values():
            for option in provider.options:
                setting = option_setting(provider.name, option.name)
                shown[setting] = resolve(setting, stored, option.default)
        return shown

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or one of its channels, None for back to default; raises `MemoryUnavailable`."""
        await self._store.save(scope, server, target, name, value)
        if name == "prefix":
            if value is None:
                self._prefixes.pop(target, None)
            else:
                self._prefixes[target] = value
        elif name == AUTO_REPLY:
            (self._auto_replies.discard if value is None else self._auto_replies.add)(target)

    async def _stored(self, location: Location) -> StoredSettings:
        """Return what was set by hand for `location`: nothing where the bot is a guest."""
        if location.is_user_install:
            return StoredSettings({}, {})
        return await self._store.load(location.server, location.settings_channel)

    def _provider(self, stored: StoredSettings) -> EffectiveSetting:
        """Return the provider in force; one that has lost its credentials gives way to the default."""
        chosen = resolve("provider", stored, self.default)
        return chosen if chosen.value in self.providers else EffectiveSetting(self.default, "default")
