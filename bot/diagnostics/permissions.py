"""The permissions that the bot asks for when it is invited: their bits, and their names in Discord's menus.

Bits and what is implied by what: Discord's documentation, "Permissions". That reading and writing in a voice channel's
chat needs Connect: the same, "Get Channel Messages".
"""

from dataclasses import dataclass
from typing import Literal

from bot.strings import commands

Kind = Literal["text", "thread", "voice"]
"""What a place is to permissions: a text channel, a thread or forum post, or the chat of a voice or stage channel."""

ADMINISTRATOR = 1 << 3
"""A member with this bit has all others."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission: its bit's number, and its English name in a channel's menu.

    `role_title` is its name in a role's menu if that is another.
    """

    bit: int
    title: str
    role_title: str = ""

    @property
    def in_roles(self) -> str:
        """Its name in a role's menu."""
        return self.role_title or self.title

    def within(self, granted: int) -> bool:
        """Tell whether `granted`, the number that Discord gives, includes it."""
        return bool(granted & (1 << self.bit | ADMINISTRATOR))


VIEW_CHANNEL = Permission(10, "View Channel", "View Channels")
SEND_MESSAGES = Permission(11, "Send Messages")
SEND_IN_THREADS = Permission(38, "Send Messages in Threads")
EMBED_LINKS = Permission(14, "Embed Links")
ATTACH_FILES = Permission(15, "Attach Files")
READ_HISTORY = Permission(16, "Read Message History")
CONNECT = Permission(20, "Connect")
CHANGE_NICKNAME = Permission(26, "Change Nickname")
CREATE_PUBLIC_THREADS = Permission(35, commands.CREATE_PUBLIC_THREADS)

WANTED = (
    VIEW_CHANNEL,
    SEND_MESSAGES,
    SEND_IN_THREADS,
    EMBED_LINKS,
    ATTACH_FILES,
    READ_HISTORY,
    CONNECT,
    CHANGE_NICKNAME,
)
"""All that the bot has a use for, in the order of the README."""

INVITED = sum(1 << permission.bit for permission in WANTED)
"""The number that stands for them in an invite link."""

_ESSENTIAL: dict[Kind, tuple[Permission, ...]] = {
    "text": (VIEW_CHANNEL, SEND_MESSAGES),
    "thread": (VIEW_CHANNEL, SEND_IN_THREADS),
    "voice": (VIEW_CHANNEL, CONNECT, SEND_MESSAGES),
}

_USEFUL: dict[Kind, tuple[Permission, ...]] = {
    "text": (SEND_IN_THREADS, EMBED_LINKS, ATTACH_FILES, READ_HISTORY, CHANGE_NICKNAME),
    "thread": (EMBED_LINKS, ATTACH_FILES, READ_HISTORY, CHANGE_NICKNAME),
    "voice": (EMBED_LINKS, ATTACH_FILES, READ_HISTORY, CHANGE_NICKNAME),
}

_GONE_WITH_SENDING = (EMBED_LINKS, ATTACH_FILES)
"""What Discord denies as well to those who may not send messages."""


@dataclass(frozen=True, slots=True)
class MissingPermissions:
    """What the bot lacks in one place: what it cannot answer without, and what answers are poorer without."""

    essential: tuple[Permission, ...]
    useful: tuple[Permission, ...]


def missing_for_threads(granted: int) -> tuple[Permission, ...]:
    """Return what is missing from `granted` to start threads in a text channel and write there."""
    return tuple(each for each in (CREATE_PUBLIC_THREADS, SEND_IN_THREADS) if not each.within(granted))


def missing_permissions(kind: Kind, granted: int) -> MissingPermissions:
    """Return what is missing from `granted` in a place of this kind; not what is only missing for want of another."""
    if not VIEW_CHANNEL.within(granted):
        # Nothing else is granted in a channel that one does not see, except what concerns the whole server.
        return MissingPermissions((VIEW_CHANNEL,), ())
    essential = tuple(each for each in _ESSENTIAL[kind] if not each.within(granted))
    useful = tuple(each for each in _USEFUL[kind] if not each.within(granted))
    if essential:
        useful = tuple(each for each in useful if each not in _GONE_WITH_SENDING)
    return MissingPermissions(essential, useful)
