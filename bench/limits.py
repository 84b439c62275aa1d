"""Where Discord's limits bite: many askers in one channel, and more answers at once than all requests have room for."""

import asyncio
from typing import Any

from bench.crowds import Stream, channels, gathering, stream
from bench.figures import Figure
from bench.processes import start
from bench.schedules import last_final
from sandbox.environment import open_environment


async def measure_one_channel(*, pieces: int) -> list[Figure]:
    """Measure six askers who ask at once in one channel, and are answered one after another."""
    async with open_environment() as env:
        await start(env)
        async with gathering(env) as crowd:
            answers = await asyncio.gather(*(crowd.ask(env.general, stream(pieces)) for _ in range(6)))
        refused = len(env.discord.rate_limited)
    return [
        Figure(
            "longest frozen gap, 6 askers in one channel (4 progress edits per 5 s)",
            max(each.gap for each in answers),
            "s",
            1.25,
            1.25,
        ),
        Figure("429s, 6 askers in one channel", refused, "", None, 0, "max", counted=True),
        Figure("lost characters, 6 in one", sum(each.lost for each in answers), "", None, 0, "max", counted=True),
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
