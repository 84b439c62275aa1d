"""The state of the sandbox's Discord: every account, guild, channel and interaction, found by id."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.discord.model.channels import Channel, ChannelType
from sandbox.discord.model.snowflakes import Snowflakes

if TYPE_CHECKING:
    from sandbox.discord.model.announcer import Announcer
    from sandbox.discord.model.change_log import ChangeLog
    from sandbox.discord.model.clock import Clock
    from sandbox.discord.model.guilds import Guild
    from sandbox.discord.model.interactions import Interaction
    from sandbox.discord.model.messages import Attachment, Message
    from sandbox.discord.model.users import Application, User


class State:
    """All of it; `events` is told of each change, `broken` holds the sandbox's own bugs."""

    def __init__(self, clock: Clock, change_log: ChangeLog, events: Announcer) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.change_log = change_log
        self.events = events
        self.base_url = ""
        self.broken: list[Exception] = []
        self.users: dict[int, User] = {}
        self.applications: dict[int, Application] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}

    def application_with(self, token: str) -> Application | None:
        """Return the application that a bot token belongs to."""
        given = token.encode(errors="replace")  # a header may hold bytes that are no text
        matches = (found for found in self.applications.values() if secrets.compare_digest(found.token.encode(), given))
        return next(matches, None)

    def application_of(self, bot: User) -> Application | None:
        """Return the application that a bot account belongs to."""
        return next((found for found in self.applications.values() if found.bot is bot), None)

    def find_message(self, channel_id: int, message_id: int) -> Message | None:
        """Return a message that is still there."""
        channel = self.channels.get(channel_id)
        return channel.messages.get(message_id) if channel is not None else None

    def dm_between(self, one: User, other: User) -> Channel:
        """Return the direct message of two accounts, opened when there is none yet."""
        for channel in self.channels.values():
            if channel.type is ChannelType.DM and {one, other} == set(channel.recipients):
                return channel
        channel = Channel(self.ids.mint(), ChannelType.DM, "", self, recipients=(one, other))
        self.channels[channel.id] = channel
        return channel

    def share_a_guild(self, one: User, other: User) -> bool:
        """Whether both are members of some guild, which Discord asks for before a bot may write a person."""
        return any(one.id in guild.members and other.id in guild.members for guild in self.guilds.values())
