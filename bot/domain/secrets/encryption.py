"""How the texts in the database are encrypted, as far as a start and `check` have to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """`has_key` tells whether texts are encrypted from now on.

    `missing_keys` are those with which texts are encrypted and which this process does not have: the id of each, and
    the day on which it was first used (UTC, ISO 8601). `has_clear_texts` tells whether there are texts in clear though
    they should be encrypted.
    """

    has_key: bool
    missing_keys: Mapping[str, str]
    has_clear_texts: bool


class EncryptionStore(Protocol):
    """The database port. Every method raises `DatabaseUnavailable`."""

    async def begin(self) -> EncryptionState:
        """Note with which key texts are encrypted from now on, or that they are not, and return how they are."""
        ...

    async def state(self) -> EncryptionState:
        """Return the same, and change nothing."""
        ...
