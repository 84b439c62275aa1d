"""The two places where an answer is written: below a message, and as the response to an interaction."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from contextlib import suppress
from io import BytesIO
from typing import Any

import discord

from bot.chat.canvas import Canvas, CanvasError, Closed, Denied, Expired, Frame, Gone, Invalid, Lane, Unavailable, Verb
from bot.display.extras import draw
from bot.display.failures import DISCORD_FAILURES
from bot.display.wire import Wire, channel_lane, interaction_lane

_log = logging.getLogger(__name__)

SILENT = discord.AllowedMentions.none()
ASKER_ONLY = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=True)

_FAILURES = (*DISCORD_FAILURES, CanvasError)

_CANNOT_REPLY = "160002"
"""Discord's code for a reply without Read Message History (documentation, "JSON Error Codes")."""

_BY_CODE = {50027: Expired, 50083: Closed}
"""What some of Discord's codes mean, whatever the status that they come with ("JSON Error Codes" again)."""

_GUEST_MESSAGES = 5
"""How many messages hold a guest's text. Discord takes its response and 5 follow-ups (documentation, "Create Followup
Message"), the last of which is kept for the file."""

_TOKEN_SECONDS = 14 * 60.0
"""How long an interaction's token is used. Discord lets it live 15 minutes; what comes later are channel messages."""


class MessageCanvas(Canvas):
    """Answers a message in its channel: the first message replies and pings its asker, the others follow below.

    `spoken_to` tells whether the asker spoke to the bot: nobody else is bothered outside the channel.
    """

    def __init__(self, wire: Wire, message: discord.Message, *, spoken_to: bool = True) -> None:
        self._wire = wire
        self._message = message
        self._spoken_to = spoken_to
        self._channel = message.channel

    def lane(self, verb: Verb, *, first: bool) -> Lane:  # noqa: ARG002 - the port's form
        """Return the channel's lane."""
        return channel_lane(verb, self._channel.id)

    async def begin(self) -> None:
        """Do nothing: a message has no deadline."""

    async def typing(self) -> None:
        """Show the typing indicator, if Discord lets us."""
        await _show_typing(self._channel)

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Write a new message and return its id; the first is a reply."""
        options = _parts(frame)
        if first:
            reference = self._message.to_reference(fail_if_not_exists=False)
            as_reply = options | {"reference": reference, "allowed_mentions": ASKER_ONLY}
            try:
                return await _sent(self._wire, self._channel.send(**as_reply))
            except Denied as error:
                # Replying needs Read Message History; the answer itself does not.
                if str(error) != _CANNOT_REPLY:
                    raise
        return await _sent(self._wire, self._channel.send(**options))

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace what a message shows."""
        options = _parts(frame)
        if first:
            # An edit notifies nobody, but without this Discord would take its asker's mention off the reply.
            options["allowed_mentions"] = ASKER_ONLY
        await _edited(self._wire, _partial(self._channel, message).edit(**options))

    async def refuse(self, sentence: str) -> bool:  # noqa: ARG002 - the port's form
        """Say nothing: a message cannot be answered privately in its channel."""
        return False

    async def whisper(self, sentence: str) -> bool:
        """Send the asker a direct message."""
        return self._spoken_to and await _whispered(self._message.author, sentence)


