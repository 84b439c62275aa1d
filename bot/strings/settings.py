"""What the bot says about its settings in a place."""

from collections.abc import Mapping, Sequence

from bot.domain.fair_use.limits import LIMIT_MEMBER, LIMIT_ROLES, LIMIT_SERVER
from bot.domain.provider import find_option
from bot.domain.settings.idle_settings import Circumstances, Obstacle
from bot.domain.settings.server_settings import (
    FALLBACK,
    LENGTH,
    RETENTION,
    ROLES,
    SYSTEM_PROMPT,
    EffectiveSetting,
    fallback_names,
    provider_of,
)
from bot.strings.admins.limits import describe_stored
from bot.strings.markup import as_code, in_days, in_phrase
from bot.strings.setting_changes import cannot_yet, describe_persona_use, describe_roles, nothing_listed, roles_deleted

_SOURCES = {"channel": "set for this channel", "server": "set for this server", "default": "default"}
_MAX_VALUE_CHARS = 81

_TITLES = {
    LIMIT_MEMBER: "limit for each member",
    LIMIT_ROLES: "limits for roles",
    LIMIT_SERVER: "limit for the whole server",
}

NOT_IN_FORCE = "**Set, but without effect here**"
"""The heading above the settings that have no effect."""


def describe_settings(settings: Mapping[str, EffectiveSetting], named: Mapping[str, str] | None = None) -> str:
    """Return a line for each setting in force: its name, its value, and where that comes from.

    `named` has what is shown behind a value, such as the channels that it is about; or instead of it, if that is None.
    """
    return "\n".join(
        f"- **{_title(name)}**: {_value(name, setting.value, (named or {}).get(name))} ({_SOURCES[setting.source]})"
        for name, setting in settings.items()
    )


def describe_idle(idle: Mapping[str, Obstacle], now: Circumstances, lacking: Sequence[str]) -> str:
    """Return why settings have no effect; `lacking` are the permissions that the bot needs for threads."""
    return "\n".join(
        [NOT_IN_FORCE, *(f"- {_title(name)}: {_why(name, obstacle, now, lacking)}" for name, obstacle in idle.items())]
    )


def describe_auto_reply(
    channel: int, *, on: bool, roles: Sequence[int] | None = None, lacking: Sequence[str] = ()
) -> str:
    """Return what is said when every message of a channel is answered from now on, or no longer.

    `roles` are those that the bot answers, None for everybody; `lacking` are the permissions that it needs for it.
    """
    if not on:
        return f"I no longer answer every message in <#{channel}>. Mention me there, or use `/ask`."
    said = (
        f"I now answer every message in <#{channel}>, and in its threads and posts. I skip messages meant for someone "
        "else: replies to another person, messages that start with a mention of others, and messages without text. "
        "I never answer other bots."
    )
    return said + ("" if roles is None else f"\n{describe_roles(roles)}") + cannot_yet(lacking)


def cannot_auto_reply() -> str:
    """Return why not every message can be answered: the bot is not shown their texts, and how its host changes that."""
    return (
        "I can't answer every message, because Discord doesn't show me their text. The bot's host can change that: "
        "in Discord's Developer Portal, under **Bot**, turn on **Message Content Intent**, then set "
        "`MESSAGE_CONTENT_INTENT=true` in `.env` and restart me."
    )


def _why(name: str, obstacle: Obstacle, now: Circumstances, lacking: Sequence[str]) -> str:
    answering = "" if now.answering is None else now.answering.label
    match obstacle:
        case Obstacle.NO_INTENT if name == "prefix":
            return "text commands are off, because Discord doesn't show me what messages say. My host can change that."
        case Obstacle.NO_INTENT:
            return cannot_auto_reply()
        case Obstacle.NOT_SET_UP if provider := provider_of(name):
            return f"{as_code(provider, _MAX_VALUE_CHARS)} is no longer set up."
        case Obstacle.NOT_SET_UP:
            instead = f", so {answering} answers" if answering else ""
            return f"{as_code(str(now.chosen_provider), _MAX_VALUE_CHARS)} is no longer set up{instead}."
        case Obstacle.NOT_TAKEN:
            has_prompt = now.answering is not None and find_option(now.answering, SYSTEM_PROMPT) is not None
            own = describe_persona_use((), [answering] if has_prompt else (), () if has_prompt else [answering])
            return f"{answering}, which answers here, doesn't take it. {own}"
        case Obstacle.OTHER_ANSWERS:
            return f"{answering} answers here."
        case Obstacle.KEEPS_CONVERSATIONS:
            return f"{answering}, which answers here, keeps a conversation for each person anyway."
        case Obstacle.NO_PERMISSION:
            return f"I'm missing {in_phrase([f'**{permission}**' for permission in lacking])} here."
        case Obstacle.IN_THREAD:
            return "this is a thread already."
        case Obstacle.EXCLUDED:
            return "I don't answer in this channel, so nothing above has an effect here."
        case Obstacle.NOTHING_LISTED:
            return nothing_listed()
        case Obstacle.NO_OTHER:
            return "no other chatbot on the list is set up here."
        case Obstacle.ROLES_DELETED:
            return f"I answer nobody: {roles_deleted()}"


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("_", " ")


def _value(name: str, value: str | None, named: str | None) -> str:
    if name in (LIMIT_MEMBER, LIMIT_SERVER):
        return describe_stored(value)
    if value is None:
        return named or ("none" if name == LIMIT_ROLES else "not set")
    if name in (ROLES, LIMIT_ROLES):
        return named or "deleted roles only"
    if name == RETENTION:
        value = in_days(int(value))
    elif name == FALLBACK:
        value = ", ".join(fallback_names(value))
    elif name == LENGTH:
        value = "1 message" if value == "1" else f"{value} messages"
    shown = as_code(value, _MAX_VALUE_CHARS)
    return f"{shown} {named}" if named else shown
