"""Sending, editing and deleting messages, for people and bots; callers have checked permissions and form."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.discord.errors import BLOCKED_BY_AUTOMOD, ApiError, Json
from sandbox.discord.model.channels import TYPING_LASTS, Channel
from sandbox.discord.model.components import Kind, walk
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
from sandbox.discord.operations.closed_threads import check_open, reopen
from sandbox.discord.operations.mentions import Allowed, find_mentions, pinged_by

NONCE_LASTS = 180.0
"""Seconds for which an enforced nonce is unique; Discord says "the past few minutes" (reference, "Create Message")."""


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

    @property
    def text(self) -> str:
        """All that may mention people: the content, and the components' text (reference, "Allowed Mentions Object")."""
        shown = [
            str(part.get("content", "")) for part in walk(self.components) if part.get("type") == Kind.TEXT_DISPLAY
        ]
        return "\n".join([self.content, *shown])


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
    Like `edit` and `fill_in`, raises ApiError 200000 if AutoMod blocks it, 50083 or 160005 in a closed thread.
    """
    _check_rules(channel, author, draft, is_new=True)
    state = channel.state
    answered = draft.answers
    mentions = find_mentions(draft.text, channel, author, draft.allowed, None if silent_reply else answered)
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
    if channel.thread is not None and not message.ephemeral:
        channel.thread.message_count += 1
        channel.thread.total_sent += 1
        channel.thread.member_ids.setdefault(author.id, message.timestamp)
        reopen(channel)
    state.events.message_created(message)
    return message


def edit(message: Message, draft: Draft) -> None:
    """Replace what a message shows; this adds a frame and notifies nobody."""
    author = message.author
    _check_rules(message.channel, author, draft)
    answered = message.replied_to if message.type is MessageType.REPLY else None
    message.mentions = find_mentions(draft.text, message.channel, author, draft.allowed, answered)
    message.flags = draft.flags
    message.edited_timestamp = message.channel.state.clock.timestamp()
    message.frames.append(frame_of(draft, message.channel))
    message.channel.state.events.message_updated(message)


def fill_in(message: Message, draft: Draft) -> None:
    """Put an interaction's answer in the place of its "thinking" placeholder; the first text may ping."""
    hidden = message.flags & MessageFlag.EPHEMERAL  # As it was deferred: the answer's own flags do not count.
    flags = (draft.flags & ~(MessageFlag.LOADING | MessageFlag.EPHEMERAL)) | hidden
    _check_rules(message.channel, message.author, replace(draft, flags=flags))
    message.flags = flags
    message.mentions = find_mentions(draft.text, message.channel, message.author, draft.allowed)
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
    channel = message.channel
    channel.pins[message.id] = channel.state.clock.timestamp()
    channel.state.events.message_updated(message)
    channel.state.events.pins_changed(channel)
    return post(message.channel, author, Draft(), kind=MessageType.PIN, reference=_reference(message))


def unpin(message: Message) -> None:
    """Take a message from its channel's pins."""
    message.channel.pins.pop(message.id, None)
    message.channel.state.events.message_updated(message)
    message.channel.state.events.pins_changed(message.channel)


def delete(message: Message) -> None:
    """Delete a message; its frames stay readable."""
    _remove(message)
    message.channel.state.events.message_deleted(message)


def delete_many(channel: Channel, messages: Sequence[Message]) -> None:
    """Take messages of a guild's channel away at once, as moderators' tools do."""
    for message in messages:
        _remove(message)
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


def find_by_nonce(channel: Channel, author: User, nonce: str | int | None) -> Message | None:
    """Return the message that this account sent here with this nonce in the past few minutes."""
    since = channel.state.clock.monotonic() - NONCE_LASTS
    for message in reversed(channel.messages.values()):
        if message.frames[0].at < since:
            return None
        if nonce is not None and message.author is author and message.nonce == nonce:
            return message
    return None


def may_send(channel: Channel, user: User) -> bool:
    """Whether this account may send messages here, at any time: slow mode counts for people only."""
    needed = Permission.SEND_MESSAGES if channel.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    return channel.readable_by(user) and needed in channel.permissions_of(user)


def _check_rules(channel: Channel, author: User, draft: Draft, *, is_new: bool = False) -> None:
    if MessageFlag.EPHEMERAL not in draft.flags:
        check_open(channel, author, reopens=is_new)
    if channel.guild is not None and channel.guild.blocks(author, draft.text):
        raise ApiError(BLOCKED_BY_AUTOMOD)


def _remove(message: Message) -> None:
    channel = message.channel
    message.deleted = True
    del channel.messages[message.id]
    channel.pins.pop(message.id, None)
    if channel.thread is not None and not message.ephemeral:
        channel.thread.message_count -= 1


def _reference(answered: Message | None, *, forwards: bool = False) -> Reference | None:
    if answered is None:
        return None
    guild = answered.channel.guild
    return Reference(answered.channel.id, answered.id, guild.id if guild is not None else None, forwards)
