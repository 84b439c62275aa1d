"""Writes messages by an interaction's token, which works even if the bot is no member, but for a limited time."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from math import inf
from typing import Any, TypeVar, cast

import discord

from bot.discord.canvases.message_arguments import changed_message, new_message
from bot.discord.canvases.refusals import FAILURES, to_canvas_error
from bot.discord.canvases.requests import Requests
from bot.discord.errors import UNREADABLE
from bot.discord.rate_limits.routes import interaction_bucket
from bot.streaming.canvas import BucketKey, Frame, HeldBack, MessageNotFound, TokenExpired, Unavailable, Verb

T = TypeVar("T")

_ORIGINAL = cast("int", "@original")
"""The response's name in an address, whatever its id; discord.py writes it there unchanged."""

TOKEN_SECONDS = 14 * 60.0
"""How long an interaction's token is used. Discord accepts it for 15 minutes; later messages go to the channel."""


class WebhookTransport:
    """Writes by an interaction's `token`, which reaches its response and the messages that followed it.

    If it is `private`, so is what follows the response.
    """

    def __init__(self, requests: Requests, webhook: discord.Webhook, token: str, *, private: bool = False) -> None:
        self._requests = requests
        self._webhook = webhook
        self._token = token
        self._private = private
        self._response: int | None = None
        self._reached: set[int] = set()

    def bucket(self, _verb: Verb) -> BucketKey:
        """Return the token's bucket."""
        return interaction_bucket(self._token)

    def reaches(self, message: int | None) -> bool:
        """Return whether the token reaches `message`, or lets a new one be written if that is None."""
        return bool(self._reached) if message is None else message in self._reached

    async def typing(self) -> None:
        """Do nothing: the response shows that the bot is thinking."""

    async def create(self, frame: Frame, *, after: int | None) -> int:  # noqa: ARG002 - the port's form
        """Write a follow-up."""
        message = await self._requests.send(
            self._webhook.send(wait=True, ephemeral=self._private, **new_message(frame))
        )
        self._reached.add(message)
        return message

    async def edit(self, message: int, before: Frame | None, frame: Frame, *, first: bool) -> None:  # noqa: ARG002
        """Replace what a message shows."""
        arguments = changed_message(before, frame)
        await self._requests.change(self._webhook.edit_message(self._name(message), **arguments))

    async def delete(self, message: int) -> None:
        """Delete a message."""
        await self._requests.change(self._webhook.delete_message(self._name(message)))

    async def fetch_response(self) -> discord.Message | None:
        """Return the interaction's response, None if the token does not reach it; raises `CanvasError`."""
        response = await self.fetch(_ORIGINAL)
        if response is not None:
            self._response, self._private = response.id, response.flags.ephemeral
        return response

    async def fetch(self, message: int) -> discord.Message | None:
        """Return a message, None if the token does not reach it; raises `CanvasError`."""
        try:
            found: Any = await self._webhook.fetch_message(message)
        except FAILURES as error:
            failure = to_canvas_error(error)
            if isinstance(failure, TokenExpired | MessageNotFound):
                return None
            raise failure from None
        self._reached.add(found.id)
        return cast("discord.Message", found)

    def add(self, messages: Iterable[discord.Message]) -> None:
        """Note messages that were written by the token too."""
        self._reached.update(message.id for message in messages)

    def _name(self, message: int) -> int:
        return _ORIGINAL if message == self._response else message


class ResponseTransport(WebhookTransport):
    """Writes the response to an interaction, and follow-ups below it, until its token is too old.

    `until` is when that is, in the event loop's time; after it, and once Discord refuses the token's requests for long,
    `reaches` returns False. If the token is the `only` way to write, it is used to the end.
    """

    def __init__(
        self,
        requests: Requests,
        interaction: discord.Interaction[Any],
        *,
        until: float,
        clock: Callable[[], float],
        only: bool,
        private: bool = False,
    ) -> None:
        super().__init__(requests, interaction.followup, interaction.token, private=private)
        self._interaction = interaction
        self._clock = clock
        self._until = inf if only else until
        self._only = only
        self.deferred = False

    async def defer(self) -> None:
        """Tell Discord within its 3 s that an answer is coming; if that fails, the channel has to do."""
        try:
            with suppress(*UNREADABLE):
                await self._interaction.response.defer(thinking=True, ephemeral=self._private)
        except FAILURES:
            return
        self.deferred = True

    def reaches(self, message: int | None) -> bool:  # noqa: ARG002 - while the token is good, all was written by it
        """Return whether the token can be used."""
        return self.deferred and self._clock() < self._until

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Fill the response first; write follow-ups after it."""
        if after is not None:
            return await self._or_expire(super().create(frame, after=after))
        fill_in = self._requests.send_repeatable(
            lambda: self._interaction.edit_original_response(**changed_message(None, frame))
        )
        self._response = await self._or_expire(fill_in)
        return self._response

    async def edit(self, message: int, before: Frame | None, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        if message == self._response:
            response = self._interaction.edit_original_response(**changed_message(before, frame))
            await self._or_expire(self._requests.change(response))
        else:
            await self._or_expire(super().edit(message, before, frame, first=first))

    async def delete(self, message: int) -> None:
        """Delete a message."""
        if message == self._response:
            await self._or_expire(self._requests.change(self._interaction.delete_original_response()))
        else:
            await self._or_expire(super().delete(message))

    async def _or_expire(self, request: Awaitable[T]) -> T:
        """Stop using the token if Discord refuses it, or its requests for long: the next try is the channel's."""
        try:
            return await request
        except (HeldBack, TokenExpired) as error:
            if self._only:
                raise
            self._until = self._clock()
            raise Unavailable(type(error).__name__) from None
