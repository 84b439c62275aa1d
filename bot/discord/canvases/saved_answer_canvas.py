"""The messages of an answer that was given before, to be read, replaced and continued."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.channel_transports import ChannelTransport, MentionTransport, partial_message
from bot.discord.canvases.interaction_canvas import GUEST_MESSAGES
from bot.discord.canvases.leftovers import UNKNOWN_MESSAGE, belongs, is_guests, posted_message
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.canvases.requests import DM_SECONDS, Requests
from bot.discord.canvases.surfaces import TransportSurface
from bot.discord.canvases.token_transports import WebhookTransport
from bot.discord.errors import UNREADABLE
from bot.domain.answer import Answer
from bot.streaming.canvas import CanvasError, MessageSurface, PostedMessage, SavedCanvas

_SEARCHED_MESSAGES = 100
"""How many messages are searched for what is left of an answer: as many as one request brings."""


class SavedAnswerCanvas(TransportSurface, SavedCanvas):
    """Writes over an answer that was given before. What is refused is said to the person who pressed a button, if any.

    `token` is that of the answer's interaction, if it may still be good: it reaches a response that says "thinking",
    and places that the bot is no member of. What it does not reach is read and written in the channel.
    """

    def __init__(
        self,
        requests: Requests,
        client: discord.Client,
        answer: Answer,
        press: discord.Interaction[Any] | None = None,
        token: str | None = None,
    ) -> None:
        location = answer.location
        self._reference = None
        if answer.by_message:
            self._reference = discord.MessageReference(
                message_id=answer.question_id,
                channel_id=location.channel,
                guild_id=location.server,
                fail_if_not_exists=False,
            )
        self._place = client.get_partial_messageable(location.channel, guild_id=location.server)
        self._webhook = None
        if token is not None:
            webhook = discord.Webhook.partial(client.application_id or 0, token, client=client)
            self._webhook = WebhookTransport(requests, webhook, token)
        super().__init__(ChannelTransport(requests, self._place, location.channel, self._reference), self._webhook)
        self._requests = requests
        self._client = client
        self._answer = answer
        self._press = press

    @property
    def token(self) -> str | None:
        """Return None: the answer's token is stored already."""
        return None

    async def begin(self) -> None:
        """Do nothing: the question was acknowledged when it was asked."""

    def queue_notice_surface(self) -> MessageSurface:
        """Return the same channel, with replies that ping nobody."""
        channel = self._answer.location.channel
        return TransportSurface(ChannelTransport(self._requests, self._place, channel, self._reference, pings=False))

    def ping_surface(self) -> MessageSurface:
        """Return where a reply pings the asker, or a message that mentions them if there is nothing to reply to."""
        if self._reference is not None:
            return self
        answer = self._answer
        return TransportSurface(MentionTransport(self._requests, self._place, answer.location.channel, answer.asker))

    def others_below(self, message: int) -> int:
        """Return how many messages of others are below `message`, as far as is known."""
        return self._requests.recent_messages.others_below(self._answer.location.channel, message, self._answer.asker)

    async def refuse(self, sentence: str) -> bool:
        """Tell the person who pressed a button, and nobody else."""
        if self._press is None:
            return False
        try:
            with suppress(*UNREADABLE):  # Discord took it
                await self._press.followup.send(sentence, ephemeral=True, allowed_mentions=SILENT)
        except FAILURES as error:
            raise to_canvas_error(error) from None
        return True

    async def send_dm(self, sentence: str) -> bool:
        """Send a direct message to the person who pressed a button, or else to the asker."""
        try:
            person = self._press.user if self._press is not None else await self._asker()
        except FAILURES:
            return False
        return await self._requests.send_dm(person, sentence)

    async def _asker(self) -> discord.User:
        return await self._requests.trace.within(DM_SECONDS, self._client.fetch_user(self._answer.asker))

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return what Discord still has of `messages`, and what else of the answer is below them."""
        response = None if self._webhook is None else await self._webhook.fetch_response()
        if response is None:
            known = await self._known(messages)
            unnoted = await self._unnoted(max(messages, default=self._answer.question_id))
        else:
            known, unnoted = await self._by_token(response, messages)
        return [posted_message(message) for message in (*known, *unnoted)]

    async def _known(self, messages: Sequence[int]) -> Sequence[discord.Message]:
        try:
            return [found for message in messages if (found := await self._read(message)) is not None]
        except FAILURES as error:
            raise to_canvas_error(error) from None

    async def _by_token(
        self, response: discord.Message, messages: Sequence[int]
    ) -> tuple[Sequence[discord.Message], Sequence[discord.Message]]:
        """Return the response and what follows it, as far as the token reaches."""
        assert self._webhook is not None
        if is_guests(response):
            self.max_messages = GUEST_MESSAGES
        others = [message for message in messages if message != response.id]
        followed = [found for message in others if (found := await self._webhook.fetch(message)) is not None]
        known = [response, *followed]
        try:
            unnoted = await self._unnoted(known[-1].id)
        except CanvasError:
            unnoted = []  # if the bot is no member, it sees nothing of the channel
        self._webhook.add(unnoted)
        return known, unnoted

    async def _unnoted(self, after: int) -> Sequence[discord.Message]:
        """Return the answer's messages that the bot had no time to note; raises `CanvasError`."""
        me = self._client.user
        await self._requests.trace.wait_until_idle()
        try:
            history = self._place.history(after=discord.Object(after), limit=_SEARCHED_MESSAGES)
            later = [message async for message in history]
        except FAILURES as error:
            raise to_canvas_error(error) from None
        return [message for message in later if message.author == me and belongs(message, self._answer)]

    async def _read(self, message: int) -> discord.Message | None:
        """Return a message as it is now, None if it was deleted."""
        handle = partial_message(self._place, message)
        await self._requests.trace.wait_until_idle()
        try:
            return await handle.fetch()
        except discord.Forbidden:
            # Reading needs Read Message History. An edit needs nothing, and is answered with the whole message.
            return await handle.edit(view=None)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return None
