"""The port through which messages are written: create, edit and delete them, and the errors of doing so."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.domain.content import RichContent
from bot.domain.controls import Controls

Verb = Literal["create", "edit", "delete", "type"]


@dataclass(frozen=True, slots=True)
class BucketKey:
    """One of Discord's rate-limit buckets, as far as a sender can name it: each verb is counted apart.

    `key` names the channel or the interaction. `counted` tells whether its requests count towards the global limit of
    50 a second; those of interactions do not.
    """

    verb: Verb
    key: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file attached to a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """How one message should look: its text (at most 2000 characters), and what is below the text."""

    text: str
    rich: tuple[RichContent, ...] = ()
    file: TextFile | None = None
    controls: Controls | None = None


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message of an answer as Discord has it; `steered` tells whether the bot's controls are below it."""

    message: int
    text: str
    steered: bool = False


class CanvasError(Exception):
    """Discord did not take a message."""


class WriteForbidden(CanvasError):
    """The bot lacks a permission to write here."""


class PlaceRefused(CanvasError):
    """Discord takes no message of the bot in this channel, and no permission would change that."""


class Refused(CanvasError):
    """Discord refuses for a reason that is neither the message's text nor the channel."""


class MessageNotFound(CanvasError):
    """The channel or the message does not exist any longer."""


class BadRequest(CanvasError):
    """Discord finds the message malformed (400); sending it again would not help."""


class BlockedByRule(BadRequest):
    """A rule of the server (AutoMod) blocks the text (codes 200000 and 200001)."""


class BlockedLink(BadRequest):
    """Discord's filter for harmful links blocks the text (code 240000)."""


class ThreadLocked(CanvasError):
    """The thread is locked, or archived (codes 160005 and 50083)."""


class ThreadExists(CanvasError):
    """A thread was started from the message before (code 160004)."""


class TokenExpired(CanvasError):
    """The bot could write here for a limited time, which is over (codes 50027, 10015 and 10062)."""


class Unconfirmed(CanvasError):
    """Discord took a message, and answered with what cannot be read: it is there, and its id is not known."""


class Unavailable(CanvasError):
    """Discord failed or could not be reached; the same request may succeed later."""


class EditLimited(Unavailable):
    """Discord takes no more edits of such old messages for now (codes 30046 and 20022); new messages it takes."""


class HeldBack(Unavailable):
    """Discord asks to wait longer than a minute before the next try (429)."""


class MessageSurface(Protocol):
    """Where messages are written. `first` marks an answer's first message: only that one replies and pings the asker.

    `max_messages` is how many messages the text of a long answer may take before a last one with a file; None if
    Discord sets no limit. After `deadline`, in the event loop's time, nothing can be written here; None if there is
    no such limit.
    """

    max_messages: int | None = None
    deadline: float | None = None

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the rate-limit bucket of the next such request."""
        ...

    async def typing(self) -> None:
        """Show the typing indicator for about ten seconds; failures are ignored."""
        ...

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Post a message and return its id as soon as Discord has taken it; raises `CanvasError`.

        `after` is the message that it continues, None if it is the first. If others came in between, it replies to it.
        """
        ...

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace a message's text and what is below it; raises `CanvasError`."""
        ...

    async def delete(self, message: int) -> None:
        """Delete a message; raises `CanvasError`."""
        ...


class Canvas(MessageSurface, Protocol):
    """Where one question is answered, and its asker is spoken to."""

    @property
    def token(self) -> str | None:
        """The interaction's token, with which its messages can be edited for 15 minutes; None if there is none."""
        ...

    async def begin(self) -> None:
        """Acknowledge the question if Discord sets a deadline for that (3 s for an interaction)."""
        ...

    async def withdraw(self) -> None:
        """Take the acknowledgement away, if it can be seen: the question is answered elsewhere. Raises nothing."""
        return

    def queue_notice_surface(self) -> MessageSurface:
        """Return where the asker reads their position in the queue; this message pings nobody, and is deleted later."""
        ...

    def ping_surface(self) -> MessageSurface:
        """Return where a short message is written that pings the asker."""
        ...

    def others_below(self, message: int) -> int:
        """Return how many messages of others than the asker and the bot are below `message`, as far as is known."""
        ...

    async def refuse(self, sentence: str) -> bool:
        """Tell the asker privately that the question is not answered; raises `CanvasError`.

        Returns False, and says nothing, if that is not possible here: then the channel has to be told.
        """
        ...

    async def send_dm(self, sentence: str) -> bool | None:
        """Send the asker a direct message; returns whether it reached them, None if they did not speak to the bot.

        People who were only overheard are sent none.
        """
        ...


class SavedCanvas(Canvas, Protocol):
    """Where an earlier answer is, which perhaps an earlier process gave."""

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return what Discord has of an answer that was cut off, in order; raises `CanvasError`.

        `messages` are those whose ids were stored. Any that were posted just before the process ended are found by the
        message they reply to, and by the controls below them.
        """
        ...


StartThread = Callable[[int, str], Awaitable[None]]
"""Starts a thread from the message with this id, named by this text; raises `CanvasError`.

The thread has the message's id (documentation, "Start Thread from Message").
"""
