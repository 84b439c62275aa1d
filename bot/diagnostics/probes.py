"""Tries what the bot needs, each within a bounded time: its providers' credentials, and its database."""

import asyncio
import logging
from collections.abc import Callable

from bot.answering.health.provider_health import ProviderHealth
from bot.diagnostics.report import CheckResult
from bot.diagnostics.rules import (
    database_refuses,
    database_result,
    probe_crashed,
    provider_fails,
    provider_result,
    provider_timed_out,
)
from bot.domain.errors import DatabaseUnavailable, ProviderError
from bot.domain.provider import Provider
from bot.domain.runtime.database_health import DatabaseHealth
from bot.domain.secrets.credentials import CredentialId
from bot.domain.stores import MetadataStore

_log = logging.getLogger(__name__)

_CHECKED = "checked"
"""The fact that is written to see whether the database can be."""


async def probe_provider(
    provider: Provider,
    seconds: float,
    provider_health: ProviderHealth | None = None,
    credential: CredentialId | None = None,
) -> CheckResult:
    """Return how a provider is doing: its credentials if they can be tried for free, else how it answered last.

    `credential` says which those are, the operator's if it is None.
    """
    credential = credential or CredentialId(provider.name)
    try:
        async with asyncio.timeout(seconds):
            checked = await provider.check()
    except ProviderError as error:
        return provider_fails(provider, error, credential.owner)
    except TimeoutError:
        return provider_timed_out(provider, seconds)
    except Exception:  # noqa: BLE001 - a report with one broken line is better than none
        _log.exception("%s: trying the credentials failed", provider.name)
        return probe_crashed(provider.label)
    latest = None if provider_health is None else provider_health.latest.get(credential)
    return provider_result(provider, checked, latest, credential.owner)


async def probe_database(
    facts: MetadataStore, health: DatabaseHealth, seconds: float, clock: Callable[[], float] | None = None
) -> CheckResult:
    """Return whether the database takes a note and how long that takes, what failed just before, and what is damaged.

    A note is small: a disk without space may have room for it, and none for an answer.
    """
    clock = clock or asyncio.get_running_loop().time
    begun, last_failure = clock(), health.last_failure()
    try:
        async with asyncio.timeout(seconds):
            await facts.set(_CHECKED, "yes")
    except DatabaseUnavailable as error:
        return database_refuses(error.fault)
    except TimeoutError:
        return database_refuses()
    return database_result(clock() - begun, last_failure, health.soundness)
