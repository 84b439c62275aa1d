"""Settings that admins make in Discord: their names, their limits, and which of them is in force where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.chat.errors import NotConfigured
from bot.chat.prompts import Persona
from bot.chat.provider import Provider
from bot.chat.questions import Place

Scope = Literal["server", "channel"]
Source = Literal["channel", "server", "default"]

DEFAULT_PREFIX = "!"
"""The prefix of text commands in a server that set none; Tamako is sent a prefix only where one was set."""

AUTO_REPLY, ON = "auto-reply", "on"
"""The setting of a channel in which every message is answered, and its value; elsewhere it is not set."""
_RETENTION = "retention"

SETTING_TITLES: Mapping[str, str] = {
    "provider": "The provider",
    "name": "My name",
    "gender": "My gender",
    "prefix": "The prefix",
    "developer": "My developer",
}
"""What the settings are called in sentences; a provider's own are called by their command."""

DEFAULT_RETENTION_DAYS = 30
"""How long questions and answers are kept in a server that set no time, and in direct messages."""

RETENTION_LIMITS = (1, 365)
"""The shortest and the longest time that a server may set, in days."""

PERSONA_LIMITS: Mapping[str, int] = {"name": 32, "gender": 32, "prefix": 10, "developer": 64}
"""The longest value of each persona setting, in characters. Discord's limit for nicknames is 32."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was set by hand for one place: by name, for its server and for its channel."""

    server: Mapping[str, str]
    channel: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting's value and where it comes from; None where it is unset."""

    value: str | None
    source: Source


class PreferenceStore(Protocol):
    """The database port for settings. Every method raises `MemoryUnavailable` when the database does not answer."""

    async def load(self, server: int | None, channel: int) -> Stored:
        """Return what is set for the server and for the channel."""
        ...

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or channel `target`, which belongs to `server`; None takes the value away."""
        ...

    async def every(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        """Return the value of one setting for each server, or each channel, that has it, by id."""
        ...


def pick(name: str, stored: Stored, default: str | None) -> InForce:
    """Return which value of `name` is in force: the channel's, else the server's, else the default."""
    if name in stored.channel:
        return InForce(stored.channel[name], "channel")
    if name in stored.server:
        return InForce(stored.server[name], "server")
    return InForce(default, "default")


def _days(stored: Mapping[str, str]) -> int:
    """Return the retention time that is set, within the limits."""
    shortest, longest = RETENTION_LIMITS
    value = stored.get(_RETENTION, "")
    return min(max(int(value), shortest), longest) if value.isdecimal() else DEFAULT_RETENTION_DAYS


def option_setting(provider: str, option: str) -> str:
    """Return the setting that holds a provider's option."""
    return f"{provider}_{option}"


@dataclass(frozen=True, slots=True)
class Setup:
    """Who answers in one place, and how."""

    provider: Provider
    persona: Persona
    options: Mapping[str, str]


class Preferences:
    """What is in force where: what admins set, over what the operator set.

    `developer` is the operator's default for Tamako's `dev`: `BOT_DEVELOPER`, else the application owner's name, which
    is known only after login.
    """

    def __init__(
        self, store: PreferenceStore, providers: Mapping[str, Provider], default: str, developer: str | None = None
    ) -> None:
        self.providers = providers
        self.default = default
        self.developer = developer
        self._store = store
        self._prefixes: dict[int, str] = {}
        self._auto_replies: set[int] = set()

    async def start(self) -> None:
        """Read what must be known without waiting: every server's prefix, and where every message is answered."""
        self._prefixes = dict(await self._store.every("prefix"))
        self._auto_replies = set(await self._store.every(AUTO_REPLY, "channel"))

    def prefix(self, server: int | None) -> str:
        """Return the prefix of text commands in the server, or in direct messages."""
        return DEFAULT_PREFIX if server is None else self._prefixes.get(server, DEFAULT_PREFIX)

    def auto_reply(self, place: Place) -> bool:
        """Return whether every message in `place` is answered, as far as the bot can see it."""
        return place.settings_channel in self._auto_replies and not place.guest

    async def retention(self, server: int | None) -> int:
        """Return for how many days questions and answers are kept in the server; raises `MemoryUnavailable`."""
        # Where the server's own settings are wanted, no channel's are: none has the id 0.
        return DEFAULT_RETENTION_DAYS if server is None else _days((await self._store.load(server, 0)).server)

    async def retentions(self) -> Mapping[int, int]:
        """Return the days of each server that set a time of its own; raises `MemoryUnavailable`."""
        return {server: _days({_RETENTION: value}) for server, value in (await self._store.every(_RETENTION)).items()}

    async def save_retention(self, server: int, days: int | None) -> None:
        """Set for how many days questions and answers are kept, None for the default; raises `MemoryUnavailable`."""
        await self.save("server", server, server, _RETENTION, None if days is None else str(days))

    async def setup(self, place: Place, provider: str | None = None) -> Setup:
        """Return who answers in `place`: `provider` where one is named, else the one in force.

        Raises `NotConfigured` for a named provider without credentials, and `MemoryUnavailable`.
        """
        stored = await self._stored(place)
        if provider is not None and provider not in self.providers:
            raise NotConfigured(provider)
        chosen = self.providers[provider or self._provider(stored).value or self.default]
        persona = Persona(
            name=pick("name", stored, None).value,
            gender=pick("gender", stored, None).value,
            prefix=pick("prefix", stored, None).value,
            developer=pick("developer", stored, self.developer).value,
        )
        options = {
            option.name: value
            for option in chosen.options
            if (value := pick(option_setting(chosen.name, option.name), stored, None).value) is not None
        }
        return Setup(chosen, persona, options)

    async def show(self, place: Place) -> Mapping[str, InForce]:
        """Return every setting that is in force in `place`, by name; raises `MemoryUnavailable`."""
        stored = await self._stored(place)
        shown = {"provider": self._provider(stored), AUTO_REPLY: pick(AUTO_REPLY, stored, "off")}
        for name in PERSONA_LIMITS:
            default = {"developer": self.developer, "prefix": DEFAULT_PREFIX}.get(name)
            shown[name] = pick(name, stored, default)
        days = _days(stored.server)
        shown[_RETENTION] = InForce(
            f"{days} day{'' if days == 1 else 's'}", "server" if _RETENTION in stored.server else "default"
        )
        for provider in self.providers.values():
            for option in provider.options:
                setting = option_setting(provider.name, option.name)
                shown[setting] = pick(setting, stored, option.default)
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

    async def _stored(self, place: Place) -> Stored:
        """Return what was set by hand for `place`: nothing where the bot is a guest."""
        if place.guest:
            return Stored({}, {})
        return await self._store.load(place.server, place.settings_channel)

    def _provider(self, stored: Stored) -> InForce:
        """Return the provider in force; one that has lost its credentials gives way to the default."""
        chosen = pick("provider", stored, self.default)
        return chosen if chosen.value in self.providers else InForce(self.default, "default")
