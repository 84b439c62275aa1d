"""Keys as an operator sets them in SECRET_KEY: 32 random bytes each, in base64, with commas between them."""

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import NoReturn

_BYTES = 32
"""As AES-256 takes them."""

_STANDARD = str.maketrans("-_", "+/")

_NEW_KEY = "`python -m bot new-key` makes one"


class MalformedKeys(ValueError):
    """They cannot be used. The text follows the setting's name, and holds nothing of them but a length."""


class Key:
    """One key. `id` is its name in the database: the beginning of a hash, which tells nothing of the key."""

    __slots__ = ("id", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.id = base64.urlsafe_b64encode(hashlib.sha256(b"switchboard key id:" + secret).digest()[:6]).decode()

    def __repr__(self) -> str:
        return f"Key({self.id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not to be written anywhere")


def new_key() -> str:
    """Return a fresh key, as it is set."""
    return base64.urlsafe_b64encode(os.urandom(_BYTES)).decode()


def parse_keys(text: str) -> Sequence[Key]:
    """Return the keys, of which the first encrypts; raises `MalformedKeys`.

    Base64 may be the standard or the URL-safe one, with padding or without. There may be blanks around each key, and a
    comma behind the last.
    """
    given = [each.strip() for each in text.split(",")]
    if len(given) > 1 and not given[-1]:
        given.pop()
    of_list = "" if len(given) == 1 else f" of {len(given):,}"
    return [
        Key(_decode(each, f"(key {number:,}{of_list}) " if of_list else "")) for number, each in enumerate(given, 1)
    ]


def _decode(given: str, which: str) -> bytes:
    """Return a key's bytes; a mistake in it is told with `which` key it is."""
    if not given:
        raise MalformedKeys(f"{which}is empty: put a key there, or remove a comma; {_NEW_KEY}")
    digits = given.rstrip("=").translate(_STANDARD)
    try:
        secret = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except ValueError:
        raise MalformedKeys(f"{which}is not base64: copy the whole key again, and nothing else; {_NEW_KEY}") from None
    if len(secret) != _BYTES:
        raise MalformedKeys(f"{which}holds {len(secret):,} bytes, but must be {_BYTES} bytes in base64; {_NEW_KEY}")
    return secret
