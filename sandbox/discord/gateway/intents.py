"""Gateway intents: which events each one brings, and which are privileged (reference, "Gateway Intents")."""

from enum import IntFlag

from sandbox.discord.model.users import ApplicationFlag


class Intent(IntFlag):
    """The intents of gateway v10."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


KNOWN = sum(Intent)

_PRIVILEGED = {
    Intent.GUILD_MEMBERS: ApplicationFlag.MEMBERS,
    Intent.GUILD_PRESENCES: ApplicationFlag.PRESENCE,
    Intent.MESSAGE_CONTENT: ApplicationFlag.MESSAGE_CONTENT,
}

_MESSAGES = (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)
_GUILDS = (Intent.GUILDS, Intent.GUILDS)
_MEMBERS = (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS)

_NEEDED = {
    "MESSAGE_CREATE": _MESSAGES,
    "MESSAGE_UPDATE": _MESSAGES,
    "MESSAGE_DELETE": _MESSAGES,
    "MESSAGE_DELETE_BULK": _MESSAGES,
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
    "GUILD_CREATE": _GUILDS,
    "GUILD_DELETE": _GUILDS,
    "GUILD_ROLE_CREATE": _GUILDS,
    "GUILD_ROLE_UPDATE": _GUILDS,
    "CHANNEL_CREATE": _GUILDS,
    "CHANNEL_UPDATE": _GUILDS,
    "CHANNEL_DELETE": _GUILDS,
    "THREAD_CREATE": _GUILDS,
    "THREAD_UPDATE": _GUILDS,
    "THREAD_DELETE": _GUILDS,
    "GUILD_MEMBER_ADD": _MEMBERS,
    "GUILD_MEMBER_UPDATE": _MEMBERS,
    "GUILD_MEMBER_REMOVE": _MEMBERS,
}
"""For each event the intent that it needs in a guild, and in a direct message. Others come to everybody."""


def brings(intents: Intent, event: str, *, in_guild: bool) -> bool:
    """Whether a session with these intents is sent an event."""
    needed = _NEEDED.get(event)
    return needed is None or needed[0 if in_guild else 1] in intents


def disallowed(intents: Intent, switched_on: ApplicationFlag) -> Intent:
    """Return the privileged intents that were asked for although the application has not switched them on."""
    refused = Intent(0)
    for intent, flag in _PRIVILEGED.items():
        if intent in intents and flag not in switched_on:
            refused |= intent
    return refused
