"""The body of a message that a bot sends or edits, checked and turned into a draft."""

from dataclasses import replace

from sandbox.discord.errors import EMPTY_MESSAGE, ApiError, FormErrors, Json, Path
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.messages import SYSTEM, Attachment, Message, MessageFlag
from sandbox.discord.operations.mentions import USERS_ONLY, Allowed
from sandbox.discord.operations.messaging import Draft
from sandbox.discord.validators.components import check_components
from sandbox.discord.validators.embeds import check_embeds
from sandbox.discord.validators.fields import array, model, snowflake, text, whole

MAX_CHARACTERS = 2000
MAX_FILES = 10
MAX_NONCE = 25
MAX_DESCRIPTION = 1024
"""Characters of what is said about a file (documentation, "Attachment Object")."""

_SETTABLE = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.EPHEMERAL
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.IS_COMPONENTS_V2
)


def check_new_message(
    body: Json, files: tuple[Attachment, ...], channel: Channel, *, path: Path = (), by_interaction: bool = False
) -> Draft:
    """Return the draft of a new message; one that answers an interaction may be ephemeral, and pings only people.

    Raises ApiError 50035 with Discord's tree, or 50006 when nothing is left to show.
    """
    errors = FormErrors()
    flags = _flags(body, errors, path)
    if not by_interaction:
        flags &= ~MessageFlag.EPHEMERAL
    draft = _shown(Draft(flags=flags, request=body), body, errors, path, by_interaction=by_interaction)
    nonce = _nonce(body, errors, path)
    draft = replace(draft, attachments=files, answers=_answered(body, channel, errors, path), nonce=nonce)
    if len(files) > MAX_FILES:
        errors.too_long((*path, "attachments"), MAX_FILES)
    _check_descriptions(body.get("attachments"), errors, path)
    errors.raise_if_any()
    if draft.empty:
        raise ApiError(EMPTY_MESSAGE)
    return draft


def check_edit(
    body: Json, files: tuple[Attachment, ...], message: Message, *, path: Path = (), by_interaction: bool = False
) -> Draft:
    """Return the draft of a message as it is after an edit: what the body leaves out stays.

    Raises ApiError 50035, or 50006 when nothing would be left to show.
    """
    errors = FormErrors()
    changed = _flags(body, errors, path) if body.get("flags") is not None else MessageFlag(0)
    keep = message.flags & ~MessageFlag.SUPPRESS_EMBEDS if body.get("flags") is not None else message.flags
    flags = keep | (changed & (MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2))
    before = Draft(message.content, message.embeds, message.components, flags=flags, request=body)
    draft = _shown(before, body, errors, path, by_interaction=by_interaction)
    draft = replace(draft, attachments=(*_kept_files(body, message, errors, path), *files))
    errors.raise_if_any()
    if draft.empty:
        raise ApiError(EMPTY_MESSAGE)
    return draft


def _shown(draft: Draft, body: Json, errors: FormErrors, path: Path, *, by_interaction: bool) -> Draft:
    layout = MessageFlag.IS_COMPONENTS_V2 in draft.flags
    if "content" in body:
        # Discord trims a message before it counts it.
        value = body["content"]
        trimmed = {"content": value.strip() if isinstance(value, str) else value}
        draft = replace(draft, content=text(trimmed, "content", errors, path, maximum=MAX_CHARACTERS).strip())
    if "embeds" in body:
        draft = replace(draft, embeds=check_embeds(body, errors, path))
    if "components" in body:
        draft = replace(draft, components=check_components(body, errors, path, layout=layout))
    if layout:
        for name in ("content", "embeds"):
            if body.get(name):
                message = "The 'content' and 'embeds' fields cannot be used with MessageFlags.IS_COMPONENTS_V2"
                errors.add((*path, name), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    allowed = check_allowed_mentions(body, errors, path, default=USERS_ONLY if by_interaction else Allowed())
    return replace(draft, allowed=allowed)


def check_allowed_mentions(body: Json, errors: FormErrors, path: Path = (), *, default: Allowed) -> Allowed:
    """Whom the message may ping; `default` goes for a body that says nothing about it."""
    here = (*path, "allowed_mentions")
    if body.get("allowed_mentions") is None:
        return default
    rules = model(body["allowed_mentions"], errors, here)
    if rules is None:
        return default
    parse: set[str] = set()
    for index, value in enumerate(array(rules, "parse", errors, here, maximum=3)):
        if value not in ("users", "roles", "everyone"):
            errors.not_a_choice((*here, "parse", index), "'users', 'everyone', 'roles'")
        else:
            parse.add(str(value))
    ids: dict[str, frozenset[int]] = {}
    for name in ("users", "roles"):
        listed = array(rules, name, errors, here, maximum=100)
        ids[name] = frozenset(key for key in map(snowflake, listed) if key is not None)
        if len(ids[name]) != len(listed):
            errors.add((*here, name), "SET_TYPE_INVALID", "The ids must be snowflakes and may not be repeated.")
        if listed and name in parse:
            message = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            errors.add(here, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    return Allowed(frozenset(parse), ids["users"], ids["roles"], bool(rules.get("replied_user", False)))


def _flags(body: Json, errors: FormErrors, path: Path) -> MessageFlag:
    # Flags that a bot may not set are ignored, as Discord does.
    return MessageFlag(whole(body, "flags", errors, path) & int(_SETTABLE))


def _answered(body: Json, channel: Channel, errors: FormErrors, path: Path) -> Message | None:
    reference = body.get("message_reference")
    if reference is None:
        return None
    here = (*path, "message_reference")
    link = model(reference, errors, here)
    if link is None:
        return None
    key = snowflake(link.get("message_id"))
    if key is None:
        errors.required((*here, "message_id"))
        return None
    found = channel.messages.get(key)
    if found is not None and not found.ephemeral:
        if found.type in SYSTEM:
            errors.add(here, "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
        return found
    if link.get("fail_if_not_exists", True) is not False:
        errors.add(here, "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return None


def _nonce(body: Json, errors: FormErrors, path: Path) -> str | int | None:
    nonce = body.get("nonce")
    if isinstance(nonce, int) and not isinstance(nonce, bool):
        if not -(1 << 63) <= nonce < 1 << 63:
            errors.wrong_type((*path, "nonce"), nonce, "int")
        return nonce
    return text(body, "nonce", errors, path, maximum=MAX_NONCE) or None


def _check_descriptions(listed: object, errors: FormErrors, path: Path) -> None:
    """Hold what a request says about its files to their length."""
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            text(item, "description", errors, (*path, "attachments", str(number)), maximum=MAX_DESCRIPTION)


def _kept_files(body: Json, message: Message, errors: FormErrors, path: Path) -> tuple[Attachment, ...]:
    if body.get("attachments") is None:
        return message.attachments
    listed = array(body, "attachments", errors, path, maximum=MAX_FILES)
    _check_descriptions(listed, errors, path)
    wanted = {snowflake(item.get("id")) for item in listed if isinstance(item, dict)}
    return tuple(file for file in message.attachments if file.id in wanted)
