"""Secrets of servers' own chatbots: encrypted until a header or query is built, or none to be had."""

from pydantic import SecretStr

from bot.domain.errors import CredentialsUnreadable, ProviderError
from bot.domain.secrets.cipher import Cell, Cipher, is_encrypted


class LockedSecret(SecretStr):
    """A field of a server's credentials for the provider called `label`, as the database has it."""

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
