"""Channels of every kind: text, voice chat, forums, threads, direct messages; who may do what there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from sandbox.discord.model.permissions import IN_A_DM, NOTHING, OverwriteKind, Permission, channel_permissions

if TYPE_CHECKING:
    from sandbox.discord.model.guilds import Guild, Member, Role
    from sandbox.discord.model.messages import Message
    from sandbox.discord.model.state import State
    from sandbox.discord.model.users import User

TYPING_LASTS = 10.0
"""Seconds that a typing indicator stays, unless a message comes first (reference, "Trigger Typing Indicator")."""


class ChannelType(IntEnum):
    """A channel's kind (reference, "Channel Types")."""

    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP_DM = 3
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15


WITH_VOICE = frozenset({ChannelType.VOICE, ChannelType.STAGE})
WITH_THREADS = frozenset({ChannelType.TEXT, ChannelType.ANNOUNCEMENT})
THREADS = frozenset({ChannelType.ANNOUNCEMENT_THREAD, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD})
WITHOUT_MESSAGES = frozenset({ChannelType.CATEGORY, ChannelType.FORUM})


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel grants or denies to one role or member."""

    kind: OverwriteKind
    allow: Permission
    deny: Permission


@dataclass(slots=True)
class Thread:
    """What only threads have; `archived_at` is when it was last opened, archived or unarchived."""

    owner: User
    created_at: str
    archived_at: str
    member_ids: dict[int, str] = field(default_factory=dict)
    message_count: int = 0
    total_sent: int = 0
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440


@dataclass(eq=False)
class Channel:
    """A place for messages; a direct message, or a group of several, has `recipients` and no guild.

    `slow_mode` is how many seconds people wait between two messages. `pins` says when each message was pinned.
    """

    id: int
    type: ChannelType
    name: str
    state: State = field(repr=False)
    guild: Guild | None = field(default=None, repr=False)
    topic: str | None = None
    parent: Channel | None = field(default=None, repr=False)
    position: int = 0
    recipients: tuple[User, ...] = ()
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    typing: dict[int, float] = field(default_factory=dict, repr=False)
    thread: Thread | None = field(default=None, repr=False)
    slow_mode: int = 0
    pins: dict[int, str] = field(default_factory=dict, repr=False)

    @property
    def mention(self) -> str:
        """What links to the channel in a message."""
        return f"<#{self.id}>"

    @property
    def last_message_id(self) -> int | None:
        """The newest message that is not ephemeral."""
        return next((key for key, message in reversed(self.messages.items()) if not message.ephemeral), None)

    def permissions_of(self, user: User) -> Permission:
        """Return what this account may do here; nothing at all when it is not in the guild or the conversation."""
        if self.guild is None:
            return IN_A_DM if user in self.recipients else NOTHING
        member = self.guild.members.get(user.id)
        if member is None:
            return NOTHING
        granted = self._in_guild(member)
        if self.type is ChannelType.PRIVATE_THREAD and self.thread is not None:
            invited = user.id in self.thread.member_ids or Permission.MANAGE_THREADS in granted
            return granted if invited else NOTHING
        return granted

    def _in_guild(self, member: Member) -> Permission:
        owner = self.parent if self.thread is not None and self.parent is not None else self
        overwrites = owner.overwrites
        roles = [overwrites[role.id] for role in member.roles if role.id in overwrites]
        granted = channel_permissions(
            member.permissions,
            overwrites.get(member.guild.id),
            roles,
            overwrites.get(member.user.id),
            thread=self.thread is not None,
            voice=self.type in WITH_VOICE,
        )
        return granted & member.left_by_timeout

    def viewable_by(self, user: User) -> bool:
        """Whether this account sees the channel itself; of a category, whether it sees any channel in it.

        Source: Discord's reference, "Channel Visibility".
        """
        if self.type is ChannelType.CATEGORY and self.guild is not None:
            inside = [channel for channel in self.guild.channels.values() if channel.parent is self]
            if any(channel.viewable_by(user) for channel in inside):
                return True
        return Permission.VIEW_CHANNEL in self.permissions_of(user)

    def readable_by(self, user: User) -> bool:
        """Whether this account may see the messages: in a voice channel, only if it may connect.

        Source: Discord's reference, "Get Channel Messages".
        """
        needed = Permission.VIEW_CHANNEL | (Permission.CONNECT if self.type in WITH_VOICE else NOTHING)
        return needed in self.permissions_of(user)

    def wait_of(self, user: User) -> float:
        """Return for how many seconds slow mode keeps this account from its next message; it never holds up a bot."""
        if user.is_bot or not self.slow_mode or Permission.BYPASS_SLOWMODE in self.permissions_of(user):
            return 0.0
        own = next((message for message in reversed(self.messages.values()) if message.author is user), None)
        return 0.0 if own is None else max(0.0, own.frames[0].at + self.slow_mode - self.state.clock.monotonic())

    def overwrite(self, target: Role | User, *, allow: Permission = NOTHING, deny: Permission = NOTHING) -> None:
        """Grant or deny something to a role or a member in this channel only; replaces an earlier exception."""
        is_role = self.guild is not None and target.id in self.guild.roles
        kind = OverwriteKind.ROLE if is_role else OverwriteKind.MEMBER
        self.overwrites[target.id] = Overwrite(kind, allow, deny)
        self.state.events.channel_updated(self)

    def delete(self) -> None:
        """Remove the channel from its guild, with its threads."""
        if self.guild is None:
            raise ValueError("a direct message cannot be deleted")
        for channel in [*self.guild.channels.values()]:
            if channel.thread is not None and channel.parent is self:
                channel.delete()
        del self.guild.channels[self.id]
        del self.state.channels[self.id]
        self.state.events.channel_deleted(self)

    def visible_to(self, user: User) -> list[Message]:
        """Return what this person sees here, oldest first: ephemeral messages only if they are theirs."""
        return [message for message in self.messages.values() if message.visible_to(user)]

    def is_typing(self, user: User) -> bool:
        """Whether the others are shown that this account is typing."""
        return self.typing.get(user.id, 0.0) > self.state.clock.monotonic()

    async def next_message(
        self,
        by: User | None = None,
        after: Message | None = None,
        *,
        timeout: float = 30.0,  # noqa: ASYNC109
    ) -> Message:
        """Return the first message after another one (or the first at all), past or to come, by anyone or one account.

        Placeholders of interactions count. Raises TimeoutError.
        """
        first = after.id if after is not None else 0

        def find() -> Message | None:
            found = (message for key, message in self.messages.items() if key > first)
            return next((message for message in found if by is None or message.author is by), None)

        return await self.state.change_log.wait_for(find, timeout)
