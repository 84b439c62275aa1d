"""The settings: read once from the environment and `.env`, checked, and handed on.

What goes wrong is said in one sentence that begins with the variable's name.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.crypto.keys import MalformedKeys, parse_keys
from bot.env_file import EnvFileError, clean_values, is_open_to_others, read_env_file
from bot.malformed_settings import describe
from bot.providers import PROVIDERS
from bot.providers.settings import ProviderSettings
from bot.settings.own import DISCORD_API, Settings
from bot.store.addresses.urls import parse_url
from bot.store.errors import DatabaseUrlError

__all__ = ["DISCORD_API", "Configuration", "Settings", "SettingsError", "load", "load_database_url", "load_secret_key"]

_ENV_FILE = Path(".env")

_PROXIES = ("https_proxy", "http_proxy", "no_proxy")
"""Variables that other programs read in small letters first, and so does this one."""


_NOT_SET = (
    "DISCORD_TOKEN is not set: copy .env.example to .env, and put your bot's token into it, which Discord's developer "
    "portal shows under Bot"
)


class SettingsError(Exception):
    """A setting is missing or malformed; the text is the one line to show, with the variable's name in it."""


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
