"""What the bot says about its settings in a place."""

from collections.abc import Mapping

from bot.domain.server_settings import RETENTION, EffectiveSetting
from bot.strings.markup import as_code, in_days

_SOURCES = {"channel": "set for this channel", "server": "set for this server", "default": "default"}
_MAX_VALUE_CHARS = 81


def describe_settings(settings: Mapping[str, EffectiveSetting]) -> str:
    """Return a line for each setting in force: its name, its value, and where that comes from."""
    return "\n".join(
        f"- **{name.replace('_', ' ')}**: {_value(name, setting.value)} ({_SOURCES[setting.source]})"
        for name, setting in settings.items()
    )


def describe_auto_reply(channel: int, *, on: bool) -> str:
    """Return what is said when every message of a channel is answered from now on, or no longer."""
    if not on:
        return f"I no longer answer every message in <#{channel}>. Mention me there, or use `/ask`."
    return (
        f"I now answer every message in <#{channel}>, and in its threads and posts. I skip messages meant for someone "
        "else: replies to another person, messages that start with a mention of others, and messages without text. "
        "I never answer other bots."
    )


def cannot_auto_reply() -> str:
    """Return why not every message can be answered: the bot is not shown their texts, and how its host changes that."""
    return (
        "I can't answer every message, because Discord doesn't show me their text. The bot's host can change that: "
        "in Discord's Developer Portal, under **Bot**, turn on **Message Content Intent**, then set "
        "`MESSAGE_CONTENT_INTENT=true` in `.env` and restart me."
    )


def _value(name: str, value: str | None) -> str:
    if value is None:
        return "not set"
    if name == RETENTION:
        value = in_days(int(value))
    return as_code(value, _MAX_VALUE_CHARS)
