"""Settings that admins make in Discord: which of them apply in a place, and saving them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Self

from bot.conversation.answer_config import AnswerConfig, Overview, Presentation
from bot.conversation.chatbots import Available, Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.domain.cluster.signals import NO_SIGNALS, Signals
from bot.domain.fair_use.limits import LIMIT_MEMBER, LIMIT_ROLES, LIMIT_SERVER, ServerLimits
from bot.domain.opening import SettingsPlace
from bot.domain.provider import Persona
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
    max_messages,
    option_setting,
    provider_of,
    resolve,
    retention_days,
)
from bot.domain.stores import ServerSettingsStore


class ServerSettings:
    """The settings in force in each place: what admins set, over what the operator set. `load` makes it.

    `chatbots` are all providers that may answer somewhere. `developer` returns the default for Tamako's
    `dev`. `kept` has the settings that must be known without waiting.
    """

    def __init__(
        self,
        store: ServerSettingsStore,
        chatbots: Chatbots,
        developer: Callable[[], str | None],
        kept: KeptSettings,
    ) -> None:
        self.chatbots = chatbots
        self._developer = developer
        self._store = store
        self.kept = kept

    @classmethod
    async def load(
        cls,
        store: ServerSettingsStore,
        chatbots: Chatbots,
        developer: Callable[[], str | None] = lambda: None,
        signals: Signals = NO_SIGNALS,
    ) -> Self:
        """Return the settings that are in `store`; raises `DatabaseUnavailable`."""
        return cls(store, chatbots, developer, await KeptSettings.load(store, signals))

    def prefix(self, server: int | None) -> str:
        """Return the prefix of text commands in the server, or in direct messages."""
        return DEFAULT_PREFIX if server is None else self.kept.get("prefix", server) or DEFAULT_PREFIX

    def auto_reply(self, location: Location) -> bool:
        """Return whether every message in `location` is answered, as far as the bot can see it."""
        return self.kept.get(AUTO_REPLY, location.settings_channel) is not None and not location.is_user_install

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in `location`, and for whom; everywhere and for everybody outside servers."""
        server = location.server
        if server is None or location.is_user_install:
            return Reach()
        is_listed = self.kept.get(LISTED, location.settings_channel) is not None
        return Reach.of(self.kept.get(CHANNELS, server), self.kept.get(ROLES, server), listed=is_listed)

    def limits_roles(self, location: Location) -> bool:
        """Return whether what somebody may ask in `location` depends on their roles; without waiting."""
        server = None if location.is_user_install else location.server
        return server is not None and self.kept.get(LIMIT_ROLES, server) is not None

    async def limits(self, server: int) -> ServerLimits:
        """Return how many questions the server's admins let people ask; raises `DatabaseUnavailable`."""
        return ServerLimits.read((await self._store.load(server, 0)).server)

    def listed(self, channels: Iterable[int]) -> Collection[int]:
        """Return which of the channels are among those that their server's `CHANNELS` speaks of."""
        return [channel for channel in channels if self.kept.get(LISTED, channel) is not None]

    def opted_out(self, person: int) -> bool:
        """Return whether a person's messages are not to be read; without waiting."""
        return self.kept.get(OPT_OUT, person) is not None

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

        Raises `NotConfigured` for a named provider without credentials, `NoChatbot` if there is none at all, and
        `DatabaseUnavailable`.
        """
        return self.config(location, await self._stored(location), provider)

    async def available(self, location: Location) -> Available:
        """Return who can be asked in `location`; raises `DatabaseUnavailable`."""
        return self._available(location, await self._stored(location))

    async def presentation(self, location: Location) -> Presentation:
        """Return how an answer in `location` is shown; raises `DatabaseUnavailable`."""
        stored = await self._stored(location)
        return Presentation(max_messages(stored.server), len(self._available(location, stored).providers) > 1)

    def config(self, location: Location, stored: StoredSettings, provider: str | None = None) -> AnswerConfig:
        """Return who answers in `location`, where `stored` applies; raises `NotConfigured` and `NoChatbot`."""
        available = self._available(location, stored)
        config = self._config(available, stored, provider)
        # Those without credentials are left out.
        names = fallback_names(stored.server.get(FALLBACK))
        others = [name for name in names if name != config.provider.name and name in available.providers]
        return replace(config, fallbacks=tuple(self._config(available, stored, name) for name in others))

    def _config(self, available: Available, stored: StoredSettings, provider: str | None) -> AnswerConfig:
        chosen = self.chatbots.find(available, provider, resolve("provider", stored, None).value)
        credential = available.credential_id(chosen.name)
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
            max_messages=max_messages(stored.server),
            in_threads=stored.channel.get(THREADS) == ON,
            server=credential.server,
            saving=credential.saving,
            names=tuple(available.providers),
            limits=ServerLimits.read(stored.server),
        )

    async def overview(self, location: Location) -> Overview:
        """Return what applies in `location`; raises `DatabaseUnavailable`."""
        stored = await self._stored(location)
        available, chosen = self._available(location, stored), resolve("provider", stored, None).value
        answering = chosen if chosen in available.providers else available.default
        found = None if answering is None else available.providers[answering]
        return Overview(self._effective(stored, available), available, found, chosen)

    def _effective(self, stored: StoredSettings, available: Available) -> Mapping[str, EffectiveSetting]:
        defaults = {
            FALLBACK: None,
            CONVERSATION: SHARED,
            CHANNELS: ALL,
            ROLES: None,
            **dict.fromkeys((LIMIT_MEMBER, LIMIT_ROLES, LIMIT_SERVER)),
            AUTO_REPLY: "off",
            THREADS: "off",
            LENGTH: str(LENGTH_LIMITS[1]),
            **dict.fromkeys(PERSONA_LIMITS),
            "prefix": DEFAULT_PREFIX,
            "developer": self._developer(),
            RETENTION: str(DEFAULT_RETENTION_DAYS),
        }
        for provider in available.providers.values():
            defaults |= {option_setting(provider.name, option.name): option.default for option in provider.options}
        # What was set of a provider that is no longer set up.
        known = (None, *available.providers)
        defaults |= dict.fromkeys(
            name for name in {**stored.server, **stored.channel} if provider_of(name) not in known
        )
        chosen = resolve("provider", stored, available.default)
        is_lost = chosen.value not in available.providers
        shown = {"provider": EffectiveSetting(available.default, "default") if is_lost else chosen}
        shown |= {name: resolve(name, stored, default) for name, default in defaults.items()}
        shown[RETENTION] = replace(shown[RETENTION], value=str(retention_days(stored.server)))
        return shown

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or one of its channels, None for back to default; raises `DatabaseUnavailable`."""
        await self.kept.save(scope, server, target, name, value)

    def place(self, location: Location) -> SettingsPlace | None:
        """Return whose settings apply in `location`: nobody's if the bot is no member of the server."""
        return None if location.is_user_install else (location.server, location.settings_channel)

    async def _stored(self, location: Location) -> StoredSettings:
        place = self.place(location)
        return NOTHING_SET if place is None else await self._store.load(*place)

    def _available(self, location: Location, stored: StoredSettings) -> Available:
        server = None if location.is_user_install else location.server
        return self.chatbots.available(server, stored.credentials)
