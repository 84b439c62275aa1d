"""Tries credentials that a server's admins entered, or stored, and says how that went."""

import asyncio
import logging
from dataclasses import dataclass

from bot.domain.errors import ProviderError, Unauthorized
from bot.domain.provider import Provider
from bot.strings.admins.setup.cards import describe_trial, too_slow, trial_broke
from bot.strings.errors import explain

_log = logging.getLogger(__name__)

TRIAL_SECONDS = 20.0
"""How long a provider may take to say whether it accepts credentials."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a trial went, in a sentence; `is_well` unless it failed. One that cannot be made is well.

    `is_refused` says that the provider did not accept the credentials.
    """

    sentence: str
    is_well: bool
    is_refused: bool = False


async def try_credentials(provider: Provider, seconds: float | None = None) -> Trial:
    """Try a provider's credentials with the cheapest request that it has, never with a question.

    It may take `TRIAL_SECONDS` unless others are given.
    """
    seconds = TRIAL_SECONDS if seconds is None else seconds
    try:
        async with asyncio.timeout(seconds):
            checked = await provider.check()
    except ProviderError as error:
        return Trial(explain(error, "server"), is_well=False, is_refused=isinstance(error, Unauthorized))
    except TimeoutError:
        return Trial(too_slow(provider.label, seconds), is_well=False)
    except Exception as error:  # noqa: BLE001 - without its text, which may hold what was entered
        _log.error("%s: trying a server's credentials failed: %s", provider.name, type(error).__name__)
        return Trial(trial_broke(), is_well=False)
    return Trial(describe_trial(provider.label, checked), is_well=True)
