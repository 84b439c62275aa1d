"""The port through which the model announces its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.model.channels import Channel
    from sandbox.discord.model.guilds import Guild, Member, Role
    from sandbox.discord.model.interactions import Interaction
    from sandbox.discord.model.messages import Message
    from sandbox.discord.model.users import Application, User


class Announcer(Protocol):
    """One method for each kind of change."""

    def message_created(self, message: Message) -> None:
        """Tell that a message was sent."""

    def message_updated(self, message: Message) -> None:
        """Tell that a message was edited."""

    def message_deleted(self, message: Message) -> None:
        """Tell that a message was deleted."""

    def messages_deleted(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Tell that messages of a guild's channel were deleted at once."""

    def pins_changed(self, channel: Channel) -> None:
        """Tell that a message was pinned, or taken from the pins."""

    def typing_started(self, channel: Channel, user: User) -> None:
        """Tell that an account types."""

    def interaction_created(self, interaction: Interaction) -> int:
        """Tell that a person did something that the bot must answer; to how many connections it went."""

    def interaction_answered(self, interaction: Interaction) -> None:
        """Tell that the bot answered, or the person stopped waiting."""

    def guild_joined(self, guild: Guild, application: Application) -> None:
        """Tell that a bot was added to a guild, which a client knows by what the event leaves out: `unavailable`."""

    def guild_broke_down(self, guild: Guild) -> None:
        """Tell that a guild has an outage (reference, "Guild Delete": `unavailable` is true then)."""

    def guild_recovered(self, guild: Guild) -> None:
        """Tell that a guild's outage is over."""

    def member_joined(self, member: Member) -> None:
        """Tell that an account joined; a bot learns of its own joining by GUILD_CREATE."""

    def member_left(self, member: Member) -> None:
        """Tell that an account left or was removed."""

    def member_updated(self, member: Member) -> None:
        """Tell that a nickname or roles changed; a bot hears of its own even without the members intent."""

    def role_created(self, role: Role) -> None:
        """Tell that a role was added."""

    def role_updated(self, role: Role) -> None:
        """Tell that a role changed."""

    def role_deleted(self, role: Role) -> None:
        """Tell that a role was deleted."""

    def channel_created(self, channel: Channel) -> None:
        """Tell that a channel was added."""

    def channel_updated(self, channel: Channel) -> None:
        """Tell that a channel's overwrites changed; those who no longer see it hear of it too."""

    def channel_deleted(self, channel: Channel) -> None:
        """Tell that a channel or thread was deleted."""

    def thread_created(self, channel: Channel) -> None:
        """Tell that a thread or forum post was opened."""

    def thread_updated(self, channel: Channel) -> None:
        """Tell that a thread was archived, or opened again by a message."""

    def thread_joined(self, channel: Channel, user: User) -> None:
        """Tell that an account joined a thread; a bot that joins is sent the thread."""
