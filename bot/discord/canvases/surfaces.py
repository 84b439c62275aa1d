"""Where messages are written: each by the interaction's token if that reaches it, or else in the channel."""

from bot.discord.canvases.token_transports import WebhookTransport
from bot.discord.canvases.transports import Transport
from bot.streaming.canvas import BucketKey, Frame, MessageSurface, Verb


class TransportSurface(MessageSurface):
    """Writes by `token` if that is given and reaches the message, or else by `channel`."""

    def __init__(
        self,
        channel: Transport,
        token: WebhookTransport | None = None,
        *,
        max_messages: int | None = None,
        deadline: float | None = None,
    ) -> None:
        self._channel = channel
        self._token = token
        self.max_messages = max_messages
        self.deadline = deadline
        self._shown: dict[int, Frame] = {}

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:  # noqa: ARG002 - the port's form
        """Return the rate-limit bucket of the next such request."""
        return self._transport(None).bucket(verb)

    async def typing(self) -> None:
        """Show that an answer is coming, if Discord allows it."""
        await self._transport(None).typing()

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Write a new message and return its id."""
        message = await self._transport(None).create(frame, after=after)
        self._shown[message] = frame
        return message

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        await self._transport(message).edit(message, self._shown.get(message), frame, first=first)
        self._shown[message] = frame

    async def delete(self, message: int) -> None:
        """Delete a message."""
        await self._transport(message).delete(message)

    def _transport(self, message: int | None) -> Transport:
        """Return what reaches `message`, or writes a new one if that is None."""
        return self._token if self._token is not None and self._token.reaches(message) else self._channel
