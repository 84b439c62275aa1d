"""One, two and four processes of one bot on one PostgreSQL: questions a second, and processor time of each question.

They share the machine's cores with the sandbox, the chat APIs and the database, so that more processes bring fewer
questions a second than they would on machines of their own. What a question costs a process is the figure to go by.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowds import gathering, stream
from bench.figures import Figure
from bench.processes import processor_seconds, resident_bytes, settle
from bench.scale.databases import forget_turns, postgres
from sandbox.bot_process import BotProcess
from sandbox.discord import Channel
from sandbox.environment import Environment, open_environment
from tests.postgres import PostgresServer

_SHARDS = 4
_READY_SECONDS = 60.0
_AT_A_TIME = 40


@dataclass(frozen=True, slots=True)
class Run:
    """What came of many questions: how many a second, and of each one the seconds of processor time."""

    rate: float
    spent: float
    """By all processes of the bot."""
    spent_by_database: float
    memory: float
    """MB of all processes together."""
    lost: int


async def measure(*, questions: int, counts: Sequence[int] = (1, 2, 4)) -> tuple[list[Figure], dict[str, Any]]:
    """Measure so many questions, asked without any limit, beside the same asked of a single process."""
    async with postgres() as server:
        if server is None:
            return [], {}
        runs = {count: await _run(server, count, questions) for count in counts}
    one = runs[counts[0]]
    figures = []
    for count, run in runs.items():
        where = f"{count} process{'es' if count > 1 else ''} on PostgreSQL, {os.cpu_count()} cores for everything"
        figures += [
            Figure(f"questions a second, {where} (one process)", run.rate, "/s", one.rate),
            Figure("processor time of a question (one process)", run.spent * 1000, "ms", one.spent * 1000, 1.2),
            Figure("the same of PostgreSQL", run.spent_by_database * 1000, "ms", one.spent_by_database * 1000),
            Figure("memory of all of them", run.memory, "MB", one.memory),
            Figure(f"lost characters, {count} processes", run.lost, "", None, 0, "max", counted=True),
        ]
    return figures, {"processes": [(count, run.rate) for count, run in runs.items()]}


async def _run(server: PostgresServer, count: int, questions: int) -> Run:
    async with open_environment() as env:
        env.discord.limits.enabled = False
        env.settings["DATABASE_URL"] = server.create_database()
        places = [_open_place(env, number) for number in range(16 * _SHARDS)]
        processes = await start_all(env, count)
        try:
            await _ask(env, places, len(places))
            for process in processes:
                await settle(process, 1.0)
            spent, spent_by_database = _spent(processes), _spent_by(server)
            begun = time.monotonic()
            lost = await _ask(env, places, questions)
            seconds = time.monotonic() - begun
            return Run(
                questions / seconds,
                (_spent(processes) - spent) / questions,
                (_spent_by(server) - spent_by_database) / questions,
                sum(resident_bytes(process.pid) for process in processes) / 1e6,
                lost,
            )
        finally:
            await asyncio.gather(*(process.stop() for process in processes))


async def start_all(env: Environment, count: int, **settings: str) -> list[BotProcess]:
    """Start so many processes of the stage's bot, each with its share of four shards, and wait until all are ready.

    The caller has to stop them.
    """
    starts = env.app.session_starts
    starts.interval, starts.max_concurrency = 0, 16
    ready = env.app.readies + _SHARDS
    environment = {**env.bot_settings(), "LOG_LEVEL": "WARNING", "BENCH_UNBOUND": "1", **settings}
    processes: list[BotProcess] = []
    for number in range(count):
        own = {"SHARD_COUNT": f"{_SHARDS}", "CLUSTER_COUNT": f"{count}", "CLUSTER_ID": f"{number}"}
        await forget_turns(environment["DATABASE_URL"])
        processes.append(await BotProcess.start({**environment, **own}, env.folder, module="bench.inside"))
    await env.discord.bot_ready(env.app, readies=ready, syncs=1, timeout=_READY_SECONDS)
    return processes


def _open_place(env: Environment, number: int) -> Channel:
    guild = env.discord.create_guild(f"Crowd {number}", env.alice)
    guild.add_bot(env.app)
    return guild.add_text_channel("general")


async def _ask(env: Environment, places: Sequence[Channel], questions: int) -> int:
    """Ask questions in the places in turn, many at a time, and return how many characters were lost."""
    room = asyncio.Semaphore(_AT_A_TIME)

    async def ask(number: int) -> int:
        async with room:
            return (await crowd.ask(places[number % len(places)], stream(3, 0.0, 300))).lost

    async with gathering(env) as crowd:
        return sum(await asyncio.gather(*map(ask, range(questions))))


def _spent(processes: Sequence[BotProcess]) -> float:
    return sum(processor_seconds(process.pid) for process in processes)


def _spent_by(server: PostgresServer) -> float:
    """Return the processor time that a PostgreSQL server's processes have used, those that ended included."""
    first = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    ticks = os.sysconf("SC_CLK_TCK")
    ended = Path(f"/proc/{first}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
    own = processor_seconds(first) + (int(ended[13]) + int(ended[14])) / ticks
    return own + sum(processor_seconds(int(child)) for child in children)
