"""While answers stream: first and final text, staleness, frozen gaps, and what an answer costs."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from bench.crowds import EVERY, PIECES, Answer, ask_in_turn, channels, gathering, stream
from bench.figures import Figure, percentile
from bench.processes import processor_seconds, start
from bench.schedules import best_staleness, even_staleness
from sandbox.bot_process import BotProcess
from sandbox.discord import Channel
from sandbox.environment import Environment, open_environment

_CROWD = 20
_PACE = 0.0625
"""Seconds between two askers' beginnings: spread over one edit's rhythm, as people would be."""

_REST = 5.0
"""Seconds between an answer and the same asker's next question; those who ask at once are measured apart."""


@dataclass(frozen=True)
class Trips:
    """Round trips of a bare client, in seconds."""

    post: float
    patch: float


@dataclass(frozen=True)
class _Run:
    """A crowd's answers, the processor time that each of them took in seconds, and how many requests were refused."""

    answers: list[Answer]
    spent: float
    refused: int


_SIDES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("bot", "bot", {}),
    ("bare loop", "bench.bare", {"BENCH_READS": "1"}),
    ("all requests", "bench.bare", {"BENCH_READS": "1", "BENCH_FRILLS": "1"}),
    ("edits only", "bench.bare", {"BENCH_READS": "0"}),
)


async def measure_first(*, rounds: int) -> tuple[list[Figure], Trips]:
    """Measure how soon the first text is seen, beside round trips of a bare client; limits off, so as to ask often."""
    posts, patches, firsts = [], [], []
    async with open_environment() as env:
        env.discord.limits.enabled = False
        places = channels(env, 10)
        await start(env)
        async with gathering(env) as crowd:
            await crowd.ask(places[0], stream(3, 0.0))
            for _ in range(3):
                trips = await _bare_trips(env, places[0], rounds)
                posts += trips["post"]
                patches += trips["patch"]
                for number in range(rounds):
                    answer = await crowd.ask(places[number % 10], stream(4, 0.1))
                    firsts.append(answer.first_delay)
    trips_taken = Trips(median(posts), median(patches))
    figure = Figure(
        "first text visible after the provider's first byte, median",
        median(firsts) * 1000,
        "ms",
        trips_taken.post * 1000,
        20,
        "beyond",
    )
    return [figure], trips_taken


