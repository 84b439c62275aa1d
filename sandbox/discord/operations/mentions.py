"""Whom a message mentions and pings: its text, under its allowed mentions (reference, "Allowed Mentions")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.messages import Mentions, Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_USER = re.compile(r"<@!?(\d{15,20})>")
_ROLE = re.compile(r"<@&(\d{15,20})>")
_CHANNEL = re.compile(r"<#(\d{15,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a sender lets a message ping; in an ordinary message by default everything it mentions."""

    parse: frozenset[str] = frozenset({"users", "roles", "everyone"})
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = True

    def user(self, key: int) -> bool:
        """Whether this account may be pinged by its mention in the text."""
        return "users" in self.parse or key in self.users

    def role(self, key: int) -> bool:
        """Whether this role may be pinged."""
        return "roles" in self.parse or key in self.roles


USERS_ONLY = Allowed(parse=frozenset({"users"}))
"""What goes for interactions and webhooks that say nothing (reference, "Default Settings for Allowed Mentions")."""


def find_mentions(
    content: str, channel: Channel, author: User, allowed: Allowed, answered: Message | None = None
) -> Mentions:
    """Whom the text, and the reply's ping, mention as far as it is allowed and the author may."""
    # Mentions in code are plain text.
    text = _CODE.sub("", content)
    users: dict[int, User] = {}
    if answered is not None and allowed.replied_user and answered.author is not author:
        users[answered.author.id] = answered.author
    for key in map(int, _USER.findall(text)):
        user = channel.state.users.get(key)
        if user is not None and allowed.user(key):
            users[key] = user
    everyone = bool(_EVERYONE.search(text)) and "everyone" in allowed.parse and _may_ping_all(channel, author)
    return Mentions(tuple(users.values()), tuple(_roles(text, channel, author, allowed)), everyone)


def pinged_by(mentions: Mentions, channel: Channel, author: User) -> frozenset[User]:
    """Return the accounts that get a notification: those mentioned who can see the channel, never the author."""
    found = set(mentions.users)
    guild = channel.guild
    if guild is not None:
        for member in guild.members.values():
            if mentions.everyone or any(role in member.roles for role in mentions.roles):
                found.add(member.user)
    elif mentions.everyone:
        found |= set(channel.recipients)
    return frozenset(user for user in found if user is not author and channel.readable_by(user))


def find_named(text: str, channel: Channel) -> list[User | Role | Channel]:
    """Return the people, roles and channels that an option's text mentions; Discord resolves these with a command."""
    guild = channel.guild
    found: list[User | Role | Channel | None] = [channel.state.users.get(key) for key in map(int, _USER.findall(text))]
    if guild is not None:
        found += [guild.roles.get(key) for key in map(int, _ROLE.findall(text))]
        found += [guild.channels.get(key) for key in map(int, _CHANNEL.findall(text))]
    return [thing for thing in dict.fromkeys(found) if thing is not None]


def _roles(text: str, channel: Channel, author: User, allowed: Allowed) -> Iterable[Role]:
    if channel.guild is None:
        return []
    keys = dict.fromkeys(map(int, _ROLE.findall(text)))
    named = [channel.guild.roles[key] for key in keys if key in channel.guild.roles and allowed.role(key)]
    return [role for role in named if role.mentionable or _may_ping_all(channel, author)]


def _may_ping_all(channel: Channel, author: User) -> bool:
    # Among themselves people may; so may an application that one of them brings (reference, "Interaction Structure").
    return channel.guild is None or Permission.MENTION_EVERYONE in channel.permissions_of(author)
