"""The news: tells the gateway's bots and the event feed of each thing that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.gateway.intents import Intent
from sandbox.discord.serializers.guilds import channel_json
from sandbox.discord.serializers.interactions import interaction_json
from sandbox.discord.serializers.messages import message_event_json
from sandbox.discord.serializers.users import member_json, role_json, user_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.discord.errors import Json
    from sandbox.discord.gateway.gateway import Gateway
    from sandbox.discord.gateway.sessions import Session
    from sandbox.discord.model.channels import Channel
    from sandbox.discord.model.guilds import Guild, Member, Role
    from sandbox.discord.model.interactions import Interaction
    from sandbox.discord.model.messages import Message
    from sandbox.discord.model.users import Application, User


class News:
    """One method for each kind of thing that happens."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._feed = gateway.world.feed

    def message_created(self, message: Message) -> None:
        """Tell that a message was sent."""
        self._message("MESSAGE_CREATE", message)
        self._feed.tell("message.create", message)

    def message_updated(self, message: Message) -> None:
        """Tell that a message was edited."""
        self._message("MESSAGE_UPDATE", message)
        self._feed.tell("message.edit", message)

    def message_deleted(self, message: Message) -> None:
        """Tell that a message was deleted."""
        channel = message.channel
        gone = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild is not None and not message.ephemeral:
            gone["guild_id"] = str(channel.guild.id)
        self._about(message, "MESSAGE_DELETE", lambda _: gone)
        self._feed.tell("message.delete", message)

    def messages_deleted(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Tell that messages of a guild's channel were deleted at once."""
        assert channel.guild is not None
        gone = {
            "ids": [str(message.id) for message in messages],
            "channel_id": str(channel.id),
            "guild_id": str(channel.guild.id),
        }
        self._gateway.announce("MESSAGE_DELETE_BULK", lambda _: gone, guild=channel.guild, channel=channel)
        for message in messages:
            self._feed.tell("message.delete", message)

    def typing_started(self, channel: Channel, user: User) -> None:
        """Somebody types."""
        guild = channel.guild
        body = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": int(channel.world.clock.epoch()),
        }
        if guild is not None:
            body |= {"guild_id": str(guild.id), "member": member_json(guild.members[user.id])}
        self._gateway.announce("TYPING_START", lambda _: body, guild=guild, channel=channel)
        self._feed.tell("typing.start", (channel, user))

    def interaction_created(self, interaction: Interaction) -> int:
        """Tell that a person did something that the bot must answer; to how many connections it went."""
        reached = self._gateway.announce(
            "INTERACTION_CREATE",
            lambda _: interaction_json(interaction),
            guild=interaction.channel.guild,
            only=interaction.application,
        )
        self._feed.tell("interaction.create", interaction)
        return reached

    def interaction_answered(self, interaction: Interaction) -> None:
        """Tell that the bot answered, or the person stopped waiting."""
        self._feed.tell("interaction.response", interaction)

    def guild_joined(self, guild: Guild, application: Application) -> None:
        """Tell that a bot was added to a guild, which a client knows by what the event leaves out: `unavailable`."""

        def build(session: Session) -> Json:
            event = self._gateway.guild_create(session, guild)
            return {key: value for key, value in event.items() if key != "unavailable"}

        self._gateway.announce("GUILD_CREATE", build, guild=guild, only=application)
        self._feed.tell("guild.join", guild)

    def guild_broke_down(self, guild: Guild) -> None:
        """Tell that a guild has an outage (reference, "Guild Delete": `unavailable` is true then)."""
        self._gateway.announce("GUILD_DELETE", lambda _: {"id": str(guild.id), "unavailable": True}, guild=guild)
        self._feed.tell("guild.outage", guild)

    def guild_recovered(self, guild: Guild) -> None:
        """Tell that a guild's outage is over."""
        self._gateway.announce("GUILD_CREATE", lambda session: self._gateway.guild_create(session, guild), guild=guild)
        self._feed.tell("guild.recovery", guild)

    def member_joined(self, member: Member) -> None:
        """Somebody joined; a bot learns of its own joining by GUILD_CREATE."""
        body = member_json(member) | {"guild_id": str(member.guild.id)}
        if not member.user.is_bot:
            self._gateway.announce("GUILD_MEMBER_ADD", lambda _: body, guild=member.guild)
        self._feed.tell("member.join", member)

    def member_left(self, member: Member) -> None:
        """Somebody left or was removed."""
        guild, user = member.guild, member.user
        application = guild.world.application_of(user)
        if application is not None:
            self._gateway.announce("GUILD_DELETE", lambda _: {"id": str(guild.id)}, guild=guild, only=application)
        body = {"guild_id": str(guild.id), "user": user_json(user)}
        self._gateway.announce("GUILD_MEMBER_REMOVE", lambda _: body, guild=guild)
        self._feed.tell("member.leave", member)

    def member_updated(self, member: Member) -> None:
        """Tell that a nickname or roles changed; a bot hears of its own even without the members intent."""
        body = member_json(member) | {"guild_id": str(member.guild.id)}
        self._gateway.announce("GUILD_MEMBER_UPDATE", lambda _: body, guild=member.guild)
        for session in self._gateway.sessions.values():
            own = session.application.bot is member.user
            if own and session.covers(member.guild) and Intent.GUILD_MEMBERS not in session.intents:
                session.push("GUILD_MEMBER_UPDATE", body)
        self._feed.tell("member.update", member)

    def role_created(self, role: Role) -> None:
        """Tell that a role was added."""
        self._role("GUILD_ROLE_CREATE", role)
        self._feed.tell("role.create", role)

    def role_updated(self, role: Role) -> None:
        """Tell that a role changed."""
        self._role("GUILD_ROLE_UPDATE", role)
        self._feed.tell("role.update", role)

    def channel_created(self, channel: Channel) -> None:
        """Tell that a channel was added."""
        self._channel("CHANNEL_CREATE", channel)
        self._feed.tell("channel.create", channel)

    def channel_updated(self, channel: Channel) -> None:
        """Tell that a channel's overwrites changed; those who no longer see it hear of it too."""
        self._channel("CHANNEL_UPDATE", channel)
        self._feed.tell("channel.update", channel)

    def channel_deleted(self, channel: Channel) -> None:
        """Tell that a channel or thread was deleted."""
        if channel.thread is None:
            self._channel("CHANNEL_DELETE", channel)
        else:
            body = {"id": str(channel.id), "type": int(channel.type)}
            body |= {"guild_id": str(channel.guild.id)} if channel.guild is not None else {}
            body |= {"parent_id": str(channel.parent.id)} if channel.parent is not None else {}
            self._gateway.announce("THREAD_DELETE", lambda _: body, guild=channel.guild, channel=channel)
        self._feed.tell("channel.delete", channel)

    def thread_created(self, channel: Channel) -> None:
        """Tell that a thread or forum post was opened."""
        body = channel_json(channel) | {"newly_created": True}
        self._gateway.announce("THREAD_CREATE", lambda _: body, guild=channel.guild, channel=channel)
        self._feed.tell("thread.create", channel)

    def thread_updated(self, channel: Channel) -> None:
        """Tell that a thread was archived, or opened again by a message."""
        self._gateway.announce("THREAD_UPDATE", lambda _: channel_json(channel), guild=channel.guild, channel=channel)
        self._feed.tell("thread.update", channel)

    def thread_joined(self, channel: Channel, user: User) -> None:
        """Tell that an account joined a thread; a bot that joins is sent the thread."""
        application = channel.world.application_of(user)
        if application is not None:
            body = channel_json(channel)
            self._gateway.announce("THREAD_CREATE", lambda _: body, guild=channel.guild, only=application)
        self._feed.tell("thread.join", (channel, user))

    def _message(self, event: str, message: Message) -> None:
        self._about(
            message,
            event,
            lambda session: message_event_json(message, session.application, reads_content=session.reads_content),
        )

    def _about(self, message: Message, event: str, build: Callable[[Session], Json]) -> None:
        """Send an event about a message to those who see it.

        An ephemeral one is told to the bot that wrote it, and as if it were a direct message: without a guild, by the
        intent for direct messages (discord-api-docs issue 4557, since documented as it is).
        """
        if message.ephemeral and message.interaction is not None:
            self._gateway.announce(event, build, guild=None, only=message.interaction.application)
        else:
            self._gateway.announce(event, build, guild=message.channel.guild, channel=message.channel)

    def _role(self, event: str, role: Role) -> None:
        body = {"guild_id": str(role.guild.id), "role": role_json(role)}
        self._gateway.announce(event, lambda _: body, guild=role.guild)

    def _channel(self, event: str, channel: Channel) -> None:
        self._gateway.announce(event, lambda _: channel_json(channel), guild=channel.guild)
