"""Pinned messages: the addresses of 2025, and the older ones, which Discord still serves."""

from sandbox.discord.errors import TOO_MANY_PINS, ApiError
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.messages import Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.operations.messaging import pin, unpin
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.messages import message_json

MAX_PINS = 250
MAX_AT_ONCE = 50


async def list_pins(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}/messages/pins: newest first, at most 50."""
    channel = call.chat()
    pinned = _pinned(channel, call)
    items = [
        {"pinned_at": channel.pins[message.id], "message": message_json(message, call.application)}
        for message in pinned[:MAX_AT_ONCE]
    ]
    return Reply({"items": items, "has_more": len(pinned) > MAX_AT_ONCE})


async def list_pins_in_the_older_form(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}/pins: the messages alone."""
    pinned = _pinned(call.chat(), call)
    return Reply([message_json(message, call.application) for message in pinned[:MAX_AT_ONCE]])


async def pin_message(call: ApiRequest) -> Reply:
    """PUT …/pins/{message_id}."""
    channel = call.chat(Permission.PIN_MESSAGES)
    message = call.message(channel)
    if message.id not in channel.pins:
        if len(channel.pins) >= MAX_PINS:
            raise ApiError(TOO_MANY_PINS)
        pin(message, call.bot)
    return NO_CONTENT


async def unpin_message(call: ApiRequest) -> Reply:
    """DELETE …/pins/{message_id}."""
    unpin(call.message(call.chat(Permission.PIN_MESSAGES)))
    return NO_CONTENT


def _pinned(channel: Channel, call: ApiRequest) -> list[Message]:
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.bot):
        return []
    return [channel.messages[key] for key in sorted(channel.pins, key=channel.pins.__getitem__, reverse=True)]


ROUTES = (
    Route("GET", "/channels/{channel_id}/messages/pins", list_pins),
    Route("GET", "/channels/{channel_id}/pins", list_pins_in_the_older_form),
    *(
        Route(method, f"/channels/{{channel_id}}/{path}/{{message_id}}", handler)
        for path in ("messages/pins", "pins")
        for method, handler in (("PUT", pin_message), ("DELETE", unpin_message))
    ),
)
