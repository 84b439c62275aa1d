"""While answers stream: first and final text, staleness, frozen gaps, limits kept, and what an answer costs."""

import asyncio
import json
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from bench.crowds import EVERY, PIECES, Answer, Stream, ask_in_turn, channels, gathering, stream
from bench.figures import Figure, percentile
from bench.processes import processor_seconds, start
from bench.schedules import best_staleness, last_final
from sandbox.discord import Channel
from sandbox.process import BotProcess
from sandbox.stage import Stage, open_stage

_CROWD = 20
_PACE = 0.0625
"""Seconds between two askers' beginnings: spread over one edit's rhythm, as people would be."""

_REST = 5.0
"""Seconds between an answer and the same asker's next question; those who ask at once are measured apart."""

EDITS = 8
"""Edits of the usual answer: one each 1.25 s of its 9 s, the last of which is the final one."""


@dataclass(frozen=True)
class Trips:
    """Round trips of a bare client, in seconds."""

    post: float
    patch: float


async def measure_first(*, rounds: int) -> tuple[list[Figure], Trips]:
    """Measure how soon the first text is seen, beside round trips of a bare client; limits off, so as to ask often."""
    posts, patches, firsts = [], [], []
    async with open_stage() as stage:
        stage.discord.limits.enabled = False
        places = channels(stage, 10)
        await start(stage)
        async with gathering(stage) as crowd:
            await crowd.ask(places[0], stream(3, 0.0))
            for _ in range(3):
                trips = await _bare_trips(stage, places[0], rounds)
                posts += trips["post"]
                patches += trips["patch"]
                for number in range(rounds):
                    answer = await crowd.ask(places[number % 10], stream(4, 0.1))
                    firsts.append(answer.frames[0].at - answer.stream.arrivals[0])
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
    """Measure twenty askers in twenty channels, beside a bare loop of discord.py that does the same work."""
    async with open_stage() as stage:
        places = channels(stage, _CROWD)
        answers, spent = await _spend(stage, "bot", places, rounds)
        refused = len(stage.discord.rate_limited)
    bare: dict[str, float] = {}
    for reads in ("1", "0"):
        async with open_stage() as stage:
            places = channels(stage, _CROWD)
            echoed, bare[reads] = await _spend(stage, "bench.bare", places, max(1, rounds // 2), BENCH_READS=reads)
            bare[f"edits {reads}"] = fmean(answer.edits for answer in echoed)
    edits = fmean(answer.edits for answer in answers)
    best = best_staleness(PIECES, EVERY)
    figures = [
        Figure(
            "final text visible after the provider's last byte, p99, limits on",
            percentile([answer.final_delay for answer in answers], 0.99) * 1000,
            "ms",
            trips.patch * 1000,
            50,
            "beyond",
        ),
        Figure(
            "the same, median",
            median(answer.final_delay for answer in answers) * 1000,
            "ms",
            trips.patch * 1000,
        ),
        Figure(
            "staleness of the visible text, 9 s answers (best schedule)",
            fmean(answer.staleness for answer in answers),
            "s",
            best,
            1.25,
        ),
        Figure(
            "the same (best schedule that keeps a slot for the last edit)",
            fmean(answer.staleness for answer in answers),
            "s",
            best_staleness(PIECES, EVERY, kept=1),
            1.25,
        ),
        Figure(
            "longest frozen gap, 20 askers in 20 channels", max(each.gap for each in answers), "s", None, 1.5, "most"
        ),
        Figure("429s, 20 askers in 20 channels", refused, "", None, 0, "most", counted=True),
        Figure("lost characters", sum(each.lost for each in answers), "", None, 0, "most", counted=True),
        Figure("edits of an answer of 1,500 characters, mean", edits, "", None, EDITS, "most", counted=True),
        Figure(
            "processor time per answer (bare loop, same stream, same edits)", spent * 1000, "ms", bare["1"] * 1000, 1.5
        ),
        Figure("the same (bare loop that makes the edits only)", spent * 1000, "ms", bare["0"] * 1000),
    ]
    return figures, {"one answer": _curve(answers[0]), "bare": bare, "edits": edits}


async def measure_lengths(*, lengths: tuple[int, ...], rounds: int = 1) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the staleness of short answers and of long ones."""
    async with open_stage() as stage:
        places = channels(stage, 4 * len(lengths))
        await start(stage)
        async with gathering(stage) as crowd:
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


async def measure_one_channel(*, pieces: int) -> list[Figure]:
    """Measure six askers who ask at once in one channel, and are answered one after another."""
    async with open_stage() as stage:
        await start(stage)
        async with gathering(stage) as crowd:
            answers = await asyncio.gather(*(crowd.ask(stage.general, stream(pieces)) for _ in range(6)))
        refused = len(stage.discord.rate_limited)
    return [
        Figure(
            "longest frozen gap, 6 askers in one channel (4 progress edits per 5 s)",
            max(each.gap for each in answers),
            "s",
            1.25,
            1.25,
        ),
        Figure("429s, 6 askers in one channel", refused, "", None, 0, "most", counted=True),
        Figure("lost characters, 6 in one", sum(each.lost for each in answers), "", None, 0, "most", counted=True),
    ]


async def measure_rush(*, askers: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure answers that all begin at once, and end within two seconds, under Discord's limit over everything."""
    async with open_stage() as stage:
        places = channels(stage, askers)
        await start(stage)
        async with gathering(stage) as crowd:
            gate = asyncio.Event()
            asked = [
                asyncio.create_task(crowd.ask(place, _rushed(number, askers, gate)))
                for number, place in enumerate(places)
            ]
            await stage.apis.chatbase.wait_for(lambda: stage.apis.chatbase.open_answers >= askers, 60)
            gate.set()
            answers = await asyncio.gather(*asked)
        refused = len(stage.discord.rate_limited)
    answers.sort(key=lambda each: each.stream.ended)
    ends, finals = [each.stream.ended for each in answers], [each.frames[-1].at for each in answers]
    places_seen = sorted(range(len(finals)), key=finals.__getitem__)
    moved = max(abs(place - number) for number, place in enumerate(places_seen))
    figures = [
        Figure(
            f"{askers} at once: the last final after its stream's end (50 requests a second)",
            max(finals) - ends[-1],
            "s",
            last_final(ends),
            1.25,
        ),
        Figure(f"429s, {askers} at once", refused, "", None, 0, "most", counted=True),
        Figure(
            f"lost characters, {askers} at once", sum(each.lost for each in answers), "", None, 0, "most", counted=True
        ),
        Figure("places by which a final was out of order", moved, "", None, 5, "most"),
    ]
    return figures, {"ends": [end - ends[0] for end in ends], "finals": [at - ends[0] for at in finals]}


def _rushed(number: int, askers: int, gate: asyncio.Event) -> Stream:
    """Return a stream of some six seconds; the last of all ends two seconds after the first."""
    rushed = stream(60, 0.1 + number * 2 / askers / 59)
    rushed.gate = gate
    return rushed


async def _spend(
    stage: Stage, module: str, places: list[Channel], rounds: int, **settings: str
) -> tuple[list[Answer], float]:
    """Have the usual answers given, and return them with the processor time that each of them took."""
    process = await start(stage, module, **settings)
    async with gathering(stage) as crowd:
        await ask_in_turn(crowd, places, 1, pieces=20, rest=_REST)
        before = processor_seconds(process.pid)
        answers = await ask_in_turn(crowd, places, rounds, stagger=_PACE, rest=_REST)
        spent = processor_seconds(process.pid) - before
    return answers, spent / len(answers)


async def _bare_trips(stage: Stage, channel: Channel, rounds: int) -> dict[str, list[float]]:
    environment = {**stage.environment(), "BENCH_CHANNEL": str(channel.id), "BENCH_ROUNDS": str(rounds)}
    process = await BotProcess.start(environment, stage.folder, module="bench.trips")
    await process.ended(60)
    return dict(json.loads(process.out[-1]))


def _curve(answer: Answer) -> dict[str, list[tuple[float, int]]]:
    start = answer.stream.arrivals[0]
    lengths = [len("".join(answer.stream.pieces[: count + 1])) for count in range(len(answer.stream.pieces))]
    return {
        "sent": [(at - start, length) for at, length in zip(answer.stream.arrivals, lengths, strict=True)],
        "seen": [(frame.at - start, len(frame.content)) for frame in answer.frames],
    }
