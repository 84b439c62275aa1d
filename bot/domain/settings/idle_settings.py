"""Which settings are set, but have no effect in a place, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.provider import Provider
from bot.domain.settings.server_settings import (
    AUTO_REPLY,
    CHANNELS,
    CONVERSATION,
    FALLBACK,
    ON,
    ROLES,
    THREADS,
    EffectiveSetting,
    Reach,
    fallback_names,
    option_setting,
    provider_of,
)


class Obstacle(Enum):
    """What keeps a setting from having an effect."""

    NO_INTENT = auto()
    """Discord does not show the bot what messages say."""
    NOT_SET_UP = auto()
    """The chosen provider, or the one that it is an option of, no longer has credentials."""
    NOT_TAKEN = auto()
    """The provider that answers does not use it."""
    OTHER_ANSWERS = auto()
    """It belongs to a provider that does not answer here."""
    KEEPS_CONVERSATIONS = auto()
    """The provider that answers keeps a conversation for each person itself."""
    NO_PERMISSION = auto()
    """The bot lacks a permission for it."""
    IN_THREAD = auto()
    """Threads have no threads."""
    EXCLUDED = auto()
    """The bot does not answer in this channel."""
    NOTHING_LISTED = auto()
    """The bot answers in listed channels only, and none is listed."""
    ROLES_DELETED = auto()
    """Every role that the bot answers has been deleted."""
    NO_OTHER = auto()
    """No other provider that is to answer instead is set up."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides whether a setting has an effect in a place.

    `chosen_provider` is the provider that was set there, which may not be set up, `answering` the one that answers;
    None if nobody chose one, or if none is set up.
    `lists_channels` and `has_roles` tell whether the server still has any of those that were chosen.
    """

    chosen_provider: str | None
    answering: Provider | None
    providers: Mapping[str, Provider]
    reach: Reach
    has_message_content: bool
    is_thread: bool = False
    may_start_threads: bool = True
    lists_channels: bool = True
    has_roles: bool = True


def find_idle(settings: Mapping[str, EffectiveSetting], now: Circumstances) -> dict[str, Obstacle]:
    """Return the settings that have no effect here though somebody set them, each with the reason."""
    answering = now.answering
    idle: dict[str, Obstacle] = {}
    if not now.reach.here:
        idle[CHANNELS] = Obstacle.EXCLUDED if now.lists_channels else Obstacle.NOTHING_LISTED
    if now.reach.roles is not None and not now.has_roles:
        idle[ROLES] = Obstacle.ROLES_DELETED
    if now.chosen_provider is not None and now.chosen_provider not in now.providers:
        idle["provider"] = Obstacle.NOT_SET_UP
    fallbacks = fallback_names(settings[FALLBACK].value)
    others = [name for name, provider in now.providers.items() if provider is not answering]
    if fallbacks and not set(others).intersection(fallbacks):
        idle[FALLBACK] = Obstacle.NO_OTHER
    if not now.has_message_content:
        idle |= {name: Obstacle.NO_INTENT for name in (AUTO_REPLY, "prefix") if _is_set(settings, name)}
    if _is_set(settings, CONVERSATION) and answering is not None and answering.remembers == "people":
        idle[CONVERSATION] = Obstacle.KEEPS_CONVERSATIONS
    if settings[THREADS].value == ON and (now.is_thread or not now.may_start_threads):
        idle[THREADS] = Obstacle.IN_THREAD if now.is_thread else Obstacle.NO_PERMISSION
    if answering is not None and not answering.takes_persona:
        idle |= {name: Obstacle.NOT_TAKEN for name in ("name", "gender", "developer") if _is_set(settings, name)}
    for provider in now.providers.values():
        if provider is not answering:
            names = (option_setting(provider.name, option.name) for option in provider.options)
            idle |= {name: Obstacle.OTHER_ANSWERS for name in names if _is_set(settings, name)}
    lost = [name for name in settings if provider_of(name) not in (None, *now.providers)]
    return idle | dict.fromkeys(lost, Obstacle.NOT_SET_UP)


def _is_set(settings: Mapping[str, EffectiveSetting], name: str) -> bool:
    return settings[name].source != "default"
