"""Discord's permission bits and how roles and channel overwrites combine (reference, "Permissions")."""

from collections.abc import Iterable
from enum import IntEnum, IntFlag
from typing import Protocol


class Permission(IntFlag):
    """What a member may do: every bit of the reference, "Bitwise Permission Flags"."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SET_VOICE_CHANNEL_STATUS = 1 << 48
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


P = Permission

NOTHING = Permission(0)
EVERYTHING = Permission(sum(Permission))

TALKING = (
    P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY
    | P.CHANGE_NICKNAME | P.USE_EXTERNAL_EMOJIS | P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS
    | P.SEND_MESSAGES_IN_THREADS | P.USE_APPLICATION_COMMANDS | P.CONNECT | P.SPEAK | P.SEND_POLLS
    | P.USE_EXTERNAL_APPS
)  # fmt: skip
"""What everybody in a new guild may do."""

IN_A_DM = (
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.USE_APPLICATION_COMMANDS | P.SEND_POLLS | P.PIN_MESSAGES
)  # fmt: skip
"""What both sides may do in a direct message."""

LEFT_BY_TIMEOUT = P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY
"""What a member may still do while timed out."""

_NEEDS_SENDING = P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS
"""What is implicitly denied to those who may not send messages at all."""

_NEEDS_CONNECT = (
    P.MANAGE_CHANNELS | P.MANAGE_ROLES | P.PRIORITY_SPEAKER | P.STREAM | P.SPEAK | P.MUTE_MEMBERS | P.DEAFEN_MEMBERS
    | P.MOVE_MEMBERS | P.USE_VAD | P.REQUEST_TO_SPEAK | P.USE_SOUNDBOARD | P.USE_EXTERNAL_SOUNDS
    | P.SET_VOICE_CHANNEL_STATUS
)  # fmt: skip
"""What is implicitly denied in a voice channel or stage to those who may not connect."""


class OverwriteKind(IntEnum):
    """Whom an overwrite is for."""

    ROLE = 0
    MEMBER = 1


class Overwriting(Protocol):
    """A channel's exception for one role or member."""

    @property
    def allow(self) -> Permission:
        """What it grants."""

    @property
    def deny(self) -> Permission:
        """What it takes away."""


def base_permissions(roles: Iterable[Permission], *, owner: bool) -> Permission:
    """Return a member's permissions in the guild as a whole, from those of all its roles, @everyone's among them."""
    if owner:
        return EVERYTHING
    total = NOTHING
    for role in roles:
        total |= role
    return EVERYTHING if P.ADMINISTRATOR in total else total


def channel_permissions(
    base: Permission,
    everyone: Overwriting | None,
    roles: Iterable[Overwriting],
    member: Overwriting | None,
    *,
    thread: bool = False,
    voice: bool = False,
) -> Permission:
    """Return a member's permissions in one channel: its overwrites over `base`, then what is implicitly denied.

    In a thread the overwrites are its parent's, and sending is its own permission.
    """
    if P.ADMINISTRATOR in base:
        return EVERYTHING
    total = _apply(base, everyone)
    allowed = denied = NOTHING
    for overwrite in roles:
        allowed |= overwrite.allow
        denied |= overwrite.deny
    total = _apply((total & ~denied) | allowed, member)
    if P.VIEW_CHANNEL not in total:
        return NOTHING
    if voice and P.CONNECT not in total:
        total &= ~_NEEDS_CONNECT
    sending = P.SEND_MESSAGES_IN_THREADS if thread else P.SEND_MESSAGES
    return total if sending in total else total & ~_NEEDS_SENDING


def _apply(permissions: Permission, overwrite: Overwriting | None) -> Permission:
    return permissions if overwrite is None else (permissions & ~overwrite.deny) | overwrite.allow
