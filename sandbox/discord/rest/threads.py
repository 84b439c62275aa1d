"""Threads: opening one, editing it, joining and leaving it (reference, "Threads", "Editing & Deleting Threads")."""

from sandbox.discord.errors import (
    INVALID_CHANNEL_TYPE,
    MISSING_PERMISSIONS,
    THREAD_ARCHIVED,
    THREAD_EXISTS,
    ApiError,
    FormErrors,
    Json,
)
from sandbox.discord.model.channels import WITH_THREADS, Channel, ChannelType
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User
from sandbox.discord.operations.closed_threads import change
from sandbox.discord.operations.threads import join, open_post, open_thread
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.guilds import channel_json, thread_member_json
from sandbox.discord.serializers.messages import message_json
from sandbox.discord.validators.fields import flag, text, whole
from sandbox.discord.validators.messages import check_new_message

AUTO_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
MAX_SLOW_MODE = 21600


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
    if parent.type not in WITH_THREADS:
        raise ApiError(INVALID_CHANNEL_TYPE)
    # Without a type Discord opens a private thread, for the sake of bots older than the field.
    private = whole(body, "type", FormErrors(), (), ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    if private and parent.type is ChannelType.ANNOUNCEMENT:
        raise ApiError(INVALID_CHANNEL_TYPE)
    call.channel(Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    return Reply(_created(open_thread(parent, call.bot, name, private=private), call), 201)


async def start_thread_from_message(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/messages/{message_id}/threads."""
    name = _thread_name(call.form())
    parent = call.channel(Permission.CREATE_PUBLIC_THREADS)
    if parent.type not in WITH_THREADS:
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


async def edit_thread(call: ApiRequest) -> Reply:
    """PATCH /channels/{channel_id}: of threads only; other channels' settings are not for a chat bot."""
    channel = call.channel()
    thread = channel.thread
    if thread is None:
        raise ApiError(INVALID_CHANNEL_TYPE)
    body = call.form()
    errors = FormErrors()
    name = text(body, "name", errors, (), maximum=100)
    slow_mode = whole(body, "rate_limit_per_user", errors, (), channel.slow_mode)
    if not 0 <= slow_mode <= MAX_SLOW_MODE:
        errors.add(("rate_limit_per_user",), "NUMBER_TYPE_MAX", f"int value should be at most {MAX_SLOW_MODE}.")
    minutes = whole(body, "auto_archive_duration", errors, (), thread.auto_archive_minutes)
    if minutes not in AUTO_ARCHIVE_MINUTES:
        errors.not_a_choice(("auto_archive_duration",), ", ".join(map(str, AUTO_ARCHIVE_MINUTES)))
    archived = flag(body, "archived", errors, (), default=thread.archived)
    locked = flag(body, "locked", errors, (), default=thread.locked)
    errors.raise_if_any()
    _check_may_edit(channel, call.bot, body)
    if thread.archived and archived:
        raise ApiError(THREAD_ARCHIVED)
    channel.name, channel.slow_mode, thread.auto_archive_minutes = name or channel.name, slow_mode, minutes
    change(channel, archived=archived, locked=locked)
    return Reply(channel_json(channel) | membership(channel, call.bot))


def _check_may_edit(channel: Channel, bot: User, body: Json) -> None:
    """Raise ApiError 50013: members may unarchive, the owner also rename and archive, moderators do everything."""
    thread = channel.thread
    if thread is None or Permission.MANAGE_THREADS in channel.permissions_of(bot):
        return
    unarchives = body == {"archived": False}
    is_allowed = bot.id in thread.member_ids if unarchives else thread.owner is bot
    if thread.locked or not is_allowed or "locked" in body or "rate_limit_per_user" in body:
        raise ApiError(MISSING_PERMISSIONS)


def _thread_name(body: Json) -> str:
    errors = FormErrors()
    name = text(body, "name", errors, (), minimum=1, maximum=100, must=True)
    errors.raise_if_any()
    return name


def _created(thread: Channel, call: ApiRequest) -> Json:
    return channel_json(thread) | membership(thread, call.bot)


def membership(thread: Channel, bot: User) -> Json:
    """Return the bot's own membership as the part of a thread's JSON that it is, empty if it has none."""
    member = thread_member_json(thread, bot)
    return {"member": member} if member is not None else {}


ROUTES = (
    Route("PATCH", "/channels/{channel_id}", edit_thread),
    Route("POST", "/channels/{channel_id}/threads", start_thread, takes_forms=True),
    Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", start_thread_from_message),
    Route("PUT", "/channels/{channel_id}/thread-members/@me", join_thread),
    Route("DELETE", "/channels/{channel_id}/thread-members/@me", leave_thread),
)
