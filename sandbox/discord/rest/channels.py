"""Channels: looking one up, and typing in it."""

from sandbox.discord.errors import MISSING_PERMISSIONS, NOT_A_TEXT_CHANNEL, ApiError
from sandbox.discord.limits.rate_limits import TYPE
from sandbox.discord.model.channels import WITHOUT_MESSAGES
from sandbox.discord.operations.messaging import may_send, start_typing
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.rest.threads import membership
from sandbox.discord.serializers.guilds import channel_json


async def get_channel(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}: a thread with the bot's own membership in it."""
    channel = call.channel()
    return Reply(channel_json(channel, call.bot) | membership(channel, call.bot))


async def trigger_typing(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/typing."""
    channel = call.chat()
    if channel.type in WITHOUT_MESSAGES:
        raise ApiError(NOT_A_TEXT_CHANNEL)
    if not may_send(channel, call.bot):
        raise ApiError(MISSING_PERMISSIONS)
    start_typing(channel, call.bot)
    return NO_CONTENT


ROUTES = (
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("POST", "/channels/{channel_id}/typing", trigger_typing, TYPE),
)
