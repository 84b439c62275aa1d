"""Reads what a server's admin entered for their own chatbot, and opens the provider to try it before it is stored."""

from collections.abc import Mapping, Sequence

from pydantic import SecretStr, ValidationError

from bot.domain.secrets.forms import CredentialField, CredentialForm, CredentialMistake, EnteredCredentials
from bot.domain.secrets.pasted import clean_pasted
from bot.providers import PROVIDERS
from bot.providers.http import Http
from bot.providers.settings import ProviderSettings

_KINDS = {kind.name: kind for kind in PROVIDERS}


class ProviderForms:
    """Implements `CredentialForms`.

    `operators` are each provider's settings as the operator made them, credentials or not: a server's chatbot is asked
    at the same address, or at one of those that the operator lists.
    """

    def __init__(self, operators: Mapping[str, ProviderSettings], http: Http) -> None:
        self._operators = operators
        self._http = http

    def forms(self, provider: str) -> Sequence[CredentialForm]:
        """Return a provider's forms, without the field for an address if there is no choice."""
        has_choice = bool(self.addresses(provider))
        return tuple(
            CredentialForm(tuple(field for field in form.fields if has_choice or not field.is_address), form.name)
            for form in _KINDS[provider].settings_type.credential_forms
        )

    def addresses(self, provider: str) -> Sequence[str]:
        """Return the addresses to choose among, the operator's own first; nothing if there is only that."""
        offered = self._operators[provider].addresses
        return offered if len(offered) > 1 else ()

    def read(self, provider: str, form: str, entered: Mapping[str, str]) -> EnteredCredentials:
        """Return what was entered in a form; raises `CredentialMistake`."""
        kind, operator = _KINDS[provider], self._operators[provider]
        fields = next(each.fields for each in self.forms(provider) if each.name == form)
        given = {field.name: self._clean(kind.settings_type, field, entered.get(field.name, "")) for field in fields}
        values = {name: value for name, value in given.items() if value}
        for field in fields:
            if field.is_address and (address := self._address(provider, values.pop(field.name, "0"))):
                values[field.name] = address
            elif field.is_required and not field.is_address and field.name not in values:
                raise CredentialMistake(field.name)
        settings = _settings(operator, values)
        for field in fields:
            if settings.variable(field.name) in settings.missing:
                raise CredentialMistake(field.name)
        stored = {name: _in_clear(getattr(settings, name)) for name in values}
        return EnteredCredentials(kind(settings, self._http), stored)

    def _address(self, provider: str, number: str) -> str:
        """Return the address with this number, nothing for the operator's own, which may change."""
        offered = self.addresses(provider)
        return offered[int(number)] if number.isdecimal() and 0 < int(number) < len(offered) else ""

    @staticmethod
    def _clean(settings: type[ProviderSettings], field: CredentialField, value: str) -> str:
        """Return what was entered without what was pasted along; raises `CredentialMistake`."""
        if len(value) > field.max_chars:
            raise CredentialMistake(field.name, f"has {len(value):,} characters, but at most {field.max_chars:,} fit")
        value = clean_pasted(settings.variable(field.name), value)
        strange = next((place for place, each in enumerate(value, 1) if not each.isprintable()), None)
        if strange is not None:
            place = f"at place {strange:,} of {len(value):,}"
            raise CredentialMistake(field.name, f"has a character {place} that can't be seen: copy it again")
        return value


def _settings(operator: ProviderSettings, values: Mapping[str, str]) -> ProviderSettings:
    """Return these values with what a server's chatbot has of the operator's settings; raises `CredentialMistake`."""
    kept: dict[str, object] = {name: getattr(operator, name) for name in operator.operators_fields}
    try:
        return type(operator).model_validate({**kept, **values})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        problem = str(first["ctx"]["error"]) if first["type"] == "value_error" else str(first["msg"])
        raise CredentialMistake(str(first["loc"][0]), problem) from None


def _in_clear(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
