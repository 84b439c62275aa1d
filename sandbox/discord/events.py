"""Sends each change to the bots that may know of it, and writes it to the change log."""

from collections.abc import Callable, Sequence

from sandbox.discord.errors import Json
from sandbox.discord.gateway.intents import Intent
from sandbox.discord.gateway.sessions import Session, Sessions
from sandbox.discord.model.change_log import ChangeLog
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Guild, Member, Role
from sandbox.discord.model.interactions import Interaction
from sandbox.discord.model.messages import Message
from sandbox.discord.model.users import Application, User
from sandbox.discord.serializers.guilds import channel_json, last_pin
from sandbox.discord.serializers.interactions import interaction_json
from sandbox.discord.serializers.messages import message_event_json
from sandbox.discord.serializers.users import member_json, role_json, user_json


class Events:
    """One method for each kind of thing that happens."""

    def __init__(self, sessions: Sessions, change_log: ChangeLog) -> None:
        self._sessions = sessions
        self._change_log = change_log

    def message_created(self, message: Message) -> None:
        """Tell that a message was sent."""
        self._message("MESSAGE_CREATE", message)
        self._change_log.record("message.create", message)

    def message_updated(self, message: Message) -> None:
        """Tell that a message was edited."""
        self._message("MESSAGE_UPDATE", message)
        self._change_log.record("message.edit", message)

    def message_deleted(self, message: Message) -> None:
        """Tell that a message was deleted."""
        channel = message.channel
        gone = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild is not None and not message.ephemeral:
            gone["guild_id"] = str(channel.guild.id)
        self._about(message, "MESSAGE_DELETE", lambda _: gone)
        self._change_log.record("message.delete", message)

    def messages_deleted(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Tell that messages of a guild's channel were deleted at once."""
        assert channel.guild is not None
        gone = {
            "ids": [str(message.id) for message in messages],
            "channel_id": str(channel.id),
            "guild_id": str(channel.guild.id),
        }
        self._sessions.send("MESSAGE_DELETE_BULK", lambda _: gone, guild=channel.guild, channel=channel)
        for message in messages:
            self._change_log.record("message.delete", message)

    def pins_changed(self, channel: Channel) -> None:
        """Tell that a message was pinned, or taken from the pins."""
        body: Json = {"channel_id": str(channel.id), "last_pin_timestamp": last_pin(channel)}
        body |= {"guild_id": str(channel.guild.id)} if channel.guild is not None else {}
        self._sessions.send("CHANNEL_PINS_UPDATE", lambda _: body, guild=channel.guild, channel=channel)
        self._change_log.record("channel.pins", channel)

    def typing_started(self, channel: Channel, user: User) -> None:
        """Somebody types."""
        guild = channel.guild
        body = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": int(channel.state.clock.epoch()),
        }
        if guild is not None:
            body |= {"guild_id": str(guild.id), "member": member_json(guild.members[user.id])}
        self._sessions.send("TYPING_START", lambda _: body, guild=guild, channel=channel)
        self._change_log.record("typing.start", (channel, user))

    def interaction_created(self, interaction: Interaction) -> int:
        """Tell that a person did something that the bot must answer; to how many connections it went."""
        reached = self._sessions.send(
            "INTERACTION_CREATE",
            lambda _: interaction_json(interaction),
            guild=interaction.channel.guild,
            only=interaction.application,
        )
        self._change_log.record("interaction.create", interaction)
        return reached

    def interaction_answered(self, interaction: Interaction) -> None:
        """Tell that the bot answered, or the person stopped waiting."""
        self._change_log.record("interaction.response", interaction)

    def guild_joined(self, guild: Guild, application: Application) -> None:
        """Tell that a bot was added to a guild, which a client knows by what the event leaves out: `unavailable`."""

        def build(session: Session) -> Json:
            event = session.guild_create(guild)
            return {key: value for key, value in event.items() if key != "unavailable"}

        self._sessions.send("GUILD_CREATE", build, guild=guild, only=application)
        self._change_log.record("guild.join", guild)

    def guild_broke_down(self, guild: Guild) -> None:
        """Tell that a guild has an outage (reference, "Guild Delete": `unavailable` is true then)."""
        self._sessions.send("GUILD_DELETE", lambda _: {"id": str(guild.id), "unavailable": True}, guild=guild)
        self._change_log.record("guild.outage", guild)

    def guild_recovered(self, guild: Guild) -> None:
        """Tell that a guild's outage is over."""
        self._sessions.send("GUILD_CREATE", lambda session: session.guild_create(guild), guild=guild)
        self._change_log.record("guild.recovery", guild)

    def member_joined(self, member: Member) -> None:
        """Somebody joined; a bot learns of its own joining by GUILD_CREATE."""
        body = member_json(member) | {"guild_id": str(member.guild.id)}
        if not member.user.is_bot:
            self._sessions.send("GUILD_MEMBER_ADD", lambda _: body, guild=member.guild)
        self._change_log.record("member.join", member)

    def member_left(self, member: Member) -> None:
        """Somebody left or was removed."""
        guild, user = member.guild, member.user
        application = guild.state.application_of(user)
        if application is not None:
            self._sessions.send("GUILD_DELETE", lambda _: {"id": str(guild.id)}, guild=guild, only=application)
        body = {"guild_id": str(guild.id), "user": user_json(user)}
        self._sessions.send("GUILD_MEMBER_REMOVE", lambda _: body, guild=guild)
        self._change_log.record("member.leave", member)

    def member_updated(self, member: Member) -> None:
        """Tell that a nickname or roles changed; a bot hears of its own even without the members intent."""
        body = member_json(member) | {"guild_id": str(member.guild.id)}
        self._sessions.send("GUILD_MEMBER_UPDATE", lambda _: body, guild=member.guild)
        for session in self._sessions:
            own = session.application.bot is member.user
            if own and session.covers(member.guild) and Intent.GUILD_MEMBERS not in session.intents:
                session.push("GUILD_MEMBER_UPDATE", body)
        self._reveal(member.guild)
        self._change_log.record("member.update", member)

    def role_created(self, role: Role) -> None:
        """Tell that a role was added."""
        self._role("GUILD_ROLE_CREATE", role)
        self._change_log.record("role.create", role)

    def role_updated(self, role: Role) -> None:
        """Tell that a role changed."""
        self._role("GUILD_ROLE_UPDATE", role)
        self._reveal(role.guild)
        self._change_log.record("role.update", role)

    def role_deleted(self, role: Role) -> None:
        """Tell that a role was deleted (reference, "Guild Role Delete")."""
        body = {"guild_id": str(role.guild.id), "role_id": str(role.id)}
        self._sessions.send("GUILD_ROLE_DELETE", lambda _: body, guild=role.guild)
        self._reveal(role.guild)
        self._change_log.record("role.delete", role)

    def channel_created(self, channel: Channel) -> None:
        """Tell that a channel was added."""
        self._channel("CHANNEL_CREATE", channel)
        self._change_log.record("channel.create", channel)

    def channel_updated(self, channel: Channel) -> None:
        """Tell that a channel's overwrites changed; those who no longer see it hear of it too."""
        self._channel("CHANNEL_UPDATE", channel)
        self._change_log.record("channel.update", channel)

    def channel_deleted(self, channel: Channel) -> None:
        """Tell that a channel or thread was deleted."""
        if channel.thread is None:
            self._channel("CHANNEL_DELETE", channel)
        else:
            body = {"id": str(channel.id), "type": int(channel.type)}
            body |= {"guild_id": str(channel.guild.id)} if channel.guild is not None else {}
            body |= {"parent_id": str(channel.parent.id)} if channel.parent is not None else {}
            self._sessions.send("THREAD_DELETE", lambda _: body, guild=channel.guild, channel=channel)
        self._change_log.record("channel.delete", channel)

    def thread_created(self, channel: Channel) -> None:
        """Tell that a thread or forum post was opened."""
        body = channel_json(channel) | {"newly_created": True}
        self._sessions.send("THREAD_CREATE", lambda _: body, guild=channel.guild, channel=channel)
        self._change_log.record("thread.create", channel)

    def thread_updated(self, channel: Channel) -> None:
        """Tell that a thread was archived, or opened again by a message."""
        self._sessions.send("THREAD_UPDATE", lambda _: channel_json(channel), guild=channel.guild, channel=channel)
        self._change_log.record("thread.update", channel)

    def thread_joined(self, channel: Channel, user: User) -> None:
        """Tell that an account joined a thread; a bot that joins is sent the thread."""
        application = channel.state.application_of(user)
        if application is not None:
            body = channel_json(channel)
            self._sessions.send("THREAD_CREATE", lambda _: body, guild=channel.guild, only=application)
        self._change_log.record("thread.join", (channel, user))

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
            self._sessions.send(event, build, guild=None, only=message.interaction.application)
        else:
            self._sessions.send(event, build, guild=message.channel.guild, channel=message.channel)

    def _role(self, event: str, role: Role) -> None:
        body = {"guild_id": str(role.guild.id), "role": role_json(role)}
        self._sessions.send(event, lambda _: body, guild=role.guild)

    def _channel(self, event: str, channel: Channel) -> None:
        self._sessions.send(event, lambda session: session.channel(channel), guild=channel.guild)

    def _reveal(self, guild: Guild) -> None:
        """Send the channels that a bot could not view and now can."""
        for session in self._sessions:
            if not session.hidden or not session.wants("CHANNEL_UPDATE", guild):
                continue
            for channel in guild.channels.values():
                if channel.id in session.hidden and channel.viewable_by(session.application.bot):
                    session.push("CHANNEL_UPDATE", session.channel(channel))
