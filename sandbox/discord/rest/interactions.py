"""A bot's first answer to an interaction (reference, "Create Interaction Response")."""

from dataclasses import replace

from sandbox.discord.errors import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION, ApiError, FormErrors, Json
from sandbox.discord.model.interactions import Callback, Interaction, InteractionType
from sandbox.discord.model.messages import NO_FLAGS, MessageFlag, MessageType
from sandbox.discord.operations.messaging import Draft, edit, post
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.interactions import callback_json
from sandbox.discord.validators.fields import number_of, whole
from sandbox.discord.validators.messages import check_edit, check_new_message
from sandbox.discord.validators.modals import check_choices, check_modal

_MESSAGES = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
_UPDATES = {Callback.DEFERRED_UPDATE, Callback.UPDATE}

_ALLOWED = {
    InteractionType.COMMAND: _MESSAGES | {Callback.MODAL},
    InteractionType.COMPONENT: _MESSAGES | _UPDATES | {Callback.MODAL},
    InteractionType.AUTOCOMPLETE: {Callback.CHOICES},
    InteractionType.MODAL: _MESSAGES | _UPDATES,
}
"""Which answers fit which interactions."""


async def answer(call: ApiRequest) -> Reply:
    """POST /interactions/{interaction_id}/{token}/callback."""
    interaction = call.state.interactions.get(call.number("interaction_id", UNKNOWN_INTERACTION))
    if interaction is None or interaction.token != call.request.match_info["token"]:
        raise ApiError(UNKNOWN_INTERACTION)
    if interaction.response.callback is not None:
        raise ApiError(ALREADY_ACKNOWLEDGED)
    if interaction.expired or interaction.response.given_up:
        raise ApiError(UNKNOWN_INTERACTION)
    body = call.form()
    kind = _kind(body, interaction)
    data = body.get("data") if isinstance(body.get("data"), dict) else {}
    _carry_out(call, interaction, kind, data or {})
    interaction.response.callback = kind
    interaction.response.answered_after = interaction.age()
    call.state.events.interaction_answered(interaction)
    wanted = call.request.query.get("with_response", "").lower() in ("1", "true")
    return Reply(callback_json(interaction)) if wanted else NO_CONTENT


def _carry_out(call: ApiRequest, interaction: Interaction, kind: Callback, data: Json) -> None:
    if kind is Callback.CHOICES:
        interaction.response.choices = check_choices(data)
    elif kind is Callback.MODAL:
        interaction.response.modal = check_modal(data)
    elif kind is Callback.MESSAGE:
        files = call.keep_files(interaction.channel, data)
        draft = check_new_message(data, files, interaction.channel, path=("data",), by_interaction=True)
        _post(interaction, replace(draft, request=call.body))
    elif kind is Callback.DEFERRED_MESSAGE:
        errors = FormErrors()
        ephemeral = MessageFlag(whole(data, "flags", errors, ("data",))) & MessageFlag.EPHEMERAL
        errors.raise_if_any()
        _post(interaction, Draft(flags=MessageFlag.LOADING | ephemeral, request=call.body))
    else:
        interaction.message = interaction.source
        if kind is Callback.UPDATE and interaction.source is not None:
            files = call.keep_files(interaction.channel, data)
            draft = check_edit(data, files, interaction.source, path=("data",), by_interaction=True)
            edit(interaction.source, replace(draft, request=call.body))


def _post(interaction: Interaction, draft: Draft) -> None:
    """Send the interaction's first message, as an answer to the message whose component was used."""
    kind = MessageType.CHAT_INPUT_COMMAND if interaction.data.get("type", 1) == 1 else MessageType.CONTEXT_MENU_COMMAND
    answers = None
    if interaction.source is not None:
        kind, answers = MessageType.REPLY, interaction.source
    elif interaction.type is InteractionType.MODAL:
        kind = MessageType.DEFAULT
    flags = draft.flags | (MessageFlag.EPHEMERAL if interaction.hushed else NO_FLAGS)
    interaction.message = post(
        interaction.channel,
        interaction.application.bot,
        replace(draft, answers=answers, flags=flags),
        kind=kind,
        interaction=interaction,
        silent_reply=True,
    )


def _kind(body: Json, interaction: Interaction) -> Callback:
    errors = FormErrors()
    allowed = set(_ALLOWED[interaction.type])
    if interaction.type is InteractionType.MODAL and interaction.source is None:
        allowed -= _UPDATES
    value = number_of(body, "type")
    if value not in allowed:
        errors.not_a_choice(("type",), ", ".join(str(int(kind)) for kind in sorted(allowed)))
    errors.raise_if_any()
    return Callback(value)


ROUTES = (Route("POST", "/interactions/{interaction_id}/{token}/callback", answer, open=True, takes_forms=True),)
