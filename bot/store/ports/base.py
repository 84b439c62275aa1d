"""All ports to the database in one value, and how a method becomes a unit of work.

A port's class holds its SQL. Its methods are written as functions that take a connection, and each of the decorators
here makes such a function one transaction.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.domain.cluster.processes import ProcessStore
from bot.domain.cluster.session_turns import SessionTurnStore
from bot.domain.fair_use.quotas import QuotaStore
from bot.domain.fair_use.usage import UsageStore
from bot.domain.leases import NO_OWNER, Owner
from bot.domain.personal_data import PersonalDataStore
from bot.domain.runtime.database_health import DatabaseHealth
from bot.domain.secrets.cipher import NO_CIPHER, Cipher
from bot.domain.secrets.credentials import CredentialStore
from bot.domain.secrets.encryption import EncryptionStore
from bot.domain.stores import (
    AnswerStore,
    ConversationStore,
    MetadataStore,
    RunOpener,
    ServerSettingsStore,
)
from bot.domain.welcome import WelcomeStore
from bot.store.engine.transactions import Database

Clock = Callable[[], float]
"""Returns the time in seconds since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The program's ports to its database."""

    answers: AnswerStore
    conversations: ConversationStore
    credentials: CredentialStore
    encryption: EncryptionStore
    metadata: MetadataStore
    personal_data: PersonalDataStore
    processes: ProcessStore
    quotas: QuotaStore
    run_opener: RunOpener
    server_settings: ServerSettingsStore
    session_turns: SessionTurnStore
    usage: UsageStore
    welcomes: WelcomeStore
    health: DatabaseHealth


class SqlStore:
    """The base of the ports' classes; the runs that it begins are the `owner`'s.

    What people wrote goes through the `cipher`, by `bot/store/encrypted_columns.py`.
    """

    def __init__(self, database: Database, clock: Clock, owner: Owner = NO_OWNER, cipher: Cipher = NO_CIPHER) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._cipher = cipher

    def _now(self) -> int:
        return int(self._clock())


_S = TypeVar("_S", bound=SqlStore)
_P = ParamSpec("_P")
_T = TypeVar("_T")

Work = Callable[Concatenate[_S, Connection, _P], _T]
Method = Callable[Concatenate[_S, _P], Coroutine[Any, Any, _T]]


def read_transaction(work: Work[_S, _P, _T]) -> Method[_S, _P, _T]:
    """Make a method of `work`, which only reads."""

    @wraps(work)
    async def method(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self._database.read(lambda connection: work(self, connection, *args, **kwargs))

    return method


def write_transaction(work: Work[_S, _P, _T]) -> Method[_S, _P, _T]:
    """Make a method of `work` that returns once its changes are on the disk."""

    @wraps(work)
    async def method(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self._database.write(lambda connection: work(self, connection, *args, **kwargs))

    return method


def relaxed_transaction(work: Work[_S, _P, _T]) -> Method[_S, _P, _T]:
    """Make a method of `work` that returns sooner: a power cut may undo it, the end of the process does not."""

    @wraps(work)
    async def method(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self._database.write_relaxed(lambda connection: work(self, connection, *args, **kwargs))

    return method
