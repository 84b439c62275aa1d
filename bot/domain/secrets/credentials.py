"""The credentials that a server's admins stored for a chatbot of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


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


class CredentialStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def save(self, credentials: StoredCredentials) -> None:
        """Store them in place of all fields that the server had for this provider."""
        ...

    async def remove(self, server: int, provider: str) -> None:
        """Erase what the server has for this provider."""
        ...

    async def list(self, server: int) -> Mapping[str, StoredCredentials]:
        """Return what the server has, by provider."""
        ...
