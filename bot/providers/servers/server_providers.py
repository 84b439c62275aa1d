"""Opens the providers of servers: the servers' credentials, the operator's addresses."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import SecretStr

from bot.domain.errors import AddressNotOffered, CredentialsUnreadable, ProviderError
from bot.domain.provider import Provider
from bot.domain.secrets.cipher import Cipher
from bot.domain.secrets.credentials import StoredCredentials, credential_cell
from bot.domain.server_providers import ProviderKind
from bot.providers.base import ChatApi
from bot.providers.http import Http
from bot.providers.servers.locked_secret import LockedSecret, MissingSecret, unlock
from bot.providers.settings import ProviderSettings


class OpenedProviders:
    """Implements `ServerProviders` for these `kinds` of chat APIs.

    `operators` are the operator's settings of each, by name: of them a server's chatbot has the address, or one of
    those to choose among, and how it is asked. Nothing else of the operator's is used for it.
    """

    def __init__(
        self,
        kinds: Sequence[type[ChatApi[Any]]],
        operators: Mapping[str, ProviderSettings],
        cipher: Cipher,
        http: Http,
    ) -> None:
        self._types = {kind.name: kind for kind in kinds}
        self._operators = operators
        self._cipher = cipher
        self._http = http
        self.kinds = {kind.name: ProviderKind(kind.name, kind.label, kind.remembers) for kind in kinds}

    def open(self, credentials: StoredCredentials) -> Provider:
        """Return the provider, ready to be asked."""
        kind = self._types[credentials.provider]
        of_operator, settings_type = self._operators[kind.name], kind.settings_type
        values = {field: getattr(of_operator, field) for field in settings_type.operators_fields}
        brought = {
            field: self._read(credentials, kind, field, stored)
            for field, stored in credentials.fields.items()
            if field in settings_type.server_fields()
        }
        # They were checked when they were saved; here, most are still encrypted.
        settings = settings_type.model_construct(set(brought), **{**values, **brought})
        if (fault := self._find_fault(kind.name, settings, brought)) is not None:
            nothing = {
                field: MissingSecret(fault, kind.label) if _is_secret(settings_type, field) else ""
                for field in settings_type.server_fields()
            }
            settings = settings_type.model_construct(**{**nothing, **values})
        return kind(settings, self._http)

    def _read(self, credentials: StoredCredentials, kind: type[ChatApi[Any]], field: str, stored: str) -> object:
        """Return a field's value: locked if it is a secret, None if it cannot be read."""
        cell = credential_cell(credentials.server, credentials.provider, field)
        if _is_secret(kind.settings_type, field):
            return LockedSecret(stored, cell, self._cipher, kind.label)
        return unlock(stored, cell, self._cipher)

    def _find_fault(
        self, provider: str, settings: ProviderSettings, brought: Mapping[str, object]
    ) -> type[ProviderError] | None:
        """Return why the provider cannot be asked, None if it can."""
        if None in brought.values() or settings.missing:
            return CredentialsUnreadable
        return None if settings.api_url in self._operators[provider].addresses else AddressNotOffered


def _is_secret(settings_type: type[ProviderSettings], field: str) -> bool:
    """Return whether a field is `SecretStr | None`, annotated or not."""
    types = get_args(settings_type.model_fields[field].annotation)
    return any(getattr(each, "__origin__", each) is SecretStr for each in types)
