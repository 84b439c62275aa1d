"""Starting in two thousand servers on a database of a year: time, memory, the longest step, the first text."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.crowds import channels, gathering, stream
from bench.figures import Figure
from bench.processes import ask_meter, launch, processor_seconds, resident_bytes, settle
from bench.scale import year
from bench.scale.databases import postgres
from bench.starting import join
from sandbox.discord import Channel
from sandbox.environment import Environment, open_environment

_READY_SECONDS = 60
_QUESTIONS = 15


@dataclass(frozen=True, slots=True)
class Start:
    """What a start took: seconds until Discord said ready, and processor time until the bot had come to rest.

    Then it has so many MB of `memory`. The longest step is the event loop's until then, by its own processor time.
    """

    ready: float
    processor: float
    memory: float
    longest_step: float
    first_text: float


async def measure(*, rows: int, servers: int, rounds: int) -> list[Figure]:
    """Measure an empty database in one server, the same in many servers, and one with so many rows in those."""
    figures = []
    async with postgres() as server:
        for database in ("SQLite", "PostgreSQL") if server is not None else ("SQLite",):
            async with open_environment() as env:
                urls = [f"sqlite:///{env.folder / name}.db" for name in ("empty", "year")]
                if server is not None and database == "PostgreSQL":
                    urls = [server.create_database() for _ in urls]
                figures += await _compare(env, database, urls, rows, servers, rounds)
    return figures


async def _compare(
    env: Environment, database: str, urls: list[str], rows: int, servers: int, rounds: int
) -> list[Figure]:
    env.discord.limits.enabled = False
    for url, count in zip(urls, (year.ALONE, rows), strict=True):
        await year.make(url, rows=count, bot=env.app.bot.id)
    place = channels(env, 1)[0]
    [small] = await _start_in_turn(env, urls[:1], place, rounds)
    join(env, servers)
    many, full = await _start_in_turn(env, urls, place, rounds)
    where = f"{servers} servers, {rows:,} turns, {database}"
    return [
        Figure(f"start until ready, {where} (empty database)", full.ready, "s", many.ready, 1.2),
        Figure("the same (in one server)", full.ready, "s", small.ready),
        Figure(f"processor time of a start, {where} (empty database)", full.processor, "s", many.processor, 1.2),
        Figure("the same (in one server)", full.processor, "s", small.processor),
        Figure(f"memory after a start, {where} (empty database)", full.memory, "MB", many.memory, 1.1),
        Figure("the same (in one server)", full.memory, "MB", small.memory),
        Figure(
            f"longest step at start, {where} (one server)", full.longest_step * 1000, "ms", small.longest_step * 1000
        ),
        Figure(f"first text of a question, {where} (empty)", full.first_text * 1000, "ms", many.first_text * 1000, 1.2),
    ]


async def _start_in_turn(env: Environment, urls: Sequence[str], place: Channel, rounds: int) -> list[Start]:
    """Return for each database the median of so many starts, which take turns.

    The first start on each, which registers commands and notes servers, does not count.
    """
    starts: dict[str, list[Start]] = {url: [] for url in urls}
    for _ in range(rounds + 1):
        for url, found in starts.items():
            env.settings["DATABASE_URL"] = url
            found.append(await _start(env, place))
    return [
        Start(*(median(getattr(one, name) for one in found[1:]) for name in Start.__slots__))
        for found in starts.values()
    ]


async def _start(env: Environment, place: Channel) -> Start:
    await env.stop_bot()
    ready, begun = env.app.readies + 1, time.monotonic()
    process = await launch(env, "bench.inside")
    await env.discord.bot_ready(env.app, readies=ready, timeout=_READY_SECONDS)
    seconds = time.monotonic() - begun
    await settle(process, 1.0)
    spent, memory = processor_seconds(process.pid), resident_bytes(process.pid) / 1e6
    step = (await ask_meter(process, 1))["own_most"]
    async with gathering(env) as crowd:
        firsts = []
        for _ in range(_QUESTIONS):
            answer = await crowd.ask(place, stream(3, 0.0))
            firsts.append(answer.frames[0].at - answer.asked)
    return Start(seconds, spent, memory, step, median(firsts))
