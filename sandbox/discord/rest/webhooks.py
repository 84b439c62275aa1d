"""What follows an interaction's first answer: editing it, and follow-up messages, by the interaction's token."""

from dataclasses import replace

from sandbox.discord.errors import (
    INVALID_WEBHOOK_TOKEN,
    TOO_MANY_FOLLOW_UPS,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    ApiError,
)
from sandbox.discord.limits.rate_limits import WEBHOOK
from sandbox.discord.model.interactions import MAX_FOLLOW_UPS, TOKEN_LASTS, Callback, Interaction
from sandbox.discord.model.messages import Message, MessageFlag, MessageType
from sandbox.discord.operations.messaging import delete, edit, fill_in, post
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.messages import message_json
from sandbox.discord.validators.messages import check_edit, check_new_message

_SHOWS_SOMETHING = frozenset({Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE, Callback.UPDATE})


async def follow_up(call: ApiRequest) -> Reply:
    """POST /webhooks/{application_id}/{token}: the first one after a deferral takes the placeholder's place."""
    interaction = _interaction(call)
    channel = interaction.channel
    draft = check_new_message(call.form(), call.keep_files(channel), channel, by_interaction=True)
    first = interaction.message
    if first is not None and first.thinking and not first.deleted:
        fill_in(first, draft)
        return _shown(first, interaction)
    if interaction.as_guest and len(interaction.followups) >= MAX_FOLLOW_UPS:
        raise ApiError(TOO_MANY_FOLLOW_UPS)
    if interaction.hushed:
        draft = replace(draft, flags=draft.flags | MessageFlag.EPHEMERAL)
    message = post(
        channel,
        interaction.application.bot,
        replace(draft, answers=first if first is not None and not first.deleted else None),
        kind=MessageType.DEFAULT if first is None else MessageType.REPLY,
        interaction=interaction,
        silent_reply=True,
    )
    interaction.followups.append(message)
    call.state.change_log.record("interaction.followup", interaction)
    return _shown(message, interaction)


async def get_message(call: ApiRequest) -> Reply:
    """GET …/messages/@original and …/messages/{message_id}."""
    interaction = _interaction(call)
    return _shown(_message(call, interaction), interaction)


async def edit_message(call: ApiRequest) -> Reply:
    """PATCH …/messages/@original and …/messages/{message_id}."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    draft = check_edit(call.form(), call.keep_files(interaction.channel), message, by_interaction=True)
    if message.thinking:
        fill_in(message, draft)
    else:
        edit(message, draft)
    return _shown(message, interaction)


async def delete_message(call: ApiRequest) -> Reply:
    """DELETE …/messages/@original and …/messages/{message_id}."""
    delete(_message(call, _interaction(call)))
    return NO_CONTENT


def _interaction(call: ApiRequest) -> Interaction:
    """Return the answered interaction that the token belongs to. Raises ApiError 10015 or 50027."""
    key = call.number("application_id", UNKNOWN_WEBHOOK)
    interaction = call.state.interactions_by_token.get(call.request.match_info["token"])
    if key not in call.state.applications:
        raise ApiError(UNKNOWN_WEBHOOK)
    if interaction is None or interaction.application.id != key or interaction.age() > TOKEN_LASTS:
        raise ApiError(INVALID_WEBHOOK_TOKEN)
    if interaction.response.callback is None or interaction.response.callback is Callback.CHOICES:
        raise ApiError(UNKNOWN_WEBHOOK)
    return interaction


def _message(call: ApiRequest, interaction: Interaction) -> Message:
    if "message_id" not in call.request.match_info:
        message = interaction.message if interaction.response.callback in _SHOWS_SOMETHING else None
    else:
        key = call.number("message_id", UNKNOWN_MESSAGE)
        own = [*interaction.followups, *([interaction.message] if interaction.message is not None else [])]
        message = next((found for found in own if found.id == key), None)
    if message is None or message.deleted:
        raise ApiError(UNKNOWN_MESSAGE)
    return message


def _shown(message: Message, interaction: Interaction) -> Reply:
    return Reply(message_json(message, interaction.application, reads_content=True))


_TOKEN = "/webhooks/{application_id}/{token}"  # noqa: S105 - a path, no secret

ROUTES = (
    Route("POST", _TOKEN, follow_up, WEBHOOK, open=True, takes_forms=True),
    *(
        Route(method, f"{_TOKEN}/messages/{name}", handler, WEBHOOK, open=True, takes_forms=method == "PATCH")
        for name in ("@original", "{message_id}")
        for method, handler in (("GET", get_message), ("PATCH", edit_message), ("DELETE", delete_message))
    ),
)
