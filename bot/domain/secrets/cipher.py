"""What the program asks of encryption: a text in, a text out, bound to the cell of the database where it is kept."""

from typing import NamedTuple, Protocol


class Cell(NamedTuple):
    """Where a text is kept: what was encrypted for one cell cannot be read in another.

    `row` names the row by what is known before it is stored, such as a run's answer and number, as `/`-joined text.
    """

    table: str
    column: str
    row: str


class Cipher(Protocol):
    """Encrypts and decrypts texts. Both take linear time, and neither raises for any text."""

    def encrypt(self, text: str, cell: Cell) -> str:
        """Return what is stored for `text`: the text itself if there is no key."""
        ...

    def decrypt(self, stored: str, cell: Cell) -> str | None:
        """Return the text that was `stored`, encrypted or in clear; None if it cannot be read with these keys."""
        ...


class NoCipher:
    """Keeps texts as they are: there is no key."""

    def encrypt(self, text: str, cell: Cell) -> str:  # noqa: ARG002 - a text is the same everywhere
        """Return the text."""
        return text

    def decrypt(self, stored: str, cell: Cell) -> str | None:  # noqa: ARG002
        """Return the text."""
        return stored


NO_CIPHER = NoCipher()
