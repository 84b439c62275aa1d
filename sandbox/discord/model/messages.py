"""Messages, their files, and the history of what each showed and when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

from sandbox.discord.model.signed_urls import sign

if TYPE_CHECKING:
    from sandbox.discord.errors import Json
    from sandbox.discord.model.channels import Channel
    from sandbox.discord.model.clock import Clock
    from sandbox.discord.model.guilds import Role
    from sandbox.discord.model.interactions import Interaction
    from sandbox.discord.model.users import User


class MessageType(IntEnum):
    """What kind of message it is (reference, "Message Types")."""

    DEFAULT = 0
    PIN = 6
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU_COMMAND = 23


SYSTEM = frozenset({MessageType.PIN, MessageType.THREAD_CREATED, MessageType.THREAD_STARTER})
"""Discord's own messages, to which nobody can reply."""


class MessageFlag(IntFlag):
    """A message's flags (reference, "Message Flags")."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    HAS_SNAPSHOT = 1 << 14
    IS_COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


@dataclass(frozen=True, eq=False)
class Attachment:
    """A file in a message, served by the sandbox at its `url`, if that is signed."""

    id: int
    filename: str
    data: bytes = field(repr=False)
    url: str
    content_type: str
    clock: Clock = field(repr=False)
    description: str | None = None

    def signed_url(self) -> str:
        """Return the address as the API gives it, which holds for a day."""
        return sign(self.url, self.id, self.clock.epoch())


@dataclass(frozen=True, slots=True)
class Poll:
    """A question and the options to vote for."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker in a message."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a forward holds of another message: what it showed then, and not who wrote it."""

    shown: Frame
    type: MessageType
    timestamp: str
    edited_timestamp: str | None
    flags: MessageFlag
    mentions: Mentions


@dataclass(frozen=True, slots=True)
class Extras:
    """What few messages hold."""

    poll: Poll | None = None
    stickers: tuple[Sticker, ...] = ()
    snapshot: Snapshot | None = None


NO_EXTRAS = Extras()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a message showed from one moment on.

    `at` is in seconds on the sandbox's monotonic clock; `request` is the body that the bot sent, None for people.
    """

    at: float
    content: str
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    request: Any = None
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class Reference:
    """Which message another one answers, belongs to or forwards."""

    channel_id: int
    message_id: int | None
    guild_id: int | None
    forwards: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message names in a way that may ping."""

    users: tuple[User, ...] = ()
    roles: tuple[Role, ...] = ()
    everyone: bool = False


@dataclass(eq=False)
class Message:
    """A message: what it is now, every frame it went through, and whom it pinged when it was first sent."""

    id: int
    channel: Channel = field(repr=False)
    author: User
    type: MessageType
    timestamp: str
    frames: list[Frame] = field(repr=False)
    flags: MessageFlag = NO_FLAGS
    mentions: Mentions = field(default_factory=Mentions, repr=False)
    pinged: frozenset[User] = field(default=frozenset(), repr=False)
    reference: Reference | None = None
    interaction: Interaction | None = field(default=None, repr=False)
    thread: Channel | None = field(default=None, repr=False)
    nonce: str | int | None = None
    edited_timestamp: str | None = None
    deleted: bool = False

    @property
    def content(self) -> str:
        """The text as it is now."""
        return self.frames[-1].content

    @property
    def embeds(self) -> tuple[Json, ...]:
        """The embeds as they are now."""
        return self.frames[-1].embeds

    @property
    def components(self) -> tuple[Json, ...]:
        """The top-level components as they are now."""
        return self.frames[-1].components

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files as they are now."""
        return self.frames[-1].attachments

    @property
    def extras(self) -> Extras:
        """The poll, stickers and forwarded message, if there are any."""
        return self.frames[-1].extras

    @property
    def ephemeral(self) -> bool:
        """Whether only the one who asked sees it."""
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def thinking(self) -> bool:
        """Whether it is an interaction's placeholder that has not been filled in."""
        return MessageFlag.LOADING in self.flags

    @property
    def replied_to(self) -> Message | None:
        """The message that this one answers, unless it is gone or it answers none."""
        if self.reference is None or self.reference.message_id is None:
            return None
        return self.channel.state.find_message(self.reference.channel_id, self.reference.message_id)

    def visible_to(self, user: User) -> bool:
        """Whether this person can see it: not deleted, and if ephemeral, their own interaction's."""
        if self.deleted or not self.channel.readable_by(user):
            return False
        return not self.ephemeral or (self.interaction is not None and self.interaction.user is user)

    async def wait_until(self, shows: str, timeout: float = 30.0) -> Frame:  # noqa: ASYNC109
        """Return the first frame, past or to come, whose content contains `shows`. Raises TimeoutError."""
        return await self.channel.state.change_log.wait_for(
            lambda: next((frame for frame in self.frames if shows in frame.content), None), timeout
        )

    async def settled(self, quiet: float = 1.0, timeout: float = 30.0) -> Frame:  # noqa: ASYNC109
        """Return the last frame, once none has been added for `quiet` seconds of real time. Raises TimeoutError."""
        change_log = self.channel.state.change_log
        async with asyncio.timeout(timeout):
            while True:
                seen = len(self.frames)
                try:
                    await change_log.wait_for(lambda seen=seen: len(self.frames) > seen, quiet)  # type: ignore[misc]
                except TimeoutError:
                    return self.frames[-1]
