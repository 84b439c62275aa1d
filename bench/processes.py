"""A process under measurement, seen from outside: its processor time, its memory, its sockets (Linux's /proc)."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

from bench.scale.databases import forget_turns
from sandbox.bot_process import BotProcess
from sandbox.environment import Environment

_TICK = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 60.0


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def open_sockets(pid: int) -> int:
    """Return how many sockets a process has open."""
    return sum(str(link.readlink()).startswith("socket:") for link in Path(f"/proc/{pid}/fd").iterdir())


async def start(env: Environment, module: str = "bot", **settings: str) -> BotProcess:
    """Start `module` as the stage's bot, and wait until it can be used; the caller need not stop it."""
    ready = env.app.readies + 1
    process = await launch(env, module, **settings)
    await env.discord.bot_ready(env.app, readies=ready, syncs=1 if "bare" not in module else 0, timeout=60)
    return process


async def launch(env: Environment, module: str = "bot", **settings: str) -> BotProcess:
    """Start `module` as the stage's bot without waiting for anything; its session may begin at once."""
    env.app.session_starts.interval = 0
    await env.stop_bot()
    environment = {**env.bot_settings(), "LOG_LEVEL": "WARNING", **settings}
    await forget_turns(environment["DATABASE_URL"])
    env.bot = await BotProcess.start(environment, env.folder, module=module)
    return env.bot


async def ask_meter(process: BotProcess, times: int) -> dict[str, Any]:
    """Return what the meter inside a bot (`bench.inside`) has counted since it was last asked; this is time `times`."""
    process.send_signal(signal.SIGUSR1)
    line = await process.printed("meter ", _READY_SECONDS, times=times)
    return dict(json.loads(line.removeprefix("meter ")))


async def settle(process: BotProcess, seconds: float = 2.0) -> None:
    """Let a process come to rest: wait until it has used next to no processor time for a while."""
    before = processor_seconds(process.pid)
    for _ in range(30):
        await asyncio.sleep(seconds)
        now = processor_seconds(process.pid)
        if now - before < 0.05 * seconds:
            return
        before = now
