"""Writes messages into a channel."""

import secrets
from typing import Any

import discord

from bot.discord.allowed_mentions import ASKER_ONLY, SILENT
from bot.discord.canvases.message_arguments import changed_message, new_message
from bot.discord.canvases.refusals import CANNOT_REPLY
from bot.discord.canvases.requests import Requests
from bot.discord.rate_limits.routes import channel_bucket
from bot.streaming.canvas import BucketKey, Frame, MessageNotFound, Verb, WriteForbidden

_NONCE_BYTES = 12
"""A nonce has up to 25 characters (documentation, "Create Message")."""


class ChannelTransport:
    """Writes into a channel. The first message replies to `reference`, and pings its author if `pings`."""

    def __init__(
        self,
        requests: Requests,
        channel: discord.abc.Messageable,
        channel_id: int,
        reference: discord.MessageReference | None = None,
        *,
        pings: bool = True,
    ) -> None:
        self._requests = requests
        self._channel = channel
        self._channel_id = channel_id
        self._reference = reference
        self._first_mentions = ASKER_ONLY if pings and reference is not None else SILENT

    def bucket(self, verb: Verb) -> BucketKey:
        """Return the channel's bucket."""
        return channel_bucket(verb, self._channel_id)

    async def typing(self) -> None:
        """Show the typing indicator, if Discord allows it."""
        await self._requests.show_typing(self._channel, self._channel_id)

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Write a new message and return its id; the first is a reply, and so is one that others came before."""
        reference, mentions = self._reference, self._first_mentions
        if after is not None:
            is_apart = self._requests.recent_messages.is_followed(self._channel_id, after)
            reference, mentions = self._reference_to(after) if is_apart else None, SILENT
        if reference is not None:
            try:
                return await self._send(frame, reference=reference, allowed_mentions=mentions)
            except WriteForbidden as error:
                # Replying needs Read Message History; the answer itself does not.
                if str(error) != str(CANNOT_REPLY):
                    raise
        return await self._send(frame)

    async def edit(self, message: int, before: Frame | None, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        arguments = changed_message(before, frame)
        if first:
            # An edit notifies nobody, but without this Discord would take its asker's mention off the reply.
            arguments["allowed_mentions"] = self._first_mentions
        await self._requests.change(partial_message(self._channel, message).edit(**arguments))

    async def delete(self, message: int) -> None:
        """Delete a message."""
        await self._requests.change(partial_message(self._channel, message).delete())

    async def _send(self, frame: Frame, **changed: Any) -> int:  # noqa: ANN401 - discord.py's arguments
        # Discord returns the message that it has for a nonce, and does not post a second one (documentation, "Create
        # Message"). discord.py asks it to.
        nonce = secrets.token_hex(_NONCE_BYTES)
        message = await self._requests.send_repeatable(
            lambda: self._channel.send(**(new_message(frame) | changed), nonce=nonce)
        )
        # Discord's event may come much later.
        self._requests.recent_messages.add(self._channel_id, message, None)
        return message

    def _reference_to(self, message: int) -> discord.MessageReference:
        return discord.MessageReference(message_id=message, channel_id=self._channel_id, fail_if_not_exists=False)


class MentionTransport(ChannelTransport):
    """Writes messages into a channel that mention one person by name, and ping them."""

    def __init__(self, requests: Requests, channel: discord.abc.Messageable, channel_id: int, person: int) -> None:
        super().__init__(requests, channel, channel_id)
        self._person = person

    async def create(self, frame: Frame, *, after: int | None) -> int:  # noqa: ARG002 - the port's form
        """Write a message that pings the person and nobody else."""
        person = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(self._person)])
        return await self._send(frame, content=f"<@{self._person}> {frame.text}", allowed_mentions=person)


def partial_message(channel: discord.abc.Messageable, message: int) -> discord.PartialMessage:
    """Return a handle on a message of the channel; raises `MessageNotFound` if messages cannot be in it."""
    get = getattr(channel, "get_partial_message", None)
    if get is None:
        raise MessageNotFound
    handle: discord.PartialMessage = get(message)
    return handle
