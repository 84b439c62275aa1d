"""What a way to write messages into Discord can do, and the one that can do nothing."""

from typing import Protocol

from bot.discord.rate_limits.routes import channel_bucket
from bot.streaming.canvas import BucketKey, CanvasError, Frame, Verb


class Transport(Protocol):
    """A way to write messages. `first` marks an answer's first message. Requests raise `CanvasError`."""

    def bucket(self, verb: Verb) -> BucketKey:
        """Return the rate-limit bucket of the next such request."""
        ...

    async def typing(self) -> None:
        """Show that an answer is coming, if that is not shown anyway; raises nothing."""
        ...

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Write a new message and return its id."""
        ...

    async def edit(self, message: int, before: Frame | None, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows; `before` is what it shows now, None if that is not known."""
        ...

    async def delete(self, message: int) -> None:
        """Delete a message."""
        ...


class ClosedTransport:
    """A channel that the bot cannot write into: every request raises `error`."""

    def __init__(self, channel_id: int, error: type[CanvasError]) -> None:
        self._channel_id = channel_id
        self._error = error

    def bucket(self, verb: Verb) -> BucketKey:
        """Return the channel's bucket."""
        return channel_bucket(verb, self._channel_id)

    async def typing(self) -> None:
        """Do nothing."""

    async def create(self, _frame: Frame, *, after: int | None) -> int:  # noqa: ARG002 - the port's form
        """Raise the error."""
        raise self._error

    async def edit(self, message: int, before: Frame | None, frame: Frame, *, first: bool) -> None:  # noqa: ARG002
        """Raise the error."""
        raise self._error

    async def delete(self, message: int) -> None:  # noqa: ARG002 - the port's form
        """Raise the error."""
        raise self._error
