"""Secrets of servers' own chatbots: encrypted until a header or query is built, or none to be had."""

from typing import NoReturn

from pydantic import SecretStr

from bot.domain.errors import CredentialsUnreadable, ProviderError
from bot.domain.secrets.cipher import Cell, Cipher, is_encrypted


class LockedSecret(SecretStr):
    """A field of a server's credentials for the provider called `label`, as the database has it.

    Comparing it, measuring it and showing that there is one decrypt nothing.
    """

    def __init__(self, stored: str, cell: Cell, cipher: Cipher, label: str) -> None:
        super().__init__(stored)
        self._cell = cell
        self._cipher = cipher
        self._label = label

    def get_secret_value(self) -> str:
        """Return it in the open; raises `CredentialsUnreadable`."""
        clear = unlock(self._secret_value, self._cell, self._cipher)
        if clear is None:
            raise CredentialsUnreadable(self._label)
        return clear

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LockedSecret):
            return NotImplemented
        return (self._secret_value, self._cell) == (other._secret_value, other._cell)

    def __hash__(self) -> int:
        return hash((self._secret_value, self._cell))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be written anywhere")


class MissingSecret(SecretStr):
    """What every secret of credentials is that cannot be used: a request with it fails before it is sent."""

    def __init__(self, fault: type[ProviderError], label: str) -> None:
        super().__init__("")
        self._fault = fault
        self._label = label

    def get_secret_value(self) -> str:
        """Raise why there is none."""
        raise self._fault(self._label)


def unlock(stored: str, cell: Cell, cipher: Cipher) -> str | None:
    """Return what is stored in the open; None if it cannot be read, or is in clear, as the bot never stores it."""
    return cipher.decrypt(stored, cell) if is_encrypted(stored) else None
