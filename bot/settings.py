"""The settings: read once from the environment and `.env`, checked, and handed on.

What goes wrong is said in one sentence that begins with the variable's name.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.conversation.history import Bounds
from bot.crypto.keys import MalformedKeys, parse_keys
from bot.domain.access import Access, parse_ids
from bot.domain.fair_use.limits import MAX_LIMIT
from bot.domain.proxies import Proxies
from bot.env_file import EnvFileError, clean_values, is_open_to_others, read_env_file
from bot.logs import LogFormat
from bot.malformed_settings import describe, show
from bot.providers import PROVIDERS
from bot.providers.settings import (
    Address,
    HeaderSecret,
    PageAddress,
    ProviderSettings,
    ProxyAddress,
    check_address,
)
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.errors import DatabaseUrlError

DISCORD_API = "https://discord.com/api/v10"

_ENV_FILE = Path(".env")

_PROXIES = ("https_proxy", "http_proxy", "no_proxy")
"""Variables that other programs read in small letters first, and so does this one."""


_NOT_SET = (
    "DISCORD_TOKEN is not set: copy .env.example to .env, and put your bot's token into it, which Discord's developer "
    "portal shows under Bot"
)


class SettingsError(Exception):
    """A setting is missing or malformed; the text is the one line to show, with the variable's name in it."""


Ids = Annotated[frozenset[int], BeforeValidator(parse_ids)]
"""Discord ids, separated by commas."""


def _check_keys(keys: SecretStr) -> SecretStr:
    parse_keys(keys.get_secret_value())
    return keys


def _gateway(address: str) -> str:
    return check_address(address, secure="wss", plain="ws")


def _names_file(database_url: str) -> bool:
    return isinstance(parse_url(database_url), SqliteFile)


class Settings(BaseModel):
    """What the operator set. A field's environment variable is its name in capitals; proxies may have small ones."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    discord_token: HeaderSecret
    discord_api_url: Address = DISCORD_API
    discord_gateway_url: Annotated[str, AfterValidator(_gateway)] | None = None
    message_content_intent: bool = False
    database_url: str = "sqlite:///data/switchboard.db"
    database_direct_url: str | None = None
    secret_key: Annotated[SecretStr, AfterValidator(_check_keys)] | None = None
    shared_credentials: bool = True
    privacy_url: PageAddress | None = None
    allowed_servers: Ids | None = None
    blocked_servers: Ids | None = None
    blocked_users: Ids | None = None
    shared_limit: int | None = Field(default=None, ge=1, le=MAX_LIMIT)
    default_provider: str | None = None
    bot_developer: str | None = Field(default=None, max_length=64)
    history_messages: int = Field(default=40, ge=0, le=1000)
    history_chars: int = Field(default=24_000, ge=0, le=1_000_000)
    provider_idle_timeout: float = Field(default=60, gt=0, le=3600)
    provider_total_timeout: float = Field(default=600, gt=0, le=3600)
    drain_seconds: float = Field(default=10, ge=0, le=3600)
    https_proxy: ProxyAddress | None = None
    http_proxy: ProxyAddress | None = None
    no_proxy: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_format: LogFormat = "text"

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: Any) -> Any:  # noqa: ANN401 - whatever pydantic was handed
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", "default_provider", mode="before")
    @classmethod
    def _in_small_letters(cls, value: Any) -> Any:  # noqa: ANN401 - whatever pydantic was handed
        return value.lower() if isinstance(value, str) else value

    @field_validator("default_provider")
    @classmethod
    def _is_provider(cls, value: str | None) -> str | None:
        names = [provider.name for provider in PROVIDERS]
        if value is not None and value not in names:
            raise ValueError(f"is {show(value)}, but must be one of {', '.join(names)}")
        return value

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                parse_url(value)
        except DatabaseUrlError as error:
            raise ValueError(error.problem) from None
        return value

    @field_validator("database_direct_url")
    @classmethod
    def _is_beside_postgresql(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "database_url" not in info.data:
            return value
        if _names_file(value):
            raise ValueError("names a SQLite file, which needs no other way: remove it")
        if _names_file(info.data["database_url"]):
            raise ValueError(
                "is for PostgreSQL, and DATABASE_URL names a SQLite file: remove one, or correct the other"
            )
        return value

    @property
    def access(self) -> Access:
        """Who may use the bot."""
        nobody = frozenset[int]()
        return Access(self.allowed_servers, self.blocked_servers or nobody, self.blocked_users or nobody)

    @property
    def keys(self) -> str | None:
        """What texts are encrypted with, in the open."""
        return None if self.secret_key is None else self.secret_key.get_secret_value()

    @property
    def proxies(self) -> Proxies:
        """Which proxies requests go through."""
        http, https = (
            None if each is None else each.get_secret_value() for each in (self.http_proxy, self.https_proxy)
        )
        return Proxies(http, https, self.no_proxy or "")

    @property
    def bounds(self) -> Bounds:
        """The bounds of what is sent as history."""
        return Bounds(self.history_messages, self.history_chars)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the operator set: the bot's own settings, and those of each provider that is configured.

    `default` is None if none is. `kinds` has the settings of all providers, of which servers may bring credentials.
    """

    bot: Settings
    providers: Mapping[str, ProviderSettings]
    kinds: Mapping[str, ProviderSettings]
    default: str | None
    incomplete: tuple[str, ...]
    """Sentences about providers that have some of their settings but not all."""
    exposed_file: Path | None = None
    """The `.env` that was read, if other users of this machine can read or change it."""

    @property
    def vendors(self) -> Mapping[str, str]:
        """The label of each chatbot that may be asked, and the host names that it is asked at."""
        labels = {provider.name: provider.label for provider in PROVIDERS}
        asked = self.providers if self.bot.secret_key is None else self.kinds
        return {
            labels[name]: ", ".join(dict.fromkeys(urlsplit(each).hostname or "" for each in found.addresses))
            for name, found in asked.items()
        }


