"""Errors that a provider tells of in the body of a success: whether there is one, and the HTTP status it amounts to.

Shapes from `reference/providers.md`, and those that web frameworks make; error codes from
`reference/provider-docs/chatbase-v2.md`.
"""

import re
from http import HTTPStatus

from bot.providers.response import JsonObject, unwrap_json

_ERROR_FIELDS = ("error", "errors", "errorText", "errorMessage", "error_message")
_STATUS_FIELDS = ("statusCode", "status_code", "status", "code", "errorCode", "error_code")
_TEXT_FIELDS = ("type", *_ERROR_FIELDS, "message", "detail")
_BESIDE_A_MESSAGE = frozenset({"message", "detail", "details", "path", "requestId", "request_id", "timestamp"})
ERROR_KEYS = (
    _BESIDE_A_MESSAGE
    | {*_ERROR_FIELDS, *_STATUS_FIELDS}
    | {"ok", "param", "reason", "retryAfter", "retry_after", "statusText", "success", "type"}
)
"""The keys of an object that holds an error and nothing else."""

_ERROR_KINDS = frozenset({"error", "abort"})
_TELLING_KEYS = {"type", "success", "ok", *_ERROR_FIELDS, *_STATUS_FIELDS}
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_SUCCEEDED = frozenset({"ok", "success", "succeeded"})
_MAX_ITEMS = 8
_MAX_CODE_CHARS = 64

_CODES = {
    400: ("CHAT_RETRY_NO_USER_MESSAGE", "VALIDATION_INVALID_BODY", "VALIDATION_INVALID_JSON"),
    401: ("AUTH_EXPIRED_API_KEY", "AUTH_INVALID_API_KEY", "AUTH_MISSING_API_KEY", "INVALID_API_KEY"),
    402: ("CHAT_AGENT_CREDITS_EXHAUSTED", "CHAT_CREDITS_EXHAUSTED", "INSUFFICIENT_CREDITS", "INSUFFICIENT_QUOTA"),
    403: ("AUTH_INSUFFICIENT_PERMISSIONS", "CHAT_MODEL_NOT_ALLOWED", "SUBSCRIPTION_API_RESTRICTED_PLAN"),
    404: ("AGENT_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_MESSAGE_NOT_FOUND", "CHAT_RETRY_MESSAGE_NOT_FOUND"),
    422: ("RESOURCE_MESSAGE_NOT_ASSISTANT",),
    429: ("RATE_LIMITED", "RATE_LIMIT_EXCEEDED", "RATE_LIMIT_TOO_MANY_REQUESTS"),
    503: ("SERVICE_UNDER_MAINTENANCE",),
}


def _plain(code: str) -> str:
    """Return `code` without what differs between `Not Found`, `NOT_FOUND` and `notFound`."""
    return re.sub(r"[\W_]", "", code).casefold()


_STATUSES = {_plain(status.name): status.value for status in HTTPStatus if status >= 400}
_STATUSES |= {_plain(code): status for status, codes in _CODES.items() for code in codes}


def find_status(payload: object, depth: int = 4) -> int | None:
    """Return the HTTP status, from 400 to 599, that a decoded body tells of as a number or by a name; None if none."""
    if depth == 0 or isinstance(payload, bool):
        return None
    match payload:
        case int():
            return payload if 400 <= payload < 600 else None
        case str():
            inside = unwrap_json(payload)
            return _status_of_code(payload) if inside is None else find_status(inside, depth)
        case dict():
            values = [payload.get(field) for field in (*_STATUS_FIELDS, *_TEXT_FIELDS)]
        case list():
            values = payload[:_MAX_ITEMS]
        case _:
            return None
    return next(filter(None, (find_status(value, depth - 1) for value in values)), None)


def tells_error(payload: JsonObject) -> bool:
    """Tell whether an object that came with a success says that there was an error, whatever else it holds."""
    if payload.keys().isdisjoint(_TELLING_KEYS):
        return False  # as nearly every event of a stream
    if is_error_kind(payload.get("type")) or any(payload.get(field) for field in _ERROR_FIELDS):
        return True
    if payload.get("success") is False or payload.get("ok") is False:
        return True
    states = [payload.get(field) for field in _STATUS_FIELDS]
    if any(_says(state, _FAILED) or find_status(state) for state in states):
        return True
    return bool(payload.get("message")) and _is_error_code(payload.get("code"))


def is_error_only(payload: JsonObject) -> bool:
    """Tell whether an object is an error and nothing else, in one of the shapes that the documents show."""
    if not payload.keys() <= ERROR_KEYS:
        return False
    message = payload.get("message")
    told = isinstance(message, str) and bool(message.strip()) and payload.keys() <= _BESIDE_A_MESSAGE
    return told or tells_error(payload)


def is_error_kind(kind: object) -> bool:
    """Tell whether the `type` of an object, or the name of an event, is that of an error."""
    return _says(kind, _ERROR_KINDS)


def _is_error_code(code: object) -> bool:
    """Tell whether `code` is the name of an error: a successful reply of these APIs has no code but a number."""
    return isinstance(code, str) and not _says(code, _SUCCEEDED) and not re.fullmatch(r"\s*[0-9]*\s*", code)


def _says(state: object, words: frozenset[str]) -> bool:
    return isinstance(state, str) and state.strip().casefold() in words


def _status_of_code(code: str) -> int | None:
    if len(code) > _MAX_CODE_CHARS:
        return None
    return int(code) if re.fullmatch(r"[45][0-9]{2}", code) else _STATUSES.get(_plain(code))
