"""Sending, editing and deleting messages, for people and bots; callers have checked permissions and form."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.discord.errors import BLOCKED_BY_AUTOMOD, ApiError, Json
from sandbox.discord.model.channels import TYPING_LASTS, Channel
from sandbox.discord.model.interactions import Interaction
from sandbox.discord.model.messages import (
    NO_EXTRAS,
    NO_FLAGS,
    Attachment,
    Extras,
    Frame,
    Message,
    MessageFlag,
    MessageType,
    Reference,
    Snapshot,
)
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User
from sandbox.discord.operations.mentions import Allowed, find_mentions, pinged_by


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message is to show, checked and complete."""

    content: str = ""
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: MessageFlag = NO_FLAGS
    allowed: Allowed = field(default_factory=Allowed)
    answers: Message | None = None
    nonce: str | int | None = None
    request: Any = None
    extras: Extras = NO_EXTRAS

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        shown = self.content or self.embeds or self.components or self.attachments
        return not shown and self.extras == NO_EXTRAS


def post(
    channel: Channel,
    author: User,
    draft: Draft,
    *,
    kind: MessageType | None = None,
    interaction: Interaction | None = None,
    key: int | None = None,
    silent_reply: bool = False,
    reference: Reference | None = None,
) -> Message:
    """Send a message and tell everybody.

    `key` forces its id; `silent_reply` refers to another message without pinging; `reference` is for system messages.
    Like `edit` and `fill_in`, raises ApiError 200000 if AutoMod blocks it.
    """
    _check_rules(channel, author, draft)
    state = channel.state
    answered = draft.answers
    mentions = find_mentions(draft.content, channel, author, draft.allowed, None if silent_reply else answered)
    silent = MessageFlag.EPHEMERAL in draft.flags or MessageFlag.LOADING in draft.flags
    message = Message(
        key if key is not None else state.ids.mint(),
        channel,
        author,
        kind if kind is not None else MessageType.REPLY if answered is not None else MessageType.DEFAULT,
        state.clock.timestamp(),
        [frame_of(draft, channel)],
        flags=draft.flags,
        mentions=mentions,
        pinged=frozenset() if silent else pinged_by(mentions, channel, author),
        reference=reference or _reference(answered),
        interaction=interaction,
        nonce=draft.nonce,
    )
    channel.messages[message.id] = message
    channel.typing.pop(author.id, None)
    if channel.thread is not None:
        channel.thread.message_count += 1
        channel.thread.member_ids.setdefault(author.id, message.timestamp)
        if channel.thread.archived:
            channel.thread.archived = False
            state.events.thread_updated(channel)
    state.events.message_created(message)
    return message


def edit(message: Message, draft: Draft) -> None:
    """Replace what a message shows; this adds a frame and notifies nobody."""
    author = message.author
    _check_rules(message.channel, author, draft)
    answered = message.replied_to if message.type is MessageType.REPLY else None
    message.mentions = find_mentions(draft.content, message.channel, author, draft.allowed, answered)
    message.flags = draft.flags
    message.edited_timestamp = message.channel.state.clock.timestamp()
    message.frames.append(frame_of(draft, message.channel))
    message.channel.state.events.message_updated(message)


def fill_in(message: Message, draft: Draft) -> None:
    """Put an interaction's answer in the place of its "thinking" placeholder; the first text may ping."""
    _check_rules(message.channel, message.author, draft)
    hidden = message.flags & MessageFlag.EPHEMERAL  # As it was deferred: the answer's own flags do not count.
    message.flags = (draft.flags & ~(MessageFlag.LOADING | MessageFlag.EPHEMERAL)) | hidden
    message.mentions = find_mentions(draft.content, message.channel, message.author, draft.allowed)
    if not message.ephemeral:
        message.pinged = pinged_by(message.mentions, message.channel, message.author)
    message.edited_timestamp = message.channel.state.clock.timestamp()
    message.frames.append(frame_of(draft, message.channel))
    message.channel.state.events.message_updated(message)


def forward(message: Message, channel: Channel, author: User) -> Message:
    """Send what a message shows now to another channel, without its author (reference, "Message Snapshot Object")."""
    snapshot = Snapshot(
        message.frames[-1],
        message.type,
        message.timestamp,
        message.edited_timestamp,
        message.flags,
        message.mentions,
    )
    draft = Draft(flags=MessageFlag.HAS_SNAPSHOT, extras=Extras(snapshot=snapshot))
    return post(channel, author, draft, reference=_reference(message, forwards=True))


def pin(message: Message, author: User) -> Message:
    """Pin a message, which nobody has edited; return the system message that tells of it."""
    message.channel.state.events.message_updated(message)
    return post(message.channel, author, Draft(), kind=MessageType.PIN, reference=_reference(message))


def delete(message: Message) -> None:
    """Delete a message; its frames stay readable."""
    message.deleted = True
    del message.channel.messages[message.id]
    message.channel.state.events.message_deleted(message)


def delete_many(channel: Channel, messages: Sequence[Message]) -> None:
    """Take messages of a guild's channel away at once, as moderators' tools do."""
    for message in messages:
        message.deleted = True
        del channel.messages[message.id]
    channel.state.events.messages_deleted(channel, messages)


def preview(message: Message, embed: Json) -> None:
    """Put a link's preview under a message, as Discord does by itself: nobody has edited it."""
    shown = message.frames[-1]
    message.frames.append(replace(shown, at=message.channel.state.clock.monotonic(), embeds=(*shown.embeds, embed)))
    message.channel.state.events.message_updated(message)


def start_typing(channel: Channel, user: User) -> None:
    """Show the others that this account types, for ten seconds or until its next message."""
    channel.typing[user.id] = channel.state.clock.monotonic() + TYPING_LASTS
    channel.state.events.typing_started(channel, user)


def frame_of(draft: Draft, channel: Channel) -> Frame:
    """Return the draft as it is seen from now on."""
    now = channel.state.clock.monotonic()
    return Frame(now, draft.content, draft.embeds, draft.components, draft.attachments, draft.request, draft.extras)


def may_send(channel: Channel, user: User) -> bool:
    """Whether this account may send messages here."""
    needed = Permission.SEND_MESSAGES if channel.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    return needed in channel.permissions_of(user)


def _check_rules(channel: Channel, author: User, draft: Draft) -> None:
    if channel.guild is not None and channel.guild.blocks(author, draft.content):
        raise ApiError(BLOCKED_BY_AUTOMOD)


def _reference(answered: Message | None, *, forwards: bool = False) -> Reference | None:
    if answered is None:
        return None
    guild = answered.channel.guild
    return Reference(answered.channel.id, answered.id, guild.id if guild is not None else None, forwards)
