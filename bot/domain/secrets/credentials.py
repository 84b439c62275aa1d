"""The credentials that a server's admins stored for a chatbot of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bot.domain.provider import Owner
from bot.domain.secrets.cipher import Cell


class CredentialId(NamedTuple):
    """Which credentials a provider is asked with: a server's own, or the operator's if `server` is None.

    `saving` tells a server's from those that it saved before: of new ones nothing is known yet.
    `options` tells apart what admins chose of the provider's options, such as a model that it does not have: that may
    be why it fails, and says nothing about questions without it. 0 if they chose nothing.
    """

    provider: str
    server: int | None = None
    saving: int = 0
    options: int = 0

    @property
    def owner(self) -> Owner:
        """Whose they are."""
        return "host" if self.server is None else "server"


@dataclass(frozen=True, slots=True)
class StoredCredentials:
    """A server's credentials for one provider, as the database has them: each field of them is encrypted.

    `saved_at` is in seconds since 1970 (UTC), `saved_by` the id of the admin.
    """

    server: int
    provider: str
    fields: Mapping[str, str]
    saved_at: int
    saved_by: int

    @property
    def saving(self) -> int:
        """A number that is another one each time that they are saved; of use in this process only."""
        # Not the second alone: within one, wrong ones can be refused and right ones saved. Each is encrypted otherwise.
        return hash((self.saved_at, frozenset(self.fields.items())))


def credential_cell(server: int, provider: str, field: str) -> Cell:
    """Return what a field's value is bound to: it cannot be read for another server, provider or field."""
    return Cell("credentials", field, f"{server}/{provider}")


class NoSecretKey(Exception):
    """There is no key to encrypt credentials with, so they are not stored."""


class CredentialStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def save(self, server: int, provider: str, fields: Mapping[str, str], by: int) -> None:
        """Encrypt the `fields`, in clear until here, and store them in place of all that the server had for it.

        `by` is the id of the admin. Raises `NoSecretKey`.
        """
        ...

    async def remove(self, server: int, provider: str) -> None:
        """Erase what the server has for this provider."""
        ...

    async def list(self, server: int) -> Mapping[str, StoredCredentials]:
        """Return what the server has, by provider, still encrypted."""
        ...

    async def count_servers(self) -> int:
        """Return how many servers have credentials of their own."""
        ...