async def measure_crowd(trips: Trips, *, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure twenty askers in twenty channels, in turn with bare loops of discord.py that do the same work.

    The bot and the loops take turns round by round, so that a busy hour of the machine falls on all of them.
    """
    runs: dict[str, list[_Run]] = {}
    for _ in range(rounds):
        for name, module, settings in _SIDES:
            runs.setdefault(name, []).append(await _spend(module, **settings))
    answers = [answer for run in runs["bot"] for answer in run.answers]
    spent = {name: median(run.spent for run in found) for name, found in runs.items()}
    edits = {name: fmean(each.edits for run in found for each in run.answers) for name, found in runs.items()}
    last = [answer.final_delay for answer in answers]
    figures = [
        Figure(
            "final text visible after the provider's last byte, p99, limits on",
            percentile(last, 0.99) * 1000,
            "ms",
            trips.patch * 1000,
            50,
            "beyond",
        ),
        Figure("the same, median", median(last) * 1000, "ms", trips.patch * 1000),
        *_stale(fmean(answer.staleness for answer in answers)),
        Figure(
            "longest frozen gap, 20 askers in 20 channels", max(each.gap for each in answers), "s", None, 1.5, "max"
        ),
        *_counted(answers, sum(run.refused for run in runs["bot"])),
        Figure("edits of an answer of 1,500 characters, mean (bare loop)", edits["bot"], "", edits["bare loop"]),
        Figure(
            "processor time per answer (bare loop, same stream, same edits)",
            spent["bot"] * 1000,
            "ms",
            spent["bare loop"] * 1000,
            1.5,
        ),
        Figure(
            "the same (bare loop, same stream, all of the bot's requests)",
            spent["bot"] * 1000,
            "ms",
            spent["all requests"] * 1000,
            1.5,
        ),
        Figure("the same (bare loop that makes the edits only)", spent["bot"] * 1000, "ms", spent["edits only"] * 1000),
    ]
    return figures, {"one answer": _curve(answers[0]), "processor time": spent, "edits": edits}


async def count_crowd() -> list[Figure]:
    """Count what goes wrong for twenty askers in twenty channels, and report how stale they found the text."""
    run = await _spend("bot")
    return [*_counted(run.answers, run.refused), *_stale(fmean(answer.staleness for answer in run.answers))[:1]]


def _counted(answers: Sequence[Answer], refused: int) -> list[Figure]:
    hasty = max(each.hasty_edits for each in answers)
    return [
        Figure("429s, 20 askers in 20 channels", refused, "", None, 0, "max", counted=True),
        Figure("lost characters", sum(each.lost for each in answers), "", None, 0, "max", counted=True),
        Figure("edits of an answer beyond one each 1.25 s and the last", hasty, "", None, 0, "max", counted=True),
    ]


def _stale(seen: float) -> list[Figure]:
    what = "staleness of the visible text, 9 s answers"
    kept, even = best_staleness(PIECES, EVERY, kept=1), even_staleness(PIECES, EVERY, kept=1)
    return [
        Figure(f"{what} (best schedule)", seen, "s", best_staleness(PIECES, EVERY), 1.25),
        Figure("the same (best that keeps a slot for the last edit)", seen, "s", kept, 1.25),
        Figure("the same (best that keeps a slot and does not know the end)", seen, "s", even, 1.25),
    ]


async def measure_lengths(*, lengths: tuple[int, ...], rounds: int = 1) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the staleness of short answers and of long ones."""
    async with open_environment() as env:
        places = channels(env, 4 * len(lengths))
        await start(env)
        async with gathering(env) as crowd:
            groups = [places[number :: len(lengths)] for number in range(len(lengths))]
            found = await asyncio.gather(
                *(
                    ask_in_turn(crowd, group, rounds, stagger=0.3, pieces=pieces)
                    for group, pieces in zip(groups, lengths, strict=True)
                )
            )
    curve = [
        (
            pieces * EVERY,
            fmean(each.staleness for each in answers),
            best_staleness(pieces, EVERY),
            best_staleness(pieces, EVERY, kept=1),
        )
        for pieces, answers in zip(lengths, found, strict=True)
    ]
    figures = [
        Figure(f"staleness, answers of {seconds:g} s (best schedule)", seen, "s", best)
        for seconds, seen, best, _ in curve
    ]
    return figures, {"staleness by length": curve}


async def _spend(module: str, **settings: str) -> _Run:
    """Have the usual answer given once in each place."""
    async with open_environment() as env:
        places = channels(env, _CROWD)
        process = await start(env, module, **settings)
        async with gathering(env) as crowd:
            await ask_in_turn(crowd, places, 1, pieces=20, rest=_REST)
            before = processor_seconds(process.pid)
            answers = await ask_in_turn(crowd, places, 1, stagger=_PACE)
            spent = processor_seconds(process.pid) - before
        return _Run(answers, spent / len(answers), len(env.discord.rate_limited))


async def _bare_trips(env: Environment, channel: Channel, rounds: int) -> dict[str, list[float]]:
    environment = {**env.bot_settings(), "BENCH_CHANNEL": str(channel.id), "BENCH_ROUNDS": str(rounds)}
    process = await BotProcess.start(environment, env.folder, module="bench.trips")
    await process.ended(60)
    return dict(json.loads(process.out[-1]))


def _curve(answer: Answer) -> dict[str, list[tuple[float, int]]]:
    start = answer.stream.arrivals[0]
    lengths = [len("".join(answer.stream.pieces[: count + 1])) for count in range(len(answer.stream.pieces))]
    return {
        "sent": [(at - start, length) for at, length in zip(answer.stream.arrivals, lengths, strict=True)],
        "seen": [(frame.at - start, len(frame.content)) for frame in answer.frames],
    }