def load(environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the environment and `.env`, of which the environment wins; raises `SettingsError`."""
    given = _given(environment)
    own = {field: given[field.upper()] for field in Settings.model_fields if field.upper() in given}
    own |= {field: given[field] for field in _PROXIES if field in given}
    try:
        settings = Settings.model_validate(own)
    except ValidationError as error:
        if "DISCORD_TOKEN" not in given:
            raise SettingsError(_NOT_SET) from None
        read = {field.upper(): value for field, value in own.items()}
        raise SettingsError(describe(error, Settings, "", read)) from None
    every = {provider.name: _provider_settings(provider.settings_type, given) for provider in PROVIDERS}
    configured = {name: found for name, found in every.items() if found.configured}
    if not configured and settings.secret_key is None:
        raise SettingsError(_none_configured(every))
    default = settings.default_provider or next(iter(configured), None)
    if default is not None and default not in configured:
        missing = ", ".join(every[default].missing)
        raise SettingsError(f"DEFAULT_PROVIDER is {default}, which is not configured: set {missing}")
    incomplete = tuple(
        f"{name} is not used: {', '.join(found.missing)} not set"
        for name, found in every.items()
        if not found.configured and found.partly_configured
    )
    exposed_file = _ENV_FILE if environment is None and is_open_to_others(_ENV_FILE) else None
    return Configuration(settings, configured, every, default, incomplete, exposed_file)


def load_database_url(environment: Mapping[str, str] | None = None, *, direct: bool = False) -> str:
    """Read only where the database is, for what needs no other setting; raises `SettingsError`.

    If it must be `direct`, `DATABASE_DIRECT_URL` comes first, as the other may lead through a pooling proxy.
    """
    given = _given(environment)
    name = "DATABASE_DIRECT_URL" if direct and "DATABASE_DIRECT_URL" in given else "DATABASE_URL"
    url = given.get(name, Settings.model_fields["database_url"].default)
    try:
        parse_url(url)
    except DatabaseUrlError as error:
        raise SettingsError(f"{name} {error.problem}") from None
    return str(url)


def load_secret_key(environment: Mapping[str, str] | None = None) -> str | None:
    """Read only the keys, likewise; None if there are none."""
    keys = _given(environment).get("SECRET_KEY")
    try:
        if keys is not None:
            parse_keys(keys)
    except MalformedKeys as error:
        raise SettingsError(f"SECRET_KEY {error}") from None
    return keys


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return what is set and not blank, by default in the process's environment and in `.env`."""
    if environment is None:
        try:
            environment = read_env_file(_ENV_FILE) | dict(os.environ)
        except EnvFileError as error:
            raise SettingsError(str(error)) from None
    return clean_values(environment)


def _provider_settings(kind: type[ProviderSettings], environment: Mapping[str, str]) -> ProviderSettings:
    try:
        return kind.from_environment(environment)
    except ValidationError as error:
        raise SettingsError(describe(error, kind, kind.env_prefix, environment)) from None


def _none_configured(every: Mapping[str, ProviderSettings]) -> str:
    ways = "; ".join(f"{name}: {' and '.join(found.missing)}" for name, found in every.items())
    return (
        f"no provider is configured; set the variables of at least one ({ways}), or SECRET_KEY, with which servers "
        "bring their own"
    )
