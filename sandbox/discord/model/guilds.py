"""Guilds with their roles and members, and what building or changing one does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord.model.automod import EXEMPT, contains_keyword
from sandbox.discord.model.channels import Channel, ChannelType
from sandbox.discord.model.permissions import (
    EVERYTHING,
    LEFT_BY_TIMEOUT,
    NOTHING,
    TALKING,
    Permission,
    base_permissions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.discord.model.state import State
    from sandbox.discord.model.users import Application, User

BOT_DEFAULT = (
    Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES | Permission.READ_MESSAGE_HISTORY | Permission.CONNECT | Permission.CHANGE_NICKNAME
)  # fmt: skip
"""What a chat bot's invite link usually asks for."""


@dataclass(eq=False)
class Role:
    """A role; the one with the guild's own id is @everyone's."""

    id: int
    guild: Guild = field(repr=False)
    name: str
    permissions: Permission
    position: int
    mentionable: bool = False
    bot_id: int | None = None

    @property
    def mention(self) -> str:
        """What pings the role's members in a message."""
        return f"<@&{self.id}>"

    def set_permissions(self, permissions: Permission) -> None:
        """Change what the role grants."""
        self.permissions = permissions
        self.guild.state.events.role_updated(self)


@dataclass(eq=False)
class Member:
    """An account's place in one guild."""

    user: User
    guild: Guild = field(repr=False)
    joined_at: str
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None
    timed_out_until: float = 0.0

    @property
    def permissions(self) -> Permission:
        """In the guild as a whole, before any channel's overwrites."""
        roles = (self.guild.everyone, *self.roles)
        granted = base_permissions((role.permissions for role in roles), owner=self.guild.owner is self.user)
        return granted & self.left_by_timeout

    @property
    def left_by_timeout(self) -> Permission:
        """What a timeout leaves of the permissions; administrators and owners cannot be timed out.

        Source: Discord's reference, "Permissions for Timed Out Members".
        """
        return LEFT_BY_TIMEOUT if self.timed_out_until > self.guild.state.clock.epoch() else EVERYTHING

    def time_out(self, seconds: float) -> None:
        """Keep the member from writing and commands for so long; 0 ends it. Raises ValueError for administrators."""
        self.timed_out_until = 0.0
        if seconds and Permission.ADMINISTRATOR in self.permissions:
            raise ValueError(self.user.name)
        self.timed_out_until = self.guild.state.clock.epoch() + seconds if seconds else 0.0
        self.guild.state.events.member_updated(self)

    def set_nick(self, nick: str | None) -> None:
        """Rename the member here; None returns to the account's own name."""
        self.nick = nick
        self.guild.state.events.member_updated(self)

    def set_roles(self, roles: Iterable[Role]) -> None:
        """Replace the member's roles."""
        self.roles = list(roles)
        self.guild.state.events.member_updated(self)


