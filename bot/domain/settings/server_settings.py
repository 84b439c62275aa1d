"""Settings that admins, and people for themselves, make in Discord: their names, limits, and which of them applies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from bot.domain.secrets.credentials import StoredCredentials
from bot.domain.settings.numbers import read_number

Scope = Literal["server", "channel", "person"]


Source = Literal["channel", "server", "default"]


DEFAULT_PREFIX = "!"
"""The prefix of text commands in a server that set none; Tamako gets a prefix only if one was set."""


AUTO_REPLY, ON = "auto-reply", "on"
"""The setting of a channel in which every message is answered, and its value; elsewhere it is not set."""


CONVERSATION, SHARED, PERSONAL = "conversation", "shared", "personal"
"""The setting of whose conversation a question belongs to, of a server or a channel, and its values."""


CHANNELS, ALL, ONLY, EXCEPT = "channels", "all", "only", "except"
"""The setting of where a server's bot answers, and its values: `LISTED` channels only, or all but those."""


LISTED = "listed"
"""The setting of a channel that `CHANNELS` speaks of; its value is `ON`, elsewhere it is not set."""


ROLES = "roles"
"""The setting of for whom a server's bot answers: role ids, separated by commas; for everybody if it is not set."""


LENGTH = "length"
"""The setting of a server's most messages for one answer; what is beyond them goes into a file."""


LENGTH_LIMITS = (1, 25)
"""The fewest and the most messages that a server may set for an answer."""


THREADS = "threads"
"""The setting of a channel in which each answer gets a thread; its value is `ON`, elsewhere it is not set."""


SYSTEM_PROMPT, MODEL, TEMPERATURE, STORY = "system-prompt", "model", "temperature", "story"
"""The options of providers that have a command."""


TEMPERATURE_LIMITS = (0.0, 1.0)
"""The temperatures that Discord lets people enter: the widest range that any provider takes."""


FALLBACK = "fallback"
"""The setting of who answers in a server if a provider is out: providers' names in order, separated by commas."""


OPT_OUT = "opt-out"
"""The setting of a person whose messages are not read; its value is `ON`, for others it is not set."""


RETENTION = "retention"


DEFAULT_RETENTION_DAYS = 30
"""How long questions and answers are kept in a server that set no time, and in direct messages."""


RETENTION_LIMITS = (1, 365)
"""The shortest and the longest time that a server may set, in days."""


_DAY = 24 * 60 * 60


PERSONA_LIMITS: Mapping[str, int] = {"name": 32, "gender": 32, "prefix": 10, "developer": 64}
"""The longest value of each persona setting, in characters. Discord's limit for nicknames is 32."""


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """What admins set for one location: by name, for its server and for its channel.

    `credentials` are the server's own, by provider.
    """

    server: Mapping[str, str]
    channel: Mapping[str, str]
    credentials: Mapping[str, StoredCredentials] = field(default_factory=dict)


NOTHING_SET = StoredSettings({}, {})


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether the bot answers in a place: `here`, and the members with one of `roles` only unless that is None.

    `mode` is `ALL`, `ONLY` or `EXCEPT`. People with Manage Server need a role too.
    """

    mode: str = ALL
    here: bool = True
    roles: frozenset[int] | None = None

    @classmethod
    def of(cls, channels: str | None, roles: str | None, *, listed: bool) -> Self:
        """Return what the values of `CHANNELS` and `ROLES` mean for a channel that is `listed` or not.

        `ONLY` without any channel listed is nowhere, and a role that was deleted is nobody's: what admins limited
        does not open by itself.
        """
        mode = channels if channels in (ONLY, EXCEPT) else ALL
        here = mode == ALL or listed == (mode == ONLY)
        return cls(mode, here, None if roles is None else role_ids(roles))

    def includes(self, roles: Collection[int]) -> bool:
        """Return whether somebody with these roles is answered."""
        return self.roles is None or not self.roles.isdisjoint(roles)


def role_ids(value: str) -> frozenset[int]:
    """Return the ids in a value of `ROLES`."""
    return frozenset(number for part in value.split(",") if (number := read_number(part.strip())))


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting's value and where it comes from; the value is None if it is not set."""

    value: str | None
    source: Source


def resolve(name: str, stored: StoredSettings, default: str | None) -> EffectiveSetting:
    """Return the value of `name` that applies: the channel's, else the server's, else the default."""
    if name in stored.channel:
        return EffectiveSetting(stored.channel[name], "channel")
    if name in stored.server:
        return EffectiveSetting(stored.server[name], "server")
    return EffectiveSetting(default, "default")


def fallback_names(value: str | None) -> Sequence[str]:
    """Return the names in a value of `FALLBACK`, each once; none if it is not set."""
    return list(dict.fromkeys(filter(None, map(str.strip, (value or "").split(",")))))


def retention_days(stored: Mapping[str, str]) -> int:
    """Return the retention time that is set, within the limits."""
    return _read_within(stored.get(RETENTION, ""), RETENTION_LIMITS) or DEFAULT_RETENTION_DAYS


def max_messages(stored: Mapping[str, str]) -> int | None:
    """Return how many messages an answer may take, within the limits; None if that is not set."""
    return _read_within(stored.get(LENGTH, ""), LENGTH_LIMITS)


def _read_within(stored: str, limits: tuple[int, int]) -> int | None:
    """Return the number, or the limit that it is beyond; None for what is no number."""
    number = read_number(stored)
    return None if number is None else min(max(number, limits[0]), limits[1])


def expiry(now: float, days: int) -> int:
    """Return the time before which everything is too old that is kept for so many days; seconds since 1970 (UTC)."""
    return int(now) - days * _DAY


def option_setting(provider: str, option: str) -> str:
    """Return the setting that holds a provider's option."""
    return f"{provider}_{option}"


def provider_of(setting: str) -> str | None:
    """Return the provider that a setting is an option of, None if it is none of a provider's."""
    provider, _, option = setting.partition("_")
    return provider if option else None
