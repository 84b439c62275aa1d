"""An answer written as the response to an interaction, and into its channel once the interaction's token is old."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import discord

from bot.discord.canvases.channel_canvas import MentioningCanvas
from bot.discord.canvases.requests import (
    FAILURES,
    SILENT,
    MessageArguments,
    edit_message,
    partial_message,
    send_dm,
    send_message,
    show_typing,
    to_canvas_error,
)
from bot.discord.rate_limits.buckets import channel_bucket, interaction_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import MessageCounts
from bot.streaming.canvas import (
    BucketKey,
    Canvas,
    CanvasError,
    Frame,
    HeldBack,
    MessageNotFound,
    MessageSurface,
    TokenExpired,
    Verb,
)

_TOKEN_SECONDS = 14 * 60.0
"""How long an interaction's token is used. Discord lets it live 15 minutes; what comes later are channel messages."""

GUEST_MESSAGES = 5
"""How many messages hold a guest's text. Discord takes its response and 5 follow-ups (documentation, "Create Followup
Message"), the last of which is kept for the file."""


class InteractionCanvas(Canvas):
    """Answers an interaction: its response first, follow-ups below it, and channel messages once its token is old.

    A `guest` is no member of the place: it has but the token, for a few messages and as long as that is good.
    """

    def __init__(
        self,
        trace: RateLimitTrace,
        message_counts: MessageCounts,
        interaction: discord.Interaction[Any],
        *,
        guest: bool = False,
    ) -> None:
        self._trace = trace
        self._message_counts = message_counts
        self._interaction = interaction
        self._channel_id = interaction.channel_id or 0
        self._deferred = False
        self._original: int | None = None
        self._arguments = MessageArguments()
        self._began_at = message_counts.count(self._channel_id)
        self._clock = asyncio.get_running_loop().time
        self._token_until = self._clock() + _TOKEN_SECONDS
        self._guest = guest
        if guest:
            self.max_messages, self.deadline = GUEST_MESSAGES, self._token_until

    @property
    def token(self) -> str | None:
        """The interaction's token."""
        return self._interaction.token

    @property
    def _by_token(self) -> bool:
        # The minute that a guest's token is good for beyond the deadline is for its last edits.
        return self._deferred and (self._guest or self._clock() < self._token_until)

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:  # noqa: ARG002 - the port's form
        """Return the interaction's lane, or the channel's once its token is old."""
        if self._by_token:
            return interaction_bucket(self._interaction.token)
        return channel_bucket(verb, self._channel_id)

    async def begin(self) -> None:
        """Tell Discord within its 3 s that an answer is coming; too late for that, the channel has to do."""
        try:
            await self._interaction.response.defer(thinking=True)
        except (discord.NotFound, discord.InteractionResponded):
            return
        except FAILURES:
            return
        self._deferred = True

    async def typing(self) -> None:
        """Do nothing where the response shows that the bot is thinking."""
        if not self._by_token and not self._guest:
            await show_typing(self._trace, self._channel, self._channel_id)

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Fill the response first; write a follow-up, or a channel message, after it."""
        with self._or_without_token():
            if not self._by_token:
                message = await send_message(self._trace, self._channel.send(**self._arguments.new(frame)))
            elif not first:
                options = self._arguments.new(frame)
                message = await send_message(self._trace, self._interaction.followup.send(wait=True, **options))
            else:
                options = self._arguments.change(None, frame)
                message = self._original = await send_message(
                    self._trace, self._interaction.edit_original_response(**options)
                )
        self._arguments.drawn(message, frame)
        return message

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:  # noqa: ARG002 - the port's form
        """Replace what a message shows, by the interaction's token while that is good."""
        options = self._arguments.change(message, frame)
        with self._or_without_token():
            if not self._by_token:
                await edit_message(self._trace, partial_message(self._channel, message).edit(**options))
            elif message == self._original:
                await edit_message(self._trace, self._interaction.edit_original_response(**options))
            else:
                await edit_message(self._trace, self._interaction.followup.edit_message(message, **options))
        self._arguments.drawn(message, frame)

    async def delete(self, message: int) -> None:
        """Take a message away, by the interaction's token while that is good."""
        with self._or_without_token():
            if not self._by_token:
                await edit_message(self._trace, partial_message(self._channel, message).delete())
            elif message == self._original:
                await edit_message(self._trace, self._interaction.delete_original_response())
            else:
                await edit_message(self._trace, self._interaction.followup.delete_message(message))

    def queue_notice_surface(self) -> MessageSurface:
        """Return the response itself, which the answer then takes over."""
        return _Aside(self)

    def ping_surface(self) -> MessageSurface:
        """Return the channel, with a mention of the asker: there is no message of theirs to reply to."""
        return MentioningCanvas(
            self._trace, self._message_counts, self._channel, self._channel_id, self._interaction.user.id
        )

    def messages_since(self) -> int:
        """Return how many messages came since this was opened."""
        return max(0, self._message_counts.count(self._channel_id) - self._began_at)

    async def refuse(self, sentence: str) -> bool:
        """Say it to the asker alone; an interaction that came too late leaves only a direct message."""
        try:
            if self._deferred:
                # What was announced publicly cannot become private: it goes, and a private message comes.
                with suppress(discord.NotFound):
                    await self._interaction.delete_original_response()
                await self._interaction.followup.send(sentence, ephemeral=True, allowed_mentions=SILENT)
            else:
                await self._interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=SILENT)
        except (discord.NotFound, discord.InteractionResponded):
            return await send_dm(self._trace, self._interaction.user, sentence)
        except FAILURES as error:
            raise to_canvas_error(error) from None
        return True

    async def send_dm(self, sentence: str) -> bool:
        """Tell the asker privately below the interaction, or in a direct message once its token is old."""
        if self._by_token:
            with suppress(CanvasError):
                return await self.refuse(sentence)
        return await send_dm(self._trace, self._interaction.user, sentence)

    @contextmanager
    def _or_without_token(self) -> Iterator[None]:
        """Take the token for old once Discord holds back what is written by it: the next try is the channel's."""
        try:
            yield
        except HeldBack:
            self._token_until = self._clock()
            raise

    @property
    def _channel(self) -> discord.abc.Messageable:
        if self._guest:
            raise TokenExpired
        channel = self._interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            raise MessageNotFound
        return channel


class _Aside(MessageSurface):
    """The response of an interaction, until the answer takes its place."""

    def __init__(self, canvas: InteractionCanvas) -> None:
        self._canvas = canvas

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the interaction's lane."""
        return self._canvas.bucket(verb, first=first)

    async def typing(self) -> None:
        """Do nothing: the response shows that somebody is at it."""

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Fill the response."""
        return await self._canvas.create(frame, first=first)

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Change the response."""
        await self._canvas.edit(message, frame, first=first)

    async def delete(self, message: int) -> None:
        """Leave the response where it is: the answer takes it over."""
