"""Reading JSON and ids from outside: what is no sound value is refused here, so that nothing after it breaks on it."""

import json
import math

MAX_DEPTH = 100
"""How deep JSON may be nested; Discord's own limit is not known, and its deepest form needs about ten."""

MAX_ID_DIGITS = 20
"""Digits of the largest number of 64 bits; Discord's ids have 18 or 19."""


def parse_json(raw: str | bytes) -> object:
    """Return the value.

    Raises ValueError for what RFC 8259 does not allow, and for what later stages could not carry: numbers beyond a
    float or of more than 4,300 digits, halves of surrogate pairs, and more than MAX_DEPTH levels.
    """
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(value, escapes="\\u" in text)
    return value


def parse_id(value: object) -> int | None:
    """Return an id that is written in ASCII digits, None for anything else."""
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal():
        return None
    return int(value) if len(value) <= MAX_ID_DIGITS else None


def _check(value: object, *, escapes: bool) -> None:
    """Raise ValueError for too many levels, or for texts that cannot be encoded, which only `escapes` can write."""
    level = [value]
    for _ in range(MAX_DEPTH):
        if escapes:
            for each in level:
                _check_text(each)
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _members(value: object) -> list[object]:
    match value:
        case dict():
            return [*value.values()]
        case list():
            return value
        case _:
            return []


def _check_text(value: object) -> None:
    for text in value if isinstance(value, dict) else (value,):
        if isinstance(text, str):
            text.encode()  # raises UnicodeEncodeError, which is a ValueError


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number in JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value