@dataclass(eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner: User
    state: State = field(repr=False)
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    locale: str = "en-US"
    blocked_keywords: tuple[str, ...] = ()
    """What AutoMod blocks; see `sandbox/discord/model/automod.py`."""
    system_channel: Channel | None = None
    """Where Discord posts that somebody joined; given to bots with the guild."""

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.roles[self.id]

    def member(self, user: User) -> Member:
        """Return this account's membership. Raises KeyError when it is no member."""
        return self.members[user.id]

    def threads(self) -> list[Channel]:
        """All threads and forum posts."""
        return [channel for channel in self.channels.values() if channel.thread is not None]

    def add_role(
        self, name: str, permissions: Permission = NOTHING, *, mentionable: bool = False, bot_id: int | None = None
    ) -> Role:
        """Add a new role, above all others."""
        role = Role(self.state.ids.mint(), self, name, permissions, len(self.roles), mentionable, bot_id)
        self.roles[role.id] = role
        self.state.events.role_created(role)
        return role

    def remove_role(self, role: Role) -> None:
        """Delete a role, which its members lose."""
        del self.roles[role.id]
        for member in self.members.values():
            member.roles = [each for each in member.roles if each is not role]
        self.state.events.role_deleted(role)

    def add_member(self, user: User, *roles: Role, nick: str | None = None) -> Member:
        """Let a person join."""
        member = Member(user, self, self.state.clock.timestamp(), list(roles), nick)
        self.members[user.id] = member
        self.state.events.member_joined(member)
        return member

    def add_bot(self, application: Application, permissions: Permission = BOT_DEFAULT) -> Member:
        """Invite a bot, with a role of its own that grants `permissions`."""
        role = self.add_role(application.name, permissions, bot_id=application.bot.id)
        member = self.add_member(application.bot, role)
        self.state.events.guild_joined(self, application)
        return member

    def remove(self, user: User) -> None:
        """Kick a member; a bot gets GUILD_DELETE. Raises KeyError when it is no member."""
        member = self.members.pop(user.id)
        for role in [role for role in self.roles.values() if user.is_bot and role.bot_id == user.id]:
            del self.roles[role.id]
        self.state.events.member_left(member)

    def blocks(self, author: User, text: str) -> bool:
        """Whether AutoMod keeps this account from saying this."""
        member = self.members.get(author.id)
        is_exempt = member is not None and bool(member.permissions & EXEMPT)
        return not is_exempt and contains_keyword(text, self.blocked_keywords)

    def break_down(self) -> None:
        """Begin an outage: bots are told that the guild cannot be reached, and are still members of it."""
        self.state.events.guild_broke_down(self)

    def recover(self) -> None:
        """End an outage: bots are sent the guild again."""
        self.state.events.guild_recovered(self)

    def add_text_channel(self, name: str, *, topic: str | None = None, category: Channel | None = None) -> Channel:
        """Add a new text channel."""
        return self._add(name, ChannelType.TEXT, topic, category)

    def add_announcement_channel(self, name: str, *, category: Channel | None = None) -> Channel:
        """Add a new announcement channel, whose messages servers may follow."""
        return self._add(name, ChannelType.ANNOUNCEMENT, None, category)

    def add_voice_channel(self, name: str, *, category: Channel | None = None) -> Channel:
        """Add a new voice channel, which has a chat of its own."""
        return self._add(name, ChannelType.VOICE, None, category)

    def add_stage_channel(self, name: str, *, category: Channel | None = None) -> Channel:
        """Add a new stage, which has a chat too."""
        return self._add(name, ChannelType.STAGE, None, category)

    def add_forum(self, name: str, *, topic: str | None = None, category: Channel | None = None) -> Channel:
        """Add a new forum, whose posts are threads."""
        return self._add(name, ChannelType.FORUM, topic, category)

    def add_category(self, name: str) -> Channel:
        """Add a new category."""
        return self._add(name, ChannelType.CATEGORY, None, None)

    def _add(self, name: str, kind: ChannelType, topic: str | None, category: Channel | None) -> Channel:
        position = sum(1 for channel in self.channels.values() if channel.thread is None)
        channel = Channel(
            self.state.ids.mint(), kind, name, self.state, self, topic=topic, parent=category, position=position
        )
        self.channels[channel.id] = channel
        self.state.channels[channel.id] = channel
        self.state.events.channel_created(channel)
        return channel


def found_guild(
    state: State, name: str, owner: User, people: Iterable[User] = (), shard: tuple[int, int] | None = None
) -> Guild:
    """Found a new guild of `owner` and these people, where everybody may talk; it has no channel yet.

    Its events come over `shard`, such as (2, 4) for the third of four, or whichever its id says.
    """
    guild = Guild(state.ids.mint() if shard is None else state.ids.mint_for(*shard), name, owner, state)
    guild.roles[guild.id] = Role(guild.id, guild, "@everyone", TALKING, 0)
    state.guilds[guild.id] = guild
    for member in (owner, *people):
        guild.add_member(member)
    return guild
