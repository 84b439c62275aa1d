"""What the program asks of a place to write: create a message, edit it, and say why it could not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.domain.content import RichContent
from bot.domain.controls import Controls

Verb = Literal["create", "edit", "delete", "type"]


@dataclass(frozen=True, slots=True)
class BucketKey:
    """One of Discord's rate-limit buckets, as far as a sender can name it: each verb is counted apart.

    `key` names the channel or the interaction. `counted` tells whether its requests count against the limit of 50 a
    second over everything; those of interactions do not.
    """

    verb: Verb
    key: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file that goes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it is to look: its text (at most 2000 characters), and what stands under the text."""

    text: str
    rich: tuple[RichContent, ...] = ()
    file: TextFile | None = None
    controls: Controls | None = None


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message of an answer as it stands in Discord; `steered` tells whether controls of the bot's are under it."""

    message: int
    text: str
    steered: bool = False


class CanvasError(Exception):
    """Discord did not take a message."""


class WriteForbidden(CanvasError):
    """The bot may not write here (403)."""


class MessageNotFound(CanvasError):
    """The channel, or the message that was to be edited, is not there any more (404)."""


class BadRequest(CanvasError):
    """Discord found the message malformed (400); sending the same again would not help."""


class ThreadLocked(CanvasError):
    """The thread is archived and locked (400, code 50083)."""


class TokenExpired(CanvasError):
    """The bot was let write here for a limited time, which is over (401, code 50027)."""


class Unavailable(CanvasError):
    """Discord failed or could not be reached; the same may go through later."""


class HeldBack(Unavailable):
    """Discord asks to wait for longer than a minute (429) before the same may be tried again."""


class MessageSurface(Protocol):
    """Where messages are written. `first` marks an answer's first message: it alone replies, and pings its asker.

    `max_messages` is how many messages may hold the text of a longer answer, before a last one that goes with a file;
    None where Discord sets no bound. `deadline` is when the place can be written to no longer, in the event loop's
    time; None where that is never.
    """

    max_messages: int | None = None
    deadline: float | None = None

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the lane that the next such request would use."""
        ...

    async def typing(self) -> None:
        """Show for about ten seconds that an answer is coming; failures are of no consequence and swallowed."""
        ...

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Write a new message and return its id; raises `CanvasError`. Returns as soon as Discord has taken it."""
        ...

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace a message's text and what stands under it; raises `CanvasError`."""
        ...

    async def delete(self, message: int) -> None:
        """Take a message away; raises `CanvasError`."""
        ...


class Canvas(MessageSurface, Protocol):
    """The place of one question, where its answer is written and its asker can be spoken to."""

    @property
    def token(self) -> str | None:
        """The interaction's token, by which what is written here can be edited for 15 minutes; None for a message."""
        ...

    async def begin(self) -> None:
        """Acknowledge the question, where the place has a deadline for it (an interaction's 3 s)."""
        ...

    def queue_notice_surface(self) -> MessageSurface:
        """Return where a passing remark to the asker is written: it pings nobody, and goes before the answer comes."""
        ...

    def ping_surface(self) -> MessageSurface:
        """Return where a short message is written that pings the asker."""
        ...

    def messages_since(self) -> int:
        """Return about how many messages of other people came into the channel since the question."""
        ...

    async def refuse(self, sentence: str) -> bool:
        """Tell the asker privately that the question is not answered; raises `CanvasError`.

        Returns False, and says nothing, where the place has no private way: then it is to be said in the open.
        """
        ...

    async def send_dm(self, sentence: str) -> bool:
        """Tell the asker outside the channel, in a direct message; returns whether that reached them."""
        ...


class SavedCanvas(Canvas, Protocol):
    """The place of an answer that was given before, perhaps by the process before this one."""

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return what is left in Discord of an answer that was cut off, in order; raises `CanvasError`.

        `messages` are those of it that are known. What was written in the moment of the end is known to nobody, and
        found by what it replies to and by the controls under it.
        """
        ...
