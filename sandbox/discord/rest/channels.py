"""Channels and threads: looking one up, typing, opening and joining threads."""

from sandbox.discord.errors import (
    INVALID_CHANNEL_TYPE,
    MISSING_PERMISSIONS,
    NOT_A_TEXT_CHANNEL,
    THREAD_ARCHIVED,
    THREAD_EXISTS,
    ApiError,
    FormErrors,
    Json,
)
from sandbox.discord.limits.rate_limits import TYPE
from sandbox.discord.model.channels import WITHOUT_MESSAGES, Channel, ChannelType
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User
from sandbox.discord.operations.messaging import may_send, start_typing
from sandbox.discord.operations.threads import join, open_post, open_thread
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.guilds import channel_json, thread_member_json
from sandbox.discord.serializers.messages import message_json
from sandbox.discord.validators.fields import text, whole
from sandbox.discord.validators.messages import check_new_message


async def get_channel(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}: a thread with the bot's own membership in it."""
    channel = call.channel()
    return Reply(channel_json(channel, call.bot) | _membership(channel, call.bot))


async def trigger_typing(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/typing."""
    channel = call.chat()
    if channel.type in WITHOUT_MESSAGES:
        raise ApiError(NOT_A_TEXT_CHANNEL)
    if not may_send(channel, call.bot):
        raise ApiError(MISSING_PERMISSIONS)
    start_typing(channel, call.bot)
    return NO_CONTENT


async def start_thread(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/threads: a thread of its own, or a post in a forum."""
    body = call.form()
    parent = call.channel()
    name = _thread_name(body)
    if parent.type is ChannelType.FORUM:
        if Permission.SEND_MESSAGES not in parent.permissions_of(call.bot):
            raise ApiError(MISSING_PERMISSIONS)
        first = body.get("message") if isinstance(body.get("message"), dict) else {}
        draft = check_new_message(first or {}, call.keep_files(parent), parent, path=("message",))
        thread, message = open_post(parent, call.bot, name, draft)
        return Reply(_created(thread, call) | {"message": message_json(message, call.application)}, 201)
    if parent.type is not ChannelType.TEXT:
        raise ApiError(INVALID_CHANNEL_TYPE)
    # Without a type Discord opens a private thread, for the sake of bots older than the field.
    private = whole(body, "type", FormErrors(), (), ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    call.channel(Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    return Reply(_created(open_thread(parent, call.bot, name, private=private), call), 201)


async def start_thread_from_message(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/messages/{message_id}/threads."""
    name = _thread_name(call.form())
    parent = call.channel(Permission.CREATE_PUBLIC_THREADS)
    if parent.type is not ChannelType.TEXT:
        raise ApiError(INVALID_CHANNEL_TYPE)
    message = call.message(parent)
    if message.thread is not None:
        raise ApiError(THREAD_EXISTS)
    return Reply(_created(open_thread(parent, call.bot, name, start=message), call), 201)


async def join_thread(call: ApiRequest) -> Reply:
    """PUT /channels/{channel_id}/thread-members/@me."""
    channel = call.channel()
    if channel.thread is None:
        raise ApiError(INVALID_CHANNEL_TYPE)
    if channel.thread.archived:
        raise ApiError(THREAD_ARCHIVED)
    join(channel, call.bot)
    return NO_CONTENT


async def leave_thread(call: ApiRequest) -> Reply:
    """DELETE /channels/{channel_id}/thread-members/@me."""
    channel = call.channel()
    if channel.thread is None:
        raise ApiError(INVALID_CHANNEL_TYPE)
    channel.thread.member_ids.pop(call.bot.id, None)
    return NO_CONTENT


def _thread_name(body: Json) -> str:
    errors = FormErrors()
    name = text(body, "name", errors, (), minimum=1, maximum=100, must=True)
    errors.raise_if_any()
    return name


def _created(thread: Channel, call: ApiRequest) -> Json:
    return channel_json(thread) | _membership(thread, call.bot)


def _membership(thread: Channel, bot: User) -> Json:
    member = thread_member_json(thread, bot)
    return {"member": member} if member is not None else {}


ROUTES = (
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("POST", "/channels/{channel_id}/typing", trigger_typing, TYPE),
    Route("POST", "/channels/{channel_id}/threads", start_thread, takes_forms=True),
    Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", start_thread_from_message),
    Route("PUT", "/channels/{channel_id}/thread-members/@me", join_thread),
    Route("DELETE", "/channels/{channel_id}/thread-members/@me", leave_thread),
)
