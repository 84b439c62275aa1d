"""An answer written below the message that asked."""

import discord

from bot.discord.canvases.channel_transports import ChannelTransport
from bot.discord.canvases.requests import Requests
from bot.discord.canvases.surfaces import TransportSurface
from bot.streaming.canvas import Canvas, MessageSurface


class MessageCanvas(TransportSurface, Canvas):
    """Answers a message in its channel: the first message replies and pings its asker, the others follow below.

    `spoken_to` tells whether the asker spoke to the bot: nobody else is bothered outside the channel.
    """

    def __init__(self, requests: Requests, message: discord.Message, *, spoken_to: bool = True) -> None:
        reference = message.to_reference(fail_if_not_exists=False)
        super().__init__(ChannelTransport(requests, message.channel, message.channel.id, reference))
        self._requests = requests
        self._message = message
        self._reference = reference
        self._spoken_to = spoken_to

    @property
    def token(self) -> str | None:
        """Return None: a message needs no interaction."""
        return None

    async def begin(self) -> None:
        """Do nothing: a message has no deadline."""

    def queue_notice_surface(self) -> MessageSurface:
        """Return the same channel, with replies that ping nobody."""
        channel = self._message.channel
        return TransportSurface(ChannelTransport(self._requests, channel, channel.id, self._reference, pings=False))

    def ping_surface(self) -> MessageSurface:
        """Return the same place: a reply pings its asker."""
        return self

    def others_below(self, message: int) -> int:
        """Return how many messages of others are below `message`, as far as is known."""
        return self._requests.recent_messages.others_below(self._message.channel.id, message, self._message.author.id)

    async def refuse(self, sentence: str) -> bool:  # noqa: ARG002 - the port's form
        """Say nothing: a message cannot be answered privately in its channel."""
        return False

    async def send_dm(self, sentence: str) -> bool | None:
        """Send the asker a direct message, unless they were only overheard."""
        return await self._requests.send_dm(self._message.author, sentence) if self._spoken_to else None
