"""What has to be true at the end, whatever happened, as sentences about what is not."""

import asyncio

from sandbox.bot_process import BotProcess
from sandbox.environment import Environment
from tests.processes.fleet import Fleet
from tests.processes.gateway_watch import GatewayWatch
from tests.processes.ledger import UNHURRIED, Ledger
from tests.processes.stored import unfinished, wrong_turns

INJECTED = 1.234
"""Seconds that a 429 asks to wait if a test ordered it, by which it is told from others."""


async def check(env: Environment, fleet: Fleet, watch: GatewayWatch, ledger: Ledger) -> None:
    """Hold what goes for every test: each question once and in order, what is stored, and Discord's limits."""
    await ledger.concluded()
    url = env.bot_settings()["DATABASE_URL"]
    async with asyncio.timeout(UNHURRIED):
        while await asyncio.to_thread(unfinished, url):
            await asyncio.sleep(0.1)
    wrong = [*ledger.wrong(), *ledger.wrong_orders(), *watch.wrong_identifies()]
    wrong += wrong_turns(url, ledger.asked)
    wrong += [f"429: {record}" for record in env.discord.rate_limited if not _is_injected(record.limited)]
    wrong += [f"unknown: {route}" for route in env.discord.unknown_routes]
    wrong += [line for process in fleet.all for line in _errors(process)]
    assert not wrong, "\n".join(wrong)


def _is_injected(limited: object) -> bool:
    return getattr(limited, "retry_after", None) == INJECTED


def _errors(process: BotProcess) -> list[str]:
    """Return what a process printed of mistakes of its own."""
    return [*process.err, *(line for line in process.out if " ERROR " in line or "Traceback" in line)]
