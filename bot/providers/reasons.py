"""A provider's own error text: found in its reply, and cleaned of secrets and of what people wrote."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote_plus

REASON_CHARS = 200
"""The longest reason that is passed on, in characters."""

_SHARED_RUN = 16
_SHORT_TEXT = 6
_BLUR = "[…]"
_TEXT_KEYS = ("message", "error", "detail", "type", "status")


def find_reason(payload: object, depth: int = 4) -> str | None:
    """Return the error text of a decoded JSON body in any of the providers' shapes, None where there is none.

    `message`, `error` (text, or an object of `code` and `message`), Django's `detail` and `{"field": ["text"]}`,
    ChatBot.com's `status.type`; values may be lists.
    """
    if depth == 0:
        return None
    if isinstance(payload, str):
        return payload.strip() or None
    if isinstance(payload, list):
        return "; ".join(filter(None, (find_reason(item, depth - 1) for item in payload))) or None
    if not isinstance(payload, dict):
        return None
    for key in _TEXT_KEYS:
        if reason := find_reason(payload.get(key), depth - 1):
            return reason
    return "; ".join(_field_faults(payload)) or None


def clean_reason(reason: str | None, secrets: Iterable[str], texts: Iterable[str]) -> str | None:
    """Return `reason` fit to be shown: one line, at most 200 characters, each of `secrets` replaced.

    None where nothing is left, or where it repeats 16 letters or digits in a row (or the whole, if that is at least 6)
    of one of `texts`, which are what people wrote.
    """
    if not reason:
        return None
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
            reason = re.sub(re.escape(form), _BLUR, reason, flags=re.IGNORECASE)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    if len(line) > REASON_CHARS:
        line = line[: REASON_CHARS - 1].rstrip() + "…"
    if any(_repeats(form, text) for text in texts for form in (line, unquote_plus(line))):
        return None
    return line or None


def _field_faults(payload: dict[str, object]) -> Iterable[str]:
    for field, faults in payload.items():
        if isinstance(faults, list) and faults and all(isinstance(fault, str) for fault in faults):
            yield f"{field}: {' '.join(faults)}"


def _repeats(reason: str, text: str) -> bool:
    said, told = _essence(text), _essence(reason)
    if len(said) < _SHARED_RUN:
        return len(said) >= _SHORT_TEXT and said in told
    return any(told[start : start + _SHARED_RUN] in said for start in range(len(told) - _SHARED_RUN + 1))


def _essence(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
