"""What every provider's settings have in common: their environment variables, and the forms of addresses and keys."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, model_validator

from bot.domain.proxies import is_loopback


def check_address(address: str, *, secure: str = "https", plain: str = "http") -> str:
    """Return `address` if it is one that may be called: `secure`, or `plain` if the host is this machine itself.

    Raises ValueError, without the address in it, for anything else; user names, passwords and fragments included.
    """
    try:
        parts = urlsplit(address)
        sound = (
            parts.scheme in (secure, plain)
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and "#" not in address
            and not re.search(r"[\s\\\x00-\x20\x7f]", address)
            and parts.port != 0
        )
        safe = sound and (parts.scheme == secure or is_loopback(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe:
        msg = f"must be an {secure} address without user name, password and fragment ({plain} only for 127.0.0.1)"
        raise ValueError(msg)
    return address


def _fits_header(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value().strip()
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("must be printable ASCII characters without spaces")
    return SecretStr(value)


def _stripped(secret: SecretStr) -> SecretStr:
    return SecretStr(secret.get_secret_value().strip())


Address = Annotated[str, AfterValidator(check_address)]
"""An https address; http for this machine only."""

HeaderSecret = Annotated[SecretStr, AfterValidator(_fits_header)]
"""A key that goes into an HTTP header."""

SecretText = Annotated[SecretStr, AfterValidator(_stripped)]
"""A key that goes into a query string; any character will do."""


class ProviderSettings(BaseModel):
    """The base of each provider's settings. A field's environment variable is `env_prefix` and its name in capitals.

    Empty values count as unset. Validation errors name the field and never hold its value.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, str_strip_whitespace=True, extra="forbid")

    env_prefix: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    """The fields without which no question can be asked."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the fields from their environment variables; raises `pydantic.ValidationError`."""
        variables = {field: cls.variable(field) for field in cls.model_fields}
        return cls.model_validate(
            {field: environment[name] for field, name in variables.items() if name in environment}
        )

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the name of a field's environment variable."""
        return cls.env_prefix + field.upper()

    @property
    def configured(self) -> bool:
        """Whether there is all that a question needs."""
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        """The environment variables that are still to be set before a question can be asked."""
        return tuple(self.variable(field) for field in self.required if getattr(self, field) is None)

    @property
    def partly_configured(self) -> bool:
        """Whether somebody set any of what is required."""
        return any(getattr(self, field) is not None for field in self.required)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret in the open, to be kept out of what is shown; for nothing else."""
        values = (getattr(self, field) for field in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: Any) -> Any:  # noqa: ANN401 - whatever pydantic was handed
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not (isinstance(value, str) and not value.strip())}
