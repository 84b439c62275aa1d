"""A provider's own error text: found in its reply, and cleaned of secrets and of what people wrote."""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import quote, quote_plus, unquote_plus

from bot.domain.errors import MAX_REASON_CHARS
from bot.providers.response import unwrap_json

_SHARED_RUN = 16
_SHORT_TEXT = 6
_BLUR = "[…]"
_TEXT_KEYS = (
    *("message", "errorText", "errorMessage", "error_message", "error", "errors", "detail", "details", "reason", "msg"),
    *("title", "type", "status", "code"),
)
_EMPTY_WORDS = frozenset({"abort", "error", "fail", "failed", "failure"})
_PARTS = ("body", "query", "path", "header")
"""What FastAPI calls the parts of a request in which a fault may be."""

_MAX_ITEMS = 8
_MAX_SENTENCE = 300
_MARKUP = re.compile(r"<[!/?a-z]|[{}]|\bat .+:\d+\b|Traceback", re.IGNORECASE)
_MAX_READ = 16_384
"""How much of a reason is cleaned, in characters: far more than is shown, and no more than takes a moment."""


def find_error_text(payload: object, depth: int = 4) -> str | None:
    """Return the error text of a decoded JSON body in any of the providers' shapes, None if there is none.

    `message`, `errorText`, `error` (text, or an object of `code` and `message`), Django's `detail` and `{"field":
    ["text"]}`, ChatBot.com's `status.type`; values may be lists, or texts that are JSON themselves. And what web
    frameworks make: FastAPI's `{"loc": ["body", "x"], "msg": "text"}`, `title` and `detail` of RFC 9457's problem
    details, fields' faults in `errors` beside a `message` (Laravel, ASP.NET).
    """
    if depth == 0:
        return None
    match payload:
        case str():
            inside = unwrap_json(payload)
            return payload.strip() or None if inside is None else find_error_text(inside, depth)
        case list():
            return "; ".join(filter(None, (find_error_text(item, depth - 1) for item in payload[:_MAX_ITEMS]))) or None
        case dict():
            reasons = (_worth_telling(find_error_text(payload.get(key), depth - 1)) for key in _TEXT_KEYS)
            reason = next(filter(None, reasons), None)
            return _with_details(payload, reason) if reason else "; ".join(_field_faults(payload)) or None
    return None


def clean_error_text(reason: str | None, secrets: Iterable[str], texts: Iterable[str]) -> str | None:
    """Return `reason` fit to be shown: one line, at most 200 characters, each of `secrets` replaced.

    None if nothing is left, or if it repeats 16 letters or digits in a row (or the whole, if that is at least 6) of one
    of `texts`, which are what people wrote.
    """
    if not reason:
        return None
    reason = _blur(reason, secrets)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    if len(line) > MAX_REASON_CHARS:
        line = line[: MAX_REASON_CHARS - 1].rstrip() + "…"
    if any(_repeats(form, text) for text in texts for form in (line, unquote_plus(line))):
        return None
    return line or None


def _blur(reason: str, secrets: Iterable[str]) -> str:
    """Return the beginning of `reason` with each secret replaced, and none torn by its end."""
    known = sorted(filter(None, secrets), key=len, reverse=True)
    forms = [form for secret in known for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret))]
    if not forms:
        return reason[:_MAX_READ]
    secret = re.compile("|".join(map(re.escape, dict.fromkeys(forms))), re.IGNORECASE)
    end = _MAX_READ
    for found in secret.finditer(reason, 0, _MAX_READ + max(map(len, forms))):
        if found.start() < end < found.end():
            end = found.end()
    return secret.sub(_BLUR, reason[:end])


def is_sentence(text: str) -> bool:
    """Tell whether a body is a short text that a person may be told, not a page, a dump or a document."""
    return len(text) <= _MAX_SENTENCE and text.strip().count("\n") < 3 and not _MARKUP.search(text)


def _with_details(payload: dict[str, object], reason: str) -> str:
    """Return `reason` with what the error says about where it is: a place, a heading, or the faults of fields."""
    title, places, faults = payload.get("title"), payload.get("loc"), payload.get("errors")
    if isinstance(places, list):
        behind = places[1:] if places[:1] and places[0] in _PARTS else places
        place = ".".join(str(part) for part in behind[:_MAX_ITEMS] if isinstance(part, str | int))
        return f"{place}: {reason}" if place else reason
    if isinstance(faults, dict) and (told := "; ".join(_field_faults(faults))):
        heading = reason if told != reason else title
        return f"{heading} {told}" if isinstance(heading, str) else told
    if isinstance(title, str) and title.strip() and title.casefold().strip() not in reason.casefold():
        return f"{title.strip().rstrip('.:')}: {reason}"
    return reason


def _worth_telling(reason: str | None) -> str | None:
    return None if reason is None or reason.casefold() in _EMPTY_WORDS else reason


def are_field_faults(payload: dict[str, object]) -> bool:
    """Tell whether an object is Django's `{"field": ["text"]}` and nothing else."""
    lists = [faults for faults in payload.values() if isinstance(faults, list) and faults]
    return bool(lists) and len(lists) == len(payload) and all(isinstance(faults[0], str) for faults in lists)


def _field_faults(payload: dict[str, object]) -> Iterable[str]:
    for field, faults in islice(payload.items(), _MAX_ITEMS):
        if isinstance(faults, list) and faults and all(isinstance(fault, str) for fault in faults[:_MAX_ITEMS]):
            yield f"{field}: {' '.join(faults[:_MAX_ITEMS])}"


def _repeats(reason: str, text: str) -> bool:
    said, told = _essence(text), _essence(reason)
    if len(said) < _SHARED_RUN:
        return len(said) >= _SHORT_TEXT and said in told
    return any(told[start : start + _SHARED_RUN] in said for start in range(len(told) - _SHARED_RUN + 1))


def _essence(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
