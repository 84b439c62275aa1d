"""What the program asks of encryption: a text in, a text out, bound to the cell of the database where it is kept."""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

MARKER = "\ufdd0"
"""What each encrypted text begins with, and no clear one that is stored: a code point that is no character."""

_VERSION = "1"

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Cell(NamedTuple):
    """Where a text is kept: what was encrypted for one cell cannot be read in another.

    `row` names the row by what is known before it is stored, such as a run's answer and number, as `/`-joined text.
    """

    table: str
    column: str
    row: str


class Cipher(Protocol):
    """Encrypts and decrypts texts. Both take linear time, and neither raises for any text."""

    @property
    def key_ids(self) -> Sequence[str]:
        """The names of the keys that decrypt, which tell nothing of them: the first encrypts. Empty without a key."""
        ...

    def encrypt(self, text: str, cell: Cell) -> str:
        """Return what is stored for `text`: without a key, and for an empty one, the text itself.

        What no database can store is replaced as `replace_unstorable` does, encrypted or not.
        """
        ...

    def decrypt(self, stored: str, cell: Cell) -> str | None:
        """Return the text that was `stored`, encrypted or in clear; None if it cannot be read with these keys."""
        ...


class NoCipher:
    """Keeps texts as they are: there is no key."""

    key_ids: Sequence[str] = ()

    def encrypt(self, text: str, cell: Cell) -> str:  # noqa: ARG002 - a text is the same everywhere
        """Return the text; a marker that it begins with is replaced."""
        text = replace_unstorable(text)
        return f"\N{REPLACEMENT CHARACTER}{text[1:]}" if is_encrypted(text) else text

    def decrypt(self, stored: str, cell: Cell) -> str | None:  # noqa: ARG002
        """Return the text, None if it is encrypted."""
        return None if is_encrypted(stored) else stored


NO_CIPHER = NoCipher()


def is_encrypted(stored: str) -> bool:
    """Tell whether a text that was stored is encrypted."""
    return stored.startswith(MARKER)


def encrypted_prefix(key_id: str) -> str:
    """Return what every text begins with that was encrypted with this key."""
    return f"{MARKER}{_VERSION}{key_id}"


def replace_unstorable(text: str) -> str:
    """Replace what PostgreSQL (NUL) or UTF-8 (lone surrogates) cannot hold with U+FFFD."""
    try:
        text.encode()  # takes a fortieth of the time of a search
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
