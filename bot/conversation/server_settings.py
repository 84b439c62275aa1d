"""Settings that admins make in Discord: which of them apply in a place, and saving them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Self

from bot.conversation.answer_config import AnswerConfig, Overview
from bot.conversation.kept_settings import KeptSettings
from bot.domain.errors import NotConfigured
from bot.domain.opening import SettingsPlace
from bot.domain.provider import Persona, Provider
from bot.domain.question import Location
from bot.domain.settings.server_settings import (
    ALL,
    AUTO_REPLY,
    CHANNELS,
    CONVERSATION,
    DEFAULT_PREFIX,
    DEFAULT_RETENTION_DAYS,
    FALLBACK,
    LENGTH,
    LENGTH_LIMITS,
    LISTED,
    NOTHING_SET,
    ON,
    OPT_OUT,
    PERSONA_LIMITS,
    PERSONAL,
    RETENTION,
    ROLES,
    SHARED,
    THREADS,
    EffectiveSetting,
    Reach,
    Scope,
    StoredSettings,
    fallback_names,
    option_setting,
    provider_of,
    resolve,
    retention_days,
)
from bot.domain.stores import ServerSettingsStore


class ServerSettings:
    """The settings in force in each place: what admins set, over what the operator set. `load` makes it.

    `default` is the name of the provider that answers if nobody chose one. `developer` returns the default for Tamako's
    `dev`. `kept` has the settings that must be known without waiting.
    """

    def __init__(
        self,
        store: ServerSettingsStore,
        providers: Mapping[str, Provider],
        default: str,
        developer: Callable[[], str | None],
        kept: KeptSettings,
    ) -> None:
        self.providers = providers
        self.default = default
        self._developer = developer
        self._store = store
        self._kept = kept

    @classmethod
    async def load(
        cls,
        store: ServerSettingsStore,
        providers: Mapping[str, Provider],
        default: str,
        developer: Callable[[], str | None] = lambda: None,
    ) -> Self:
        """Return the settings that are in `store`; raises `DatabaseUnavailable`."""
        return cls(store, providers, default, developer, await KeptSettings.load(store))

    async def reload(self) -> None:
        """Read once more what is kept in memory, and may have changed; raises `DatabaseUnavailable`."""
        await self._kept.reload()

    def prefix(self, server: int | None) -> str:
        """Return the prefix of text commands in the server, or in direct messages."""
        return DEFAULT_PREFIX if server is None else self._kept.get("prefix", server) or DEFAULT_PREFIX

    def auto_reply(self, location: Location) -> bool:
        """Return whether every message in `location` is answered, as far as the bot can see it."""
        return self._kept.get(AUTO_REPLY, location.settings_channel) is not None and not location.is_user_install

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in `location`, and for whom; everywhere and for everybody outside servers."""
        server = location.server
        if server is None or location.is_user_install:
            return Reach()
        is_listed = self._kept.get(LISTED, location.settings_channel) is not None
        return Reach.of(self._kept.get(CHANNELS, server), self._kept.get(ROLES, server), listed=is_listed)

    def listed(self, channels: Iterable[int]) -> Collection[int]:
        """Return which of the channels are among those that their server's `CHANNELS` speaks of."""
        return [channel for channel in channels if self._kept.get(LISTED, channel) is not None]

    def opted_out(self, person: int) -> bool:
        """Return whether a person's messages are not to be read; without waiting."""
        return self._kept.get(OPT_OUT, person) is not None

    async def save_opt_out(self, person: int, *, out: bool) -> None:
        """Set whether a person's messages are not to be read; raises `DatabaseUnavailable`."""
        # It belongs to no server, and so is not erased with one.
        await self.save("person", 0, person, OPT_OUT, ON if out else None)

    async def retention(self, server: int | None) -> int:
        """Return for how many days questions and answers are kept in the server; raises `DatabaseUnavailable`."""
        # No channel has the id 0: only the server's own settings are read.
        return DEFAULT_RETENTION_DAYS if server is None else retention_days((await self._store.load(server, 0)).server)

    async def retentions(self) -> Mapping[int, int]:
        """Return the days of each server that set its own; raises `DatabaseUnavailable`."""
        return {
            server: retention_days({RETENTION: value})
            for server, value in (await self._store.list_values(RETENTION)).items()
        }

    async def save_retention(self, server: int, days: int | None) -> None:
        """Set for how many days questions and answers are kept, None for the default; raises `DatabaseUnavailable`."""
        await self.save("server", server, server, RETENTION, None if days is None else str(days))

    async def answer_config(self, location: Location, provider: str | None = None) -> AnswerConfig:
        """Return who answers in `location`: `provider` if one is named, else the one that applies.

        Raises `NotConfigured` for a named provider without credentials, and `DatabaseUnavailable`.
        """
        return self.config(await self._stored(location), provider)

    async def max_messages(self, location: Location) -> int | None:
        """Return how many messages an answer in `location` may take, likewise; None for Discord's own bounds."""
        return _max_messages(await self._stored(location))

    def config(self, stored: StoredSettings, provider: str | None = None) -> AnswerConfig:
        """Return who answers where `stored` applies, likewise; raises `NotConfigured`."""
        config = self._config(stored, provider)
        if FALLBACK not in stored.server:
            return config
        return replace(config, fallbacks=tuple(self._fallbacks(stored, config.provider.name)))

    def _fallbacks(self, stored: StoredSettings, chosen: str) -> Iterator[AnswerConfig]:
        """Yield who answers if the chosen provider is out, in order; those without credentials are left out."""
        for name in fallback_names(stored.server[FALLBACK]):
            if name != chosen:
                with suppress(NotConfigured):
                    yield self._config(stored, name)

    def _config(self, stored: StoredSettings, provider: str | None) -> AnswerConfig:
        if provider is not None and provider not in self.providers:
            raise NotConfigured(provider)
        chosen = self.providers[provider or self._provider(stored).value or self.default]
        persona = Persona(
            name=resolve("name", stored, None).value,
            gender=resolve("gender", stored, None).value,
            prefix=resolve("prefix", stored, None).value,
            developer=resolve("developer", stored, self._developer()).value,
        )
        options = {
            option.name: value
            for option in chosen.options
            if (value := resolve(option_setting(chosen.name, option.name), stored, None).value) is not None
        }
        return AnswerConfig(
            chosen,
            persona,
            options,
            is_personal=resolve(CONVERSATION, stored, SHARED).value == PERSONAL,
            max_messages=_max_messages(stored),
            in_threads=stored.channel.get(THREADS) == ON,
        )

    async def overview(self, location: Location) -> Overview:
        """Return what applies in `location`; raises `DatabaseUnavailable`."""
        stored = await self._stored(location)
        chosen = resolve("provider", stored, None).value
        return Overview(self._effective(stored), self.config(stored).provider, chosen)

    def _effective(self, stored: StoredSettings) -> Mapping[str, EffectiveSetting]:
        defaults = {
            FALLBACK: None,
            CONVERSATION: SHARED,
            CHANNELS: ALL,
            ROLES: None,
            AUTO_REPLY: "off",
            THREADS: "off",
            LENGTH: str(LENGTH_LIMITS[1]),
            **dict.fromkeys(PERSONA_LIMITS),
            "prefix": DEFAULT_PREFIX,
            "developer": self._developer(),
            RETENTION: str(DEFAULT_RETENTION_DAYS),
        }
        for provider in self.providers.values():
            defaults |= {option_setting(provider.name, option.name): option.default for option in provider.options}
        # What was set of a provider that is no longer set up.
        lost = [
            name for name in {**stored.server, **stored.channel} if provider_of(name) not in (None, *self.providers)
        ]
        defaults |= dict.fromkeys(lost)
        shown = {"provider": self._provider(stored)}
        shown |= {name: resolve(name, stored, default) for name, default in defaults.items()}
        shown[RETENTION] = replace(shown[RETENTION], value=str(retention_days(stored.server)))
        return shown

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or one of its channels, None for back to default; raises `DatabaseUnavailable`."""
        await self._kept.save(scope, server, target, name, value)

    def place(self, location: Location) -> SettingsPlace | None:
        """Return whose settings apply in `location`: nobody's if the bot is no member of the server."""
        return None if location.is_user_install else (location.server, location.settings_channel)

    async def _stored(self, location: Location) -> StoredSettings:
        place = self.place(location)
        return NOTHING_SET if place is None else await self._store.load(*place)

    def _provider(self, stored: StoredSettings) -> EffectiveSetting:
        """Return the provider that applies: the default, if the chosen one no longer has credentials."""
        chosen = resolve("provider", stored, self.default)
        return chosen if chosen.value in self.providers else EffectiveSetting(self.default, "default")


def _max_messages(stored: StoredSettings) -> int | None:
    length = stored.server.get(LENGTH)
    return int(length) if length else None