class InteractionCanvas(Canvas):
    """Answers an interaction: its response first, follow-ups below it, and channel messages once its token is old.

    A `guest` is no member of the place: it has but the token, for a few messages and as long as that is good.
    """

    def __init__(self, wire: Wire, interaction: discord.Interaction[Any], *, guest: bool = False) -> None:
        self._wire = wire
        self._interaction = interaction
        self._deferred = False
        self._originals: set[int] = set()
        self._clock = asyncio.get_running_loop().time
        self._token_until = self._clock() + _TOKEN_SECONDS
        self._guest = guest
        if guest:
            self.most_messages, self.deadline = _GUEST_MESSAGES, self._token_until

    @property
    def _by_token(self) -> bool:
        # The minute that a guest's token is good for beyond the deadline is for its last edits.
        return self._deferred and (self._guest or self._clock() < self._token_until)

    def lane(self, verb: Verb, *, first: bool) -> Lane:  # noqa: ARG002 - the port's form
        """Return the interaction's lane, or the channel's once its token is old."""
        if self._by_token:
            return interaction_lane(self._interaction.token)
        return channel_lane(verb, self._interaction.channel_id or 0)

    async def begin(self) -> None:
        """Tell Discord within its 3 s that an answer is coming; too late for that, the channel has to do."""
        try:
            await self._interaction.response.defer(thinking=True)
        except (discord.NotFound, discord.InteractionResponded):
            return
        except _FAILURES:
            return
        self._deferred = True

    async def typing(self) -> None:
        """Do nothing where the response shows that the bot is thinking."""
        if not self._by_token and not self._guest:
            await _show_typing(self._channel)

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Fill the response first; write a follow-up, or a channel message, after it."""
        options = _parts(frame)
        if not self._by_token:
            return await _sent(self._wire, self._channel.send(**options))
        if not first:
            return await _sent(self._wire, self._interaction.followup.send(wait=True, **options))
        options["attachments"] = [options.pop("file")] if "file" in options else []
        message = await _sent(self._wire, self._interaction.edit_original_response(**options))
        self._originals.add(message)
        return message

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:  # noqa: ARG002 - the port's form
        """Replace what a message shows, by the interaction's token while that is good."""
        options = _parts(frame)
        if not self._by_token:
            await _edited(self._wire, _partial(self._channel, message).edit(**options))
        elif message in self._originals:
            await _edited(self._wire, self._interaction.edit_original_response(**options))
        else:
            await _edited(self._wire, self._interaction.followup.edit_message(message, **options))

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
            return await _whispered(self._interaction.user, sentence)
        except _FAILURES as error:
            raise _translated(error) from None
        return True

    async def whisper(self, sentence: str) -> bool:
        """Tell the asker privately below the interaction, or in a direct message once its token is old."""
        if self._by_token:
            with suppress(CanvasError):
                return await self.refuse(sentence)
        return await _whispered(self._interaction.user, sentence)

    @property
    def _channel(self) -> discord.abc.Messageable:
        if self._guest:
            raise Expired
        channel = self._interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            raise Gone
        return channel


def _parts(frame: Frame) -> dict[str, Any]:
    """Return a frame as the arguments that discord.py's sending and editing methods share."""
    options: dict[str, Any] = {"content": frame.text, "allowed_mentions": SILENT}
    if frame.rich:
        extras = draw(frame.rich)
        options["embeds"] = extras.embeds
        if extras.view is not None:
            options["view"] = extras.view
    if frame.file is not None:
        options["file"] = discord.File(BytesIO(frame.file.text.encode()), frame.file.name)
    return options


def _partial(channel: discord.abc.Messageable, message: int) -> discord.PartialMessage:
    get = getattr(channel, "get_partial_message", None)
    if get is None:
        raise Gone
    partial: discord.PartialMessage = get(message)
    return partial


async def _sent(wire: Wire, request: Coroutine[Any, Any, Any]) -> int:
    """Send a new message, and return its id as soon as Discord has said it."""

    async def send() -> int:
        message: discord.Message = await request
        return message.id

    try:
        return await wire.answered(send(), lambda body: int(json.loads(body)["id"]))
    except _FAILURES as error:
        raise _translated(error) from None


async def _edited(wire: Wire, request: Coroutine[Any, Any, Any]) -> None:
    async def edit() -> None:
        await request

    try:
        await wire.answered(edit(), lambda _: None)
    except _FAILURES as error:
        raise _translated(error) from None


def _translated(error: Exception) -> CanvasError:
    """Return what a failure means for an answer."""
    if isinstance(error, CanvasError):
        return error
    if isinstance(error, discord.HTTPException) and error.code in _BY_CODE:
        return _BY_CODE[error.code](str(error.code))
    if isinstance(error, discord.Forbidden):
        return Denied(str(error.code))
    if isinstance(error, discord.NotFound):
        return Gone(str(error.code))
    if isinstance(error, discord.HTTPException) and 400 <= error.status < 500 and error.status != 429:
        return Invalid(str(error.code))
    return Unavailable(type(error).__name__)


async def _show_typing(channel: discord.abc.Messageable) -> None:
    try:
        await channel.typing()
    except _FAILURES:
        return  # an indicator that does not show is no loss


async def _whispered(person: discord.User | discord.Member, sentence: str) -> bool:
    try:
        await person.send(sentence, allowed_mentions=SILENT)
    except Exception as error:  # noqa: BLE001 - a last resort: whatever it was, nothing more can be tried
        _log.info("a direct message failed: %s", type(error).__name__)
        return False
    return True
