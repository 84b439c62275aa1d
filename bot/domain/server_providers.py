"""What the program asks of the chat APIs that servers bring credentials of their own for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.provider import Memory, Provider
from bot.domain.secrets.credentials import StoredCredentials


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """What is known of a provider without any credentials; see `Provider`."""

    name: str
    label: str
    remembers: Memory


class ServerProviders(Protocol):
    """Opens the providers of servers."""

    @property
    def kinds(self) -> Mapping[str, ProviderKind]:
        """All that a server may bring credentials for, by name; none if there is no `SECRET_KEY`."""
        ...

    def open(self, credentials: StoredCredentials) -> Provider:
        """Return the provider, ready to be asked; it takes no time, and decrypts no secret.

        Credentials that cannot be used are told once it is asked: `CredentialsUnreadable`, `AddressNotOffered`.
        """
        ...


class NoServerProviders:
    """Servers bring nothing: there is no `SECRET_KEY`."""

    @property
    def kinds(self) -> Mapping[str, ProviderKind]:
        """Return none."""
        return {}

    def open(self, credentials: StoredCredentials) -> Provider:
        """Raise KeyError: there is no such kind."""
        raise KeyError(credentials.provider)


NO_SERVER_PROVIDERS = NoServerProviders()
