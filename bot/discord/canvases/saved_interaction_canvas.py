"""The place of an interaction's answer that was cut off: by the interaction's token while that is good."""

from collections.abc import Sequence
from typing import Any, cast

import discord

from bot.discord.canvases.channel_canvas import SavedAnswerCanvas
from bot.discord.canvases.interaction_canvas import GUEST_MESSAGES
from bot.discord.canvases.leftovers import is_guests, posted_message
from bot.discord.canvases.requests import FAILURES, edit_message, send_message, to_canvas_error
from bot.discord.rate_limits.buckets import interaction_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import MessageCounts
from bot.domain.answer import Answer
from bot.streaming.canvas import BucketKey, CanvasError, Frame, MessageNotFound, PostedMessage, TokenExpired, Verb

_ORIGINAL = cast("int", "@original")
"""What the response is called whatever its id; discord.py writes it into the address as it stands."""


class InteractionAnswerCanvas(SavedAnswerCanvas):
    """Writes by `token`, which reaches a response that says "thinking", and places that the bot is no member of.

    What the token does not reach, or no longer, is read and written as the channel's own messages.
    """

    def __init__(
        self, trace: RateLimitTrace, message_counts: MessageCounts, bot: discord.Client, answer: Answer, token: str
    ) -> None:
        super().__init__(trace, message_counts, bot, answer)
        self._secret = token
        self._webhook = discord.Webhook.partial(bot.application_id or 0, token, client=bot)
        self._original: int | None = None
        self._reached: set[int] = set()

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the interaction's lane where its token is good."""
        return interaction_bucket(self._secret) if self._reached else super().bucket(verb, first=first)

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return the response and what follows it, as far as the token reaches, or else what the channel has."""
        response = await self._fetch(_ORIGINAL)
        if response is None:
            return await super().posted_messages(messages)
        self._original = response.id
        if is_guests(response):
            self.max_messages = GUEST_MESSAGES
        others = [message for message in messages if message != response.id]
        followed = [found for message in others if (found := await self._fetch(message)) is not None]
        known = [response, *followed]
        self._reached = {message.id for message in known}
        try:
            unnoted = await self._unnoted(known[-1].id)
        except CanvasError:
            unnoted = []  # a guest sees nothing of the channel
        self._reached.update(message.id for message in unnoted)
        return [posted_message(message) for message in (*known, *unnoted)]

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Write a follow-up."""
        if not self._reached:
            return await super().create(frame, first=first)
        message = await send_message(self._trace, self._webhook.send(wait=True, **self._arguments.new(frame)))
        self._reached.add(message)
        self._arguments.drawn(message, frame)
        return message

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        if message not in self._reached:
            await super().edit(message, frame, first=first)
            return
        options = self._arguments.change(message, frame)
        await edit_message(self._trace, self._webhook.edit_message(self._name(message), **options))
        self._arguments.drawn(message, frame)

    async def delete(self, message: int) -> None:
        """Take a message away."""
        if message not in self._reached:
            await super().delete(message)
        else:
            await edit_message(self._trace, self._webhook.delete_message(self._name(message)))

    def _name(self, message: int) -> int:
        return _ORIGINAL if message == self._original else message

    async def _fetch(self, message: int) -> discord.Message | None:
        """Return a message, None where the token does not reach it; raises `CanvasError`."""
        try:
            found: Any = await self._webhook.fetch_message(message)
        except FAILURES as error:
            failure = to_canvas_error(error)
            if isinstance(failure, TokenExpired | MessageNotFound):
                return None
            raise failure from None
        return cast("discord.Message", found)
