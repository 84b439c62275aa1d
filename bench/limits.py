"""Where Discord's limits bite: many askers in one channel, and more answers at once than all requests have room for."""

import asyncio
from typing import Any

from bench.crowds import EVERY, RHYTHM, Stream, channels, gathering, stream
from bench.figures import Figure
from bench.processes import start
from bench.schedules import last_final
from bot.answering.queue.turn_queue import MAX_AT_ONCE
from sandbox.environment import open_environment

WINDOW, TRIPS = 5.0, 0.3
"""Seconds in which Discord takes five edits of a channel's messages, and for two round trips."""

_MORE = 6.0
"""Seconds that several answers in one channel may take beyond their streams: they share its edits."""


async def measure_one_channel(*, askers: int, pieces: int) -> list[Figure]:
    """Measure so many askers who ask at once in one channel, where up to three answers are written at once."""
    async with open_environment() as env:
        people = [env.discord.create_user(f"asker-{number}") for number in range(askers)]
        for person in people:
            env.guild.add_member(person)
        await start(env)
        async with gathering(env) as crowd:
            answers = await asyncio.gather(*(crowd.ask(env.general, stream(pieces), person) for person in people))
        refused = len(env.discord.rate_limited)
    seconds, first_end = pieces * EVERY, min(each.stream.ended for each in answers)
    where = f"{askers} askers in one channel, answers of {seconds:g} s"
    at_once = min(askers, MAX_AT_ONCE)
    whole = max(each.frames[-1].at for each in answers) - min(each.asked for each in answers)
    lost = sum(each.lost for each in answers)
    return [
        Figure(
            f"longest frozen gap until one ends, {where} ({RHYTHM:g} s × {at_once})",
            max(each.gap_until(first_end) for each in answers),
            "s",
            RHYTHM * at_once,
            TRIPS,
            "beyond",
        ),
        Figure(
            "the same, to the last text (one window)", max(each.gap for each in answers), "s", WINDOW, TRIPS, "beyond"
        ),
        Figure(
            "longest wait of a first text there", max(each.first_delay for each in answers), "s", None, TRIPS, "max"
        ),
        Figure("longest wait of a final there", max(each.final_delay for each in answers), "s", None, WINDOW, "max"),
        Figure("all of them whole", whole, "s", None, -(-askers // MAX_AT_ONCE) * seconds + _MORE, "max"),
        Figure(f"429s, {where}", refused, "", None, 0, "max", counted=True),
        Figure(f"lost characters, {where}", lost, "", None, 0, "max", counted=True),
    ]


async def measure_rush(*, askers: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure answers that all begin at once, and end within two seconds, under Discord's limit over everything."""
    async with open_environment() as env:
        places = channels(env, askers)
        await start(env)
        async with gathering(env) as crowd:
            gate = asyncio.Event()
            asked = [
                asyncio.create_task(crowd.ask(place, _rushed(number, askers, gate)))
                for number, place in enumerate(places)
            ]
            await env.apis.chatbase.wait_for(lambda: env.apis.chatbase.open_answers >= askers, 60)
            gate.set()
            answers = await asyncio.gather(*asked)
        refused = len(env.discord.rate_limited)
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
        Figure(f"429s, {askers} at once", refused, "", None, 0, "max", counted=True),
        Figure(
            f"lost characters, {askers} at once", sum(each.lost for each in answers), "", None, 0, "max", counted=True
        ),
        Figure("places by which a final was out of order", moved, "", None, 5, "max"),
    ]
    return figures, {"ends": [end - ends[0] for end in ends], "finals": [at - ends[0] for at in finals]}


def _rushed(number: int, askers: int, gate: asyncio.Event) -> Stream:
    """Return a stream of some six seconds; the last of all ends two seconds after the first."""
    rushed = stream(60, 0.1 + number * 2 / askers / 59)
    rushed.gate = gate
    return rushed
