"""What the people, roles and channels that a text mentions are called, from what Discord sent with it.

No request is made for a name, and without the members intent discord.py remembers nobody: a person whom Discord does
not name along with the text is an unknown user. A channel is named only if the person who asks may see it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import discord

Person = discord.Member | discord.User

_MAX_CHANNELS = 20
"""How many channels are named for one question; whether somebody sees a channel may take half a millisecond."""


class MentionedNames:
    """The names for what `viewer` asks in `guild`, None outside servers. `people` have been named by Discord.

    Without a `viewer`, what everybody in the server may see is named. `roles` and `channels` are further names by id,
    beyond what the guild's own lists say.
    """

    def __init__(
        self,
        guild: discord.Guild | None,
        viewer: Person | None,
        people: Mapping[int, str],
        roles: Mapping[int, str],
        channels: Mapping[int, str],
    ) -> None:
        self._guild = guild
        self._viewer = viewer
        self._people = people
        self._roles = roles
        self._channels = channels
        self._seen: dict[int, bool] = {}

    def user(self, user_id: int) -> str | None:
        """Return what somebody is called in the server."""
        return self._people.get(user_id)

    def role(self, role_id: int) -> str | None:
        """Return a role's name."""
        role = self._guild.get_role(role_id) if self._guild is not None else None
        return self._roles.get(role_id) if role is None else role.name

    def channel(self, channel_id: int) -> str | None:
        """Return a channel's name, None if the viewer does not see the channel, or too many were named before."""
        channel = self._guild.get_channel_or_thread(channel_id) if self._guild is not None else None
        if channel is None:
            return self._channels.get(channel_id)
        if channel_id not in self._seen and len(self._seen) < _MAX_CHANNELS:
            self._seen[channel_id] = _sees(self._viewer, channel)
        return channel.name if self._seen.get(channel_id) else None


def names_in(viewer: Person | None, message: discord.Message, *others: discord.Message) -> MentionedNames:
    """Return the names for a message that `viewer` asks with, and for `others` that are quoted with it."""
    people = [person for each in (message, *others) for person in (each.author, *each.mentions)]
    return MentionedNames(_known(message.guild), viewer, _called(people), {}, {})


def names_for(interaction: discord.Interaction[Any], *messages: discord.Message) -> MentionedNames:
    """Return the names for what somebody entered, and for `messages` that it is about.

    Discord resolves what a command's options mention (documentation, "Resolved Data Structure").
    """
    data = cast("dict[str, Any]", interaction.data or {})
    resolved: Mapping[str, Mapping[str, Mapping[str, Any]]] = data.get("resolved") or {}
    members = resolved.get("members", {})
    people = {
        int(key): members.get(key, {}).get("nick") or user.get("global_name") or user["username"]
        for key, user in resolved.get("users", {}).items()
    }
    people = _called([interaction.user, *(one for each in messages for one in (each.author, *each.mentions))]) | people
    roles = {int(key): role["name"] for key, role in resolved.get("roles", {}).items()}
    channels = {int(key): each["name"] for key, each in resolved.get("channels", {}).items() if _is_shown(each)}
    return MentionedNames(_known(interaction.guild), interaction.user, people, roles, channels)


def _is_shown(channel: Mapping[str, Any]) -> bool:
    """Return whether a resolved channel has a name, and the person may see it: Discord sends their permissions."""
    permissions = channel.get("permissions")
    return bool(channel.get("name")) and (permissions is None or discord.Permissions(int(permissions)).view_channel)


def _known(guild: object) -> discord.Guild | None:
    return guild if isinstance(guild, discord.Guild) else None


def _called(people: Iterable[Person]) -> dict[int, str]:
    """Return what each is called; Discord sends somebody's nickname in one place, and not in another."""
    known = sorted(people, key=lambda person: isinstance(person, discord.Member))
    return {person.id: person.display_name for person in known}


def _sees(viewer: Person | None, channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Return whether somebody sees a channel; without their roles, whether everybody in the server does.

    Who is in a private thread is not known here: it stays unnamed.
    """
    parent = channel.parent if isinstance(channel, discord.Thread) else channel
    if parent is None or (isinstance(channel, discord.Thread) and channel.is_private()):
        return False
    one = viewer if isinstance(viewer, discord.Member) else channel.guild.default_role
    return parent.permissions_for(one).view_channel
