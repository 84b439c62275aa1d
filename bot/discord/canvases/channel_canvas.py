"""An answer written into a channel: below the message that asked, or over what stands there from before."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.discord.canvases.leftovers import UNKNOWN_MESSAGE, belongs, posted_message
from bot.discord.canvases.requests import (
    ASKER_ONLY,
    FAILURES,
    SILENT,
    WHISPER_SECONDS,
    MessageArguments,
    edit_message,
    partial_message,
    send_dm,
    send_message,
    show_typing,
    to_canvas_error,
)
from bot.discord.rate_limits.buckets import channel_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import MessageCounts
from bot.domain.answer import Answer
from bot.streaming.canvas import (
    BucketKey,
    Canvas,
    Frame,
    MessageSurface,
    PostedMessage,
    SavedCanvas,
    Verb,
    WriteForbidden,
)

_CANNOT_REPLY = "160002"
"""Discord's code for a reply without Read Message History (documentation, "JSON Error Codes")."""

_LOOKED_THROUGH = 100
"""How many messages are looked through for what is left of an answer: as many as one request brings."""


class ChannelCanvas(Canvas):
    """Writes into a channel. The first message replies to `reference` and, where it `pings`, highlights its asker."""

    def __init__(
        self,
        trace: RateLimitTrace,
        message_counts: MessageCounts,
        channel: discord.abc.Messageable,
        channel_id: int,
        reference: discord.MessageReference | None,
        *,
        pings: bool = True,
    ) -> None:
        self._trace = trace
        self._message_counts = message_counts
        self._channel = channel
        self._channel_id = channel_id
        self._reference = reference
        self._first_mentions = ASKER_ONLY if pings and reference is not None else SILENT
        self._arguments = MessageArguments()
        self._began_at = message_counts.count(channel_id)

    @property
    def token(self) -> str | None:
        """Return none: a channel needs no interaction."""
        return None

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:  # noqa: ARG002 - the port's form
        """Return the channel's lane."""
        return channel_bucket(verb, self._channel_id)

    async def begin(self) -> None:
        """Do nothing: a message has no deadline."""

    async def typing(self) -> None:
        """Show the typing indicator, if Discord lets us."""
        await show_typing(self._trace, self._channel, self._channel_id)

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Write a new message and return its id; the first is a reply."""
        if first and self._reference is not None:
            as_reply = self._arguments.new(frame)
            as_reply |= {"reference": self._reference, "allowed_mentions": self._first_mentions}
            try:
                return await self._send(frame, as_reply)
            except WriteForbidden as error:
                # Replying needs Read Message History; the answer itself does not.
                if str(error) != _CANNOT_REPLY:
                    raise
        return await self._send(frame, self._arguments.new(frame))

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        options = self._arguments.change(message, frame)
        if first:
            # An edit notifies nobody, but without this Discord would take its asker's mention off the reply.
            options["allowed_mentions"] = self._first_mentions
        await edit_message(self._trace, partial_message(self._channel, message).edit(**options))
        self._arguments.drawn(message, frame)

    async def delete(self, message: int) -> None:
        """Take a message away."""
        await edit_message(self._trace, partial_message(self._channel, message).delete())

    def queue_notice_surface(self) -> MessageSurface:
        """Return the same place, where nobody is pinged."""
        return ChannelCanvas(
            self._trace, self._message_counts, self._channel, self._channel_id, self._reference, pings=False
        )

    def ping_surface(self) -> MessageSurface:
        """Return the same place: what replies to the asker pings them."""
        return self

    def messages_since(self) -> int:
        """Return how many messages came since this was opened."""
        return max(0, self._message_counts.count(self._channel_id) - self._began_at)

    async def refuse(self, sentence: str) -> bool:  # noqa: ARG002 - the port's form
        """Say nothing: a message cannot be answered privately in its channel."""
        return False

    async def send_dm(self, sentence: str) -> bool:  # noqa: ARG002 - the port's form
        """Reach nobody."""
        return False

    async def _send(self, frame: Frame, options: dict[str, Any]) -> int:
        message = await send_message(self._trace, self._channel.send(**options))
        self._arguments.drawn(message, frame)
        return message


class MessageCanvas(ChannelCanvas):
    """Answers a message in its channel: the first message replies and pings its asker, the others follow below.

    `spoken_to` tells whether the asker spoke to the bot: nobody else is bothered outside the channel.
    """

    def __init__(
        self, trace: RateLimitTrace, message_counts: MessageCounts, message: discord.Message, *, spoken_to: bool = True
    ) -> None:
        reference = message.to_reference(fail_if_not_exists=False)
        super().__init__(trace, message_counts, message.channel, message.channel.id, reference)
        self._message = message
        self._spoken_to = spoken_to

    async def send_dm(self, sentence: str) -> bool:
        """Send the asker a direct message."""
        return self._spoken_to and await send_dm(self._trace, self._message.author, sentence)


class SavedAnswerCanvas(ChannelCanvas, SavedCanvas):
    """The place of an answer that was given before. What is refused is said to whoever pressed a button, if one did."""

    def __init__(
        self,
        trace: RateLimitTrace,
        message_counts: MessageCounts,
        bot: discord.Client,
        answer: Answer,
        press: discord.Interaction[Any] | None = None,
    ) -> None:
        location = answer.location
        reference = None
        if answer.by_message:
            reference = discord.MessageReference(
                message_id=answer.question_id,
                channel_id=location.channel,
                guild_id=location.server,
                fail_if_not_exists=False,
            )
        channel = bot.get_partial_messageable(location.channel, guild_id=location.server)
        super().__init__(trace, message_counts, channel, location.channel, reference)
        self._bot = bot
        self._answer = answer
        self._press = press

    def ping_surface(self) -> MessageSurface:
        """Return where a reply pings the asker, or a message that mentions them where there is nothing to reply to."""
        if self._reference is not None:
            return self
        return MentioningCanvas(self._trace, self._message_counts, self._channel, self._channel_id, self._answer.asker)

    async def refuse(self, sentence: str) -> bool:
        """Say it to whoever pressed a button, and nobody else."""
        if self._press is None:
            return False
        try:
            await self._press.followup.send(sentence, ephemeral=True, allowed_mentions=SILENT)
        except FAILURES as error:
            raise to_canvas_error(error) from None
        return True

    async def send_dm(self, sentence: str) -> bool:
        """Send whoever pressed a button, or else the asker, a direct message."""
        try:
            person = self._press.user if self._press is not None else await self._asker()
        except FAILURES:
            return False
        return await send_dm(self._trace, person, sentence)

    async def _asker(self) -> discord.User:
        return await self._trace.within(WHISPER_SECONDS, self._bot.fetch_user(self._answer.asker))

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return what Discord still has of `messages`, and what else of the answer stands below them."""
        try:
            known = [found for message in messages if (found := await self._read(message)) is not None]
        except FAILURES as error:
            raise to_canvas_error(error) from None
        unnoted = await self._unnoted(messages[-1] if messages else self._answer.question_id)
        return [posted_message(message) for message in (*known, *unnoted)]

    async def _unnoted(self, after: int) -> Sequence[discord.Message]:
        """Return the answer's messages that nobody had the time to note; raises `CanvasError`."""
        me = self._bot.user
        await self._trace.wait_until_idle()
        try:
            later = [each async for each in self._channel.history(after=discord.Object(after), limit=_LOOKED_THROUGH)]
        except FAILURES as error:
            raise to_canvas_error(error) from None
        return [each for each in later if each.author == me and belongs(each, self._answer)]

    async def _read(self, message: int) -> discord.Message | None:
        """Return a message as it stands, None where somebody took it away."""
        handle = partial_message(self._channel, message)
        await self._trace.wait_until_idle()
        try:
            return await handle.fetch()
        except discord.Forbidden:
            # Reading needs Read Message History. An edit needs nothing, and is answered with the whole message.
            return await handle.edit(view=None)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return None


class MentioningCanvas(ChannelCanvas):
    """Writes messages that mention one person by name, and ping them."""

    def __init__(
        self,
        trace: RateLimitTrace,
        message_counts: MessageCounts,
        channel: discord.abc.Messageable,
        channel_id: int,
        person: int,
    ) -> None:
        super().__init__(trace, message_counts, channel, channel_id, None)
        self._person = person

    async def create(self, frame: Frame, *, first: bool) -> int:  # noqa: ARG002 - the port's form
        """Write a message that pings the person and nobody else."""
        options = self._arguments.new(frame)
        options["content"] = f"<@{self._person}> {frame.text}"
        options["allowed_mentions"] = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(self._person)]
        )
        return await self._send(frame, options)
