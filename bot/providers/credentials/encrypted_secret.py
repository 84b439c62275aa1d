"""A secret that stays encrypted until a request is built with it."""

from typing import NoReturn

from pydantic import SecretStr

from bot.domain.errors import CredentialsUnreadable
from bot.domain.secrets.cipher import Cell, Cipher


class EncryptedSecret(SecretStr):
    """A secret as the database has it: it takes the place of one in a provider's settings.

    It was checked before it was stored. Comparing and measuring it, and showing that there is one, decrypt nothing.
    """

    def __init__(self, stored: str, cell: Cell, cipher: Cipher) -> None:
        self._cell = cell
        self._cipher = cipher
        super().__init__(stored)

    def get_secret_value(self) -> str:
        """Decrypt it; raises `CredentialsUnreadable`."""
        secret = self._cipher.decrypt(self._secret_value, self._cell)
        if secret is None:
            raise CredentialsUnreadable
        return secret

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EncryptedSecret):
            return NotImplemented
        return (self._secret_value, self._cell) == (other._secret_value, other._cell)

    def __hash__(self) -> int:
        return hash((self._secret_value, self._cell))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be written anywhere")
