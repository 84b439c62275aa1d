"""JSON from a provider. Nothing can interrupt its decoding, so a document that would take long is refused."""

import json

MAX_VALUES = 20_000
"""How many values, and names of values, a document may have: they take most of the time, 10 ms for so many at worst.
Nothing that a chat API documents has a hundredth of that. Text costs next to nothing."""

_MAX_INT_DIGITS = 18
_SEPARATORS = ",:[{"


def load_json(text: str) -> object:
    """Decode a document; raises `ValueError` if it is no JSON, or has more than `MAX_VALUES`, and `RecursionError`."""
    if _has_too_many_values(text):
        raise ValueError("too many values")
    return json.loads(text, parse_int=_read_int)


def _has_too_many_values(text: str) -> bool:
    if _count(text) <= MAX_VALUES:
        return False
    # Most may be inside strings, where they cost nothing.
    bare = text.replace("\\\\", "").replace('\\"', "")
    if bare.count('"') > 2 * MAX_VALUES:
        return True
    return sum(map(_count, bare.split('"')[::2])) > MAX_VALUES


def _count(text: str) -> int:
    return sum(map(text.count, _SEPARATORS))


def _read_int(digits: str) -> float:
    # Python takes quadratic time for an integer of many digits.
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else float(digits)
