"""Messages of a bot: reading, sending, editing, deleting."""

from sandbox.discord.errors import (
    CANNOT_DM,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NOT_A_TEXT_CHANNEL,
    NOT_IN_A_DM,
    NOT_THE_AUTHOR,
    REPLY_WITHOUT_HISTORY,
    ApiError,
    FormErrors,
)
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, EDIT_MESSAGES
from sandbox.discord.model.channels import WITHOUT_MESSAGES, Channel
from sandbox.discord.model.messages import Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import User
from sandbox.discord.operations.closed_threads import check_deletable
from sandbox.discord.operations.messaging import delete, edit, find_by_nonce, may_send, post
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.messages import message_json
from sandbox.discord.validators.fields import flag, snowflake
from sandbox.discord.validators.messages import check_edit, check_new_message

MAX_AT_ONCE = 100


async def list_messages(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}/messages: newest first; nothing at all without Read Message History."""
    channel = call.chat()
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.bot):
        return Reply([])
    query = call.request.query
    limit = snowflake(query.get("limit", "50"))
    if limit is None or not 1 <= limit <= MAX_AT_ONCE:
        errors = FormErrors()
        code = "NUMBER_TYPE_MIN" if limit == 0 else "NUMBER_TYPE_MAX" if limit is not None else "NUMBER_TYPE_COERCE"
        errors.add(("limit",), code, f"int value should be between 1 and {MAX_AT_ONCE}.")
        raise errors.refusal()
    messages = [message for message in channel.messages.values() if not message.ephemeral]
    messages.sort(key=lambda message: message.id)
    chosen = _select(messages, limit, {name: snowflake(query.get(name)) for name in ("before", "after", "around")})
    return Reply([message_json(message, call.application) for message in reversed(chosen)])


async def get_message(call: ApiRequest) -> Reply:
    """GET /channels/{channel_id}/messages/{message_id}."""
    channel = call.chat()
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.bot):
        raise ApiError(MISSING_ACCESS)
    return Reply(message_json(call.message(channel), call.application))


async def create_message(call: ApiRequest) -> Reply:
    """POST /channels/{channel_id}/messages."""
    channel = call.chat()
    _check_may_post(channel, call.bot)
    body = call.form()
    granted = channel.permissions_of(call.bot)
    if call.uploads and Permission.ATTACH_FILES not in granted:
        raise ApiError(MISSING_PERMISSIONS)
    if body.get("message_reference") is not None and Permission.READ_MESSAGE_HISTORY not in granted:
        raise ApiError(REPLY_WITHOUT_HISTORY)
    draft = check_new_message(body, call.keep_files(channel), channel)
    errors = FormErrors()
    enforced = flag(body, "enforce_nonce", errors, ())
    errors.raise_if_any()
    message = find_by_nonce(channel, call.bot, draft.nonce) if enforced else None
    return Reply(message_json(message or post(channel, call.bot, draft), call.application))


async def edit_message(call: ApiRequest) -> Reply:
    """PATCH /channels/{channel_id}/messages/{message_id}."""
    channel = call.chat()
    message = call.message(channel)
    if message.author is not call.bot:
        raise ApiError(NOT_THE_AUTHOR)
    edit(message, check_edit(call.form(), call.keep_files(channel), message))
    return Reply(message_json(message, call.application))


async def delete_message(call: ApiRequest) -> Reply:
    """DELETE /channels/{channel_id}/messages/{message_id}."""
    channel = call.chat()
    message = call.message(channel)
    if message.author is not call.bot:
        if channel.guild is None:
            raise ApiError(NOT_IN_A_DM)
        call.channel(Permission.MANAGE_MESSAGES)
    check_deletable(channel, call.bot)
    delete(message)
    return NO_CONTENT


def _check_may_post(channel: Channel, bot: User) -> None:
    if channel.type in WITHOUT_MESSAGES:
        raise ApiError(NOT_A_TEXT_CHANNEL)
    if channel.guild is None:
        person = next(user for user in channel.recipients if user is not bot)
        if not person.accepts_dms or person.is_bot or not channel.state.share_a_guild(person, bot):
            raise ApiError(CANNOT_DM)
    if not may_send(channel, bot):
        raise ApiError(MISSING_PERMISSIONS)


def _select(messages: list[Message], limit: int, query: dict[str, int | None]) -> list[Message]:
    """Return the messages that a query asks for, oldest first."""
    before, after, around = query["before"], query["after"], query["around"]
    if around is not None:
        older = [message for message in messages if message.id < around][-(limit // 2) :]
        newer = [message for message in messages if message.id >= around][: limit - len(older)]
        return older + newer
    if after is not None:
        return [message for message in messages if message.id > after][:limit]
    return [message for message in messages if before is None or message.id < before][-limit:]


ROUTES = (
    Route("GET", "/channels/{channel_id}/messages", list_messages),
    Route("GET", "/channels/{channel_id}/messages/{message_id}", get_message),
    Route("POST", "/channels/{channel_id}/messages", create_message, CREATE_MESSAGES, takes_forms=True),
    Route("PATCH", "/channels/{channel_id}/messages/{message_id}", edit_message, EDIT_MESSAGES, takes_forms=True),
    Route("DELETE", "/channels/{channel_id}/messages/{message_id}", delete_message),
)
