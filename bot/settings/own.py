"""The bot's own settings: their names, defaults and limits."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from bot.conversation.history import Bounds
from bot.crypto.keys import parse_keys
from bot.domain.access import Access, parse_ids
from bot.domain.cluster.shards import MAX_SHARDS, ShardShare
from bot.domain.fair_use.limits import MAX_LIMIT
from bot.domain.proxies import Proxies
from bot.logs import LogFormat
from bot.malformed_settings import show
from bot.providers import PROVIDERS
from bot.providers.settings import Address, HeaderSecret, PageAddress, ProxyAddress, check_address
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.errors import DatabaseUrlError

DISCORD_API = "https://discord.com/api/v10"

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
    shard_count: int | None = Field(default=None, ge=1, le=MAX_SHARDS)
    cluster_count: int = Field(default=1, ge=1, le=MAX_SHARDS)
    cluster_id: int | None = Field(default=None, ge=0, le=MAX_SHARDS, validate_default=True)
    port: int | None = Field(default=None, ge=1, le=65_535)
    host: str = "127.0.0.1"
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

    @field_validator("cluster_count")
    @classmethod
    def _has_shards_and_a_server(cls, value: int, info: ValidationInfo) -> int:
        shards = info.data.get("shard_count")
        if shards is not None and value > shards:
            raise ValueError(f"is {value}, but SHARD_COUNT is {shards}: each process needs a shard of its own")
        if value > 1 and "database_url" in info.data and _names_file(info.data["database_url"]):
            raise ValueError(
                f"is {value}, but DATABASE_URL names a SQLite file: several processes need a PostgreSQL server"
            )
        return value

    @field_validator("cluster_id")
    @classmethod
    def _is_one_of_the_clusters(cls, value: int | None, info: ValidationInfo) -> int | None:
        count = info.data.get("cluster_count")
        if count is None:
            return value
        if value is None and count > 1:
            raise ValueError(
                f"is not set, but CLUSTER_COUNT is {count}: give each process a number from 0 to {count - 1}"
            )
        if value is not None and value >= count:
            raise ValueError(
                f"is {value}, but CLUSTER_COUNT is {count}: give each process a number from 0 to {count - 1}"
            )
        return value

    @property
    def shard_share(self) -> ShardShare:
        """Which shards this process runs."""
        return ShardShare(self.cluster_id or 0, self.cluster_count, self.shard_count)

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
