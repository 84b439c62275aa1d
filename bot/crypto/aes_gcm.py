"""AES-256-GCM: what was changed, or encrypted for another place or with another key, cannot be decrypted.

An encrypted text is the marker, the version, the key's id, and base64 of a random nonce with what the cipher made.
"""

import base64
import os
from collections.abc import Sequence
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.crypto.keys import Key
from bot.domain.secrets.cipher import Cell, encrypted_prefix, is_encrypted, replace_unstorable

_NONCE_BYTES = 12
"""The length that NIST SP 800-38D, 8.2 asks for; it is random, which is safe for some 2^32 texts with one key (8.3)."""


class AesGcmCipher:
    """Implements `Cipher`: the first of the keys encrypts, all decrypt. Several threads may use it at once."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.key_ids = tuple(key.id for key in keys)
        self._prefix = encrypted_prefix(keys[0].id)
        self._by_prefix = {encrypted_prefix(key.id): AESGCM(key.secret) for key in keys}

    def __repr__(self) -> str:
        return f"AesGcmCipher({', '.join(self.key_ids)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not to be written anywhere")

    def encrypt(self, text: str, cell: Cell) -> str:
        """Return what is stored for `text`; an empty one has nothing to hide, and stays empty."""
        if not text:
            return text
        nonce = os.urandom(_NONCE_BYTES)
        plain = replace_unstorable(text).encode()
        sealed = self._by_prefix[self._prefix].encrypt(nonce, plain, _name_cell(cell))
        return self._prefix + base64.b64encode(nonce + sealed).decode()

    def decrypt(self, stored: str, cell: Cell) -> str | None:
        """Return the text that was `stored` in this cell, None if it is not to be had with these keys."""
        if not is_encrypted(stored):
            return stored
        prefix, digits = stored[: len(self._prefix)], stored[len(self._prefix) :]
        if prefix not in self._by_prefix:
            return None
        return _decrypt(self._by_prefix[prefix], digits, _name_cell(cell))


def _decrypt(key: AESGCM, digits: str, cell: bytes) -> str | None:
    try:
        sealed = base64.b64decode(digits, validate=True)
        # Some bits of the last digit say nothing; all others are as they must be.
        last = sealed[-(len(sealed) % 3 or 3) :]
        if base64.b64encode(last).decode() != digits[-4:]:
            return None
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], cell).decode()
    except (InvalidTag, ValueError):
        return None


def _name_cell(cell: Cell) -> bytes:
    """Return the cell's name, which no other cell has: the length of each part goes before it."""
    parts = (part.encode(errors="surrogatepass") for part in cell)
    return b"".join(b"%d:%b," % (len(part), part) for part in parts)
