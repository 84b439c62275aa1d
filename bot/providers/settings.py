"""What every provider's settings have in common: their environment variables, and the forms of addresses and keys."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.domain.proxies import is_loopback
from bot.domain.secrets.forms import CredentialForm


def name_scheme(address: str) -> str:
    """Return what an address begins with, such as `ftp://`; nothing if that is no scheme, and may be a secret."""
    found = re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,9}://", address)
    return found[0].lower() if found else ""


def has_host(parts: SplitResult) -> bool:
    """Return whether an address has a host, with a port or without; raises ValueError for a port that is none."""
    return bool(re.fullmatch(r"[\w.:-]+(?:%[\w.-]+)?", parts.hostname or "")) and parts.port != 0


def check_address(address: str, *, secure: str = "https", plain: str = "http") -> str:
    """Return `address` if it is one that may be called: `secure`, or `plain` if the host is this machine itself.

    Raises ValueError, without the address in it, for anything else; user names, passwords and fragments included.
    """
    try:
        parts = urlsplit(address)
        sound = (
            parts.scheme in (secure, plain)
            and has_host(parts)
            and "@" not in parts.netloc
            and "#" not in address
            and not re.search(r"[\s\\\x00-\x20\x7f]", address)
        )
        safe = sound and (parts.scheme == secure or is_loopback(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe:
        a = "an" if secure == "https" else "a"
        msg = f"must be {a} {secure} address without user name, password and fragment ({plain} only for 127.0.0.1)"
        raise ValueError(f"{_mistake(address, secure, plain)}, but {msg}")
    return address


def _mistake(address: str, secure: str, plain: str) -> str:
    """Return what is wrong with an address, without repeating more of it than its scheme."""
    scheme = name_scheme(address)
    rest = address[len(scheme) :]
    if scheme not in (f"{secure}://", f"{plain}://"):
        return f"begins with {scheme}" if scheme else f"does not begin with {secure}://"
    if re.search(r"[\s\\\x00-\x20\x7f]", rest):
        return "has a space, a backslash or a control character in it"
    if "@" in re.split("[/?#]", rest)[0]:
        return "has a user name or a password in it"
    if "#" in rest:
        return "has a fragment (#) in it"
    if scheme == f"{plain}://":
        return f"begins with {scheme} or has no valid host"
    return "has no valid host and port"


def _check_page(address: str) -> str:
    check_address(address.replace("#", "", 1))  # a page may be named down to its paragraph
    return address.replace("<", "%3C").replace(">", "%3E")  # Discord takes these for the ends of an address


def _check_proxy(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value().strip()
    value = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and has_host(parts)
    except ValueError:
        sound = False
    if not sound:
        scheme = name_scheme(value)
        given = "has no valid host and port" if scheme in ("http://", "https://", "") else f"begins with {scheme}"
        raise ValueError(f"{given}, but must be an address such as http://proxy.example:3128")
    return SecretStr(value)


_BEFORE_KEY = re.compile(r"\A(?:Authorization:\s*)?(?:(?:Bot|Bearer|Token)\s+)?(?=\S)", re.IGNORECASE)
"""What is pasted along if somebody copies the header of an example."""


def _fits_header(secret: SecretStr) -> SecretStr:
    value = _BEFORE_KEY.sub("", secret.get_secret_value().strip())
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError(f"{_strange(value)}, but must be printable ASCII characters without spaces: copy it again")
    if value[0] in _QUOTES or value[-1] in _QUOTES:
        raise ValueError("has a quote at one end, but must be the key alone: remove the quote")
    return SecretStr(value)


_QUOTES = "\"'`"


def _strange(value: str) -> str:
    """Return which character a key cannot have, and its place: one that no key has gives nothing of the key away."""
    place, character = next((i, each) for i, each in enumerate(value, 1) if not "\x21" <= each <= "\x7e")
    if character in "\r\n":
        return "has a line break in it"
    what = "a space" if character.isspace() else f"the character U+{ord(character):04X}"
    return f"has {what} at place {place} of {len(value)}"


def _stripped(secret: SecretStr) -> SecretStr:
    return SecretStr(secret.get_secret_value().strip())


Address = Annotated[str, AfterValidator(check_address)]
"""An https address; http for this machine only."""

PageAddress = Annotated[str, Field(max_length=120), AfterValidator(_check_page)]
"""The address of a page that people are sent to; it may have a fragment."""

ProxyAddress = Annotated[SecretStr, AfterValidator(_check_proxy)]
"""A proxy's address, with its user name and password if it wants them."""

HeaderSecret = Annotated[SecretStr, AfterValidator(_fits_header)]
"""A key that goes into an HTTP header."""

SecretText = Annotated[SecretStr, AfterValidator(_stripped)]
"""A key that goes into a query string; any character will do."""


def below(base: str, path: str) -> str:
    """Return the address of `path` below that of an API."""
    return f"{base.rstrip('/')}/{path}"


def bearer(key: SecretStr) -> dict[str, str]:
    """Return the header that shows who asks."""
    return {"Authorization": f"Bearer {key.get_secret_value()}"}


class ProviderSettings(BaseModel):
    """The base of each provider's settings. A field's environment variable is `env_prefix` and its name in capitals.

    Empty values count as unset. Validation errors name the field and never hold its value.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, str_strip_whitespace=True, extra="forbid")

    env_prefix: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    """The fields without which no question can be asked."""
    credential_forms: ClassVar[tuple[CredentialForm, ...]]
    """What a server's admins enter for a chatbot of their own; several forms are several ways to log in."""
    operators_fields: ClassVar[tuple[str, ...]] = ("api_url",)
    """The operator's fields that a server's own chatbot has too."""

    api_url: Address

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the fields from their environment variables; raises `pydantic.ValidationError`."""
        variables = {field: cls.variable(field) for field in cls.model_fields}
        return cls.model_validate(
            {field: environment[name] for field, name in variables.items() if name in environment}
        )

    @classmethod
    def server_fields(cls) -> tuple[str, ...]:
        """Return the fields that a server's admins may fill in for a chatbot of their own."""
        return tuple(field.name for form in cls.credential_forms for field in form.fields)

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the name of a field's environment variable."""
        return cls.env_prefix + field.upper()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that a server's own chatbot may have; the first is the default."""
        return (self.api_url,)

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
