"""Tries what the bot needs, each within a bounded time: its providers' credentials, and its database."""

import asyncio
import logging
from collections.abc import Callable

from bot.answering.provider_health import Outcomes
from bot.diagnostics.report import Finding
from bot.diagnostics.rules import (
    about_database,
    about_provider,
    broken_trial,
    database_refuses,
    provider_accepts,
    provider_fails,
    provider_hangs,
)
from bot.domain.errors import MemoryUnavailable, ProviderError
from bot.domain.provider import Provider
from bot.domain.stores import Facts

_log = logging.getLogger(__name__)

_CHECKED = "checked"
"""The fact that is written to see whether the database can be."""


async def try_provider(provider: Provider, seconds: float, outcomes: Outcomes | None = None) -> Finding:
    """Return how a provider stands: its credentials where they can be tried for free, else how it answered last."""
    try:
        async with asyncio.timeout(seconds):
            why_not = await provider.check()
    except ProviderError as error:
        return provider_fails(provider, error)
    except TimeoutError:
        return provider_hangs(provider, seconds)
    except Exception:  # noqa: BLE001 - a report with one broken line is better than none
        _log.exception("%s: trying the credentials failed", provider.name)
        return broken_trial(provider.label)
    latest = None if outcomes is None else outcomes.latest.get(provider.name)
    return provider_accepts(provider, why_not) if latest is None else about_provider(provider, latest)


async def try_database(facts: Facts, seconds: float, clock: Callable[[], float] | None = None) -> Finding:
    """Return whether the database takes a note, and how long that takes."""
    clock = clock or asyncio.get_running_loop().time
    begun = clock()
    try:
        async with asyncio.timeout(seconds):
            await facts.save_fact(_CHECKED, "yes")
    except (MemoryUnavailable, TimeoutError):
        return database_refuses()
    return about_database(clock() - begun)
