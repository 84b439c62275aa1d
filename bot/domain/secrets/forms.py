"""What a provider asks a server's admins for, so that their own chatbot can be asked: its fields, in forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.provider import Provider

MAX_FORM_FIELDS = 5
"""How many fields one form may have (Discord's documentation, "Component Reference")."""

MAX_SECRET_CHARS = 1000
MAX_ID_CHARS = 100
"""Characters that are taken for a value: tokens may be long, ids are short."""

ADDRESS = "api_url"
"""The field of each provider's settings that only the operator sets; a form may offer a choice of the operator's."""


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One value, named like the field of the provider's settings that it becomes.

    What is not a secret may be shown again to the person who entered it, until the form is done with. One that is not
    required may stay empty; whether the values suffice, the settings say.
    """

    name: str
    is_secret: bool = True
    is_required: bool = True

    @property
    def is_address(self) -> bool:
        """Whether it is chosen among the addresses that the operator lists, and asked for only if there are several."""
        return self.name == ADDRESS

    @property
    def max_chars(self) -> int:
        """How many characters it may have."""
        return MAX_SECRET_CHARS if self.is_secret else MAX_ID_CHARS


@dataclass(frozen=True, slots=True)
class CredentialForm:
    """The fields of one way to log in, at most `MAX_FORM_FIELDS`; `name` tells it from the provider's other ways."""

    fields: tuple[CredentialField, ...]
    name: str = "login"

    def ids_of(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return those of the values, by their fields' names, that are no secrets, as far as a form takes them."""
        plain = [field for field in self.fields if not field.is_secret]
        return {field.name: values.get(field.name, "")[: field.max_chars] for field in plain}

    def swap(self, values: Mapping[str, str]) -> dict[str, str] | None:
        """Return the values with the secret and the id exchanged, None if there is not exactly one of each."""
        secrets = [field.name for field in self.fields if field.is_secret]
        ids = [field.name for field in self.fields if not field.is_secret and not field.is_address]
        if len(secrets) != 1 or len(ids) != 1:
            return None
        key, bot = secrets[0], ids[0]
        return {**values, key: values.get(bot, ""), bot: values.get(key, "")}


def identifier(name: str, *, is_required: bool = True) -> CredentialField:
    """Return a field for an id, which is no secret."""
    return CredentialField(name, is_secret=False, is_required=is_required)


def secret(name: str, *, is_required: bool = True) -> CredentialField:
    """Return a field for a key or token."""
    return CredentialField(name, is_required=is_required)


class CredentialMistake(Exception):
    """What was entered for `field` cannot be right; `problem` says why, and is None if nothing was entered.

    `problem` goes on from the field's name, such as "has a line break in it", and has nothing of what was entered.
    """

    def __init__(self, field: str, problem: str | None = None) -> None:
        super().__init__(field)
        self.field, self.problem = field, problem


@dataclass(frozen=True, slots=True, repr=False)
class EnteredCredentials:
    """What somebody entered, in clear: the provider to try it with, and the cleaned `fields` that are to be stored."""

    provider: Provider
    fields: Mapping[str, str]


class CredentialForms(Protocol):
    """The forms of all providers that a server may bring credentials for."""

    def forms(self, provider: str) -> Sequence[CredentialForm]:
        """Return a provider's forms."""
        ...

    def addresses(self, provider: str) -> Sequence[str]:
        """Return the addresses to choose among, the operator's default first; empty if there is no choice."""
        ...

    def read(self, provider: str, form: str, entered: Mapping[str, str]) -> EnteredCredentials:
        """Return what was `entered`, by the fields' names, in a provider's form; raises `CredentialMistake`.

        An address is entered as its number in `addresses`.
        """
        ...
