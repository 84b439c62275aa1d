"""An answer written as the response to an interaction, and into its channel once the interaction's token is old."""

import asyncio
from contextlib import suppress
from typing import Any

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.channel_transports import ChannelTransport, MentionTransport
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.canvases.requests import Requests
from bot.discord.canvases.surfaces import TransportSurface
from bot.discord.canvases.token_transports import TOKEN_SECONDS, ResponseTransport
from bot.discord.canvases.transports import ClosedTransport, Transport
from bot.discord.errors import ALREADY_ACKNOWLEDGED, UNREADABLE
from bot.streaming.canvas import (
    BucketKey,
    Canvas,
    CanvasError,
    Frame,
    MessageNotFound,
    MessageSurface,
    TokenExpired,
    Verb,
)

GUEST_MESSAGES = 5
"""How many messages hold the text of an answer if the bot is no member. Discord takes the response and 5 follow-ups
(documentation, "Create Followup Message"), the last of which is kept for the file."""


class InteractionCanvas(TransportSurface, Canvas):
    """Answers an interaction: its response first, follow-ups below it, and channel messages once its token is old.

    As a `guest` the bot is no member of the place: it has only the token, for a few messages and a limited time. So it
    is if the answer is `private`, for its caller alone; that may have any number of messages.
    """

    def __init__(
        self, requests: Requests, interaction: discord.Interaction[Any], *, guest: bool = False, private: bool = False
    ) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + TOKEN_SECONDS
        by_token_only = guest or private
        # The minute that the token is good for beyond the deadline is for the last edits.
        self._response = ResponseTransport(
            requests, interaction, until=until, clock=clock, only=by_token_only, private=private
        )
        self._channel_id = interaction.channel_id or 0
        super().__init__(
            self._open_channel(requests, interaction, closed=by_token_only),
            self._response,
            max_messages=GUEST_MESSAGES if guest else None,
            deadline=until if by_token_only else None,
        )
        self._requests = requests
        self._interaction = interaction
        self._by_token_only = by_token_only

    def _open_channel(self, requests: Requests, interaction: discord.Interaction[Any], *, closed: bool) -> Transport:
        if closed:
            return ClosedTransport(self._channel_id, TokenExpired)
        if not isinstance(interaction.channel, discord.abc.Messageable):
            return ClosedTransport(self._channel_id, MessageNotFound)
        return ChannelTransport(requests, interaction.channel, self._channel_id)

    @property
    def token(self) -> str | None:
        """The interaction's token."""
        return self._interaction.token

    async def begin(self) -> None:
        """Tell Discord within its 3 s that an answer is coming."""
        await self._response.defer()

    async def withdraw(self) -> None:
        """Delete the response, if Discord took it: a slow database may say too late who answers."""
        if self._response.deferred:
            with suppress(*FAILURES):
                await self._interaction.delete_original_response()

    def queue_notice_surface(self) -> MessageSurface:
        """Return the response itself, which the answer then takes over."""
        return _ResponseNotice(self)

    def ping_surface(self) -> MessageSurface:
        """Return the channel, with a mention of the asker: there is no message of theirs to reply to.

        Raises `TokenExpired` or `MessageNotFound` if the bot cannot write there.
        """
        channel = self._interaction.channel
        if self._by_token_only:
            raise TokenExpired
        if not isinstance(channel, discord.abc.Messageable):
            raise MessageNotFound
        return TransportSurface(MentionTransport(self._requests, channel, self._channel_id, self._interaction.user.id))

    def others_below(self, message: int) -> int:
        """Return how many messages of others are below `message`, as far as is known."""
        return self._requests.recent_messages.others_below(self._channel_id, message, self._interaction.user.id)

    async def refuse(self, sentence: str) -> bool:
        """Tell the asker alone; if the interaction came too late, in a direct message."""
        try:
            if self._response.deferred:
                # A public response cannot become private: it is deleted, and a private message comes.
                with suppress(discord.NotFound):
                    await self._interaction.delete_original_response()
                await self._interaction.followup.send(sentence, ephemeral=True, allowed_mentions=SILENT)
            else:
                await self._interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=SILENT)
        except UNREADABLE:
            return True  # Discord took it
        except (discord.NotFound, discord.InteractionResponded):
            return await self._requests.send_dm(self._interaction.user, sentence)
        except FAILURES as error:
            if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
                return True
            raise to_canvas_error(error) from None
        return True

    async def send_dm(self, sentence: str) -> bool:
        """Tell the asker privately below the interaction, or in a direct message once its token is old."""
        if self._response.reaches(None):
            with suppress(CanvasError):
                return await self.refuse(sentence)
        return await self._requests.send_dm(self._interaction.user, sentence)


class _ResponseNotice(MessageSurface):
    """The response of an interaction, until the answer takes its place."""

    def __init__(self, canvas: InteractionCanvas) -> None:
        self._canvas = canvas

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the interaction's bucket."""
        return self._canvas.bucket(verb, first=first)

    async def typing(self) -> None:
        """Do nothing: the response shows that the bot is thinking."""

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Fill the response."""
        return await self._canvas.create(frame, after=after)

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Change the response."""
        await self._canvas.edit(message, frame, first=first)

    async def delete(self, message: int) -> None:
        """Leave the response where it is: the answer takes it over."""
