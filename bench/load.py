"""The bot under load: a thousand answers at once, and ten thousand questions one after another."""

import asyncio
from typing import Any

from bench.crowds import Crowd, channels, gathering, stream
from bench.figures import Figure
from bench.processes import ask_meter, open_sockets, resident_bytes, settle, start
from sandbox.bot_process import BotProcess
from sandbox.discord import Channel
from sandbox.environment import open_environment

_KEPT_ALIVE = 32.0
"""Seconds within which aiohttp closes the connections that it keeps for later, of which a crowd leaves some more."""

_AT_REST = 3
"""Sockets of a bot that does nothing: the gateway's, and the two with which its event loop wakes itself."""

_PACE = 1.0
"""Seconds between two pieces of each of the many answers: a thousand pieces a second in all."""

STATEMENTS = 12
"""SQL statements of one question with its history, its turn and its stored answer, transactions' own not counted: 1 for
the settings, 1 for the history, 3 as its run begins, 1 as its message is there, 5 as the run ends, 1 as all is shown.
One more is for each question with which a conversation that has outgrown the history's bounds goes on under a new id.
"""

TRANSACTIONS = 4
"""Transactions of a question: to read what it needs and begin its run, as its message is there, as the run ends, as all
is shown. One more if it has to wait for its turn, or if others are being written for too long at that moment."""

_RETENTION_RUN = 16
"""Statements of a run of the retention. The first is two minutes after the start, within the long measurement."""

_FITS, _GOES_ALONG = 20, 5
"""How many turns the history holds as it is set by default, and with how many of them a new conversation begins."""


async def measure_at_once(*, answers: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the event loop's lag and the memory while so many answers stream at once; the sandbox's limits are off.

    The bot holds itself to 48 requests a second all the same, as it does in life.
    """
    async with open_environment() as env:
        env.discord.limits.enabled = False
        places = channels(env, answers)
        process = await start(env, "bench.inside")
        async with gathering(env) as crowd:
            for _ in range(3):
                await asyncio.gather(*(crowd.ask(place, stream(5)) for place in places[:50]))
            await settle(process)
            before = resident_bytes(process.pid)
            await ask_meter(process, 1)
            gate = asyncio.Event()
            asked = [asyncio.create_task(_ask(crowd, place, gate, at)) for at, place in enumerate(places)]
            await env.apis.chatbase.wait_for(lambda: env.apis.chatbase.open_answers >= answers, 120)
            burst = await ask_meter(process, 2)
            gate.set()
            await asyncio.sleep(25)
            during, held = await ask_meter(process, 3), resident_bytes(process.pid)
            lost = sum([(await each) for each in asked])
            ends = await ask_meter(process, 4)
    figures = [
        Figure(
            f"{answers} answers at once, a piece a second each: event-loop lag, p99",
            during["lag_p99"] * 1000,
            "ms",
            None,
            50,
            "max",
        ),
        Figure("the same, what the bot itself computed of it", during["own_p99"] * 1000, "ms", None, 50, "max"),
        Figure("the same, median", during["lag_median"] * 1000, "ms"),
        Figure("the same while all of them are asked", burst["lag_p99"] * 1000, "ms"),
        Figure("the same while all of them end", ends["lag_p99"] * 1000, "ms"),
        Figure(f"{answers} answers at once: memory of each", (held - before) / answers / 1000, "kB", None, 100, "max"),
        Figure(f"lost characters, {answers} at once", lost, "", None, 0, "max", counted=True),
    ]
    return figures, {"lag": {"asked": burst, "streaming": during, "ending": ends}}


async def count_calls(*, questions: int) -> list[Figure]:
    """Count what a question costs the database if the one before it is over, and nobody else asks."""
    async with open_environment() as env:
        env.discord.limits.enabled = False
        [place] = channels(env, 1)
        process = await start(env, "bench.inside", BENCH_UNBOUND="1")
        await settle(process, 0.5)
        await ask_meter(process, 1)
        async with gathering(env) as crowd:
            for _ in range(questions):
                await crowd.ask(place, stream(3, 0.0, 300))
                await asyncio.sleep(0.5)
        await settle(process, 0.5)
        counted = await ask_meter(process, 2)
    return [
        Figure(
            f"{what} per question, one at a time",
            counted[key] / questions,
            "",
            None,
            bound,
            "max",
            counted=True,
        )
        for what, key, bound in (
            ("SQL statements", "statements", STATEMENTS),
            ("SQL transactions", "transactions", TRANSACTIONS),
        )
    ]


async def measure_endurance(
    *, questions: int, first: int = 100, at_a_time: int = 100, rest: float = _KEPT_ALIVE
) -> tuple[list[Figure], dict[str, Any]]:
    """Measure memory and sockets after many questions against after the first ones; without any limit, to be quick.

    Each of the first is asked in a channel of its own, and the many in the same ones, so many `at_a_time`.
    """
    curve: list[tuple[int, float, int]] = []
    async with open_environment() as env:
        env.discord.limits.enabled = False
        places = channels(env, first)
        process = await start(env, "bench.inside", BENCH_UNBOUND="1")
        lost = asked = 0
        await settle(process, 0.5)
        await ask_meter(process, 1)  # what the start needed is no question's
        async with gathering(env) as crowd:
            for step in (1, *([questions // first // 10] * 10)):
                step -= asked == first  # the first hundred belong to the first tenth
                lost += await _ask_rounds(crowd, places, step, at_a_time)
                asked += step * first
                await asyncio.sleep(rest if asked in (first, questions) else 0)
                await settle(process, 1.0)
                curve.append((asked, *_state(process)))
            counted = await ask_meter(process, 2)
    (_, memory, sockets), (_, memory_then, sockets_then) = curve[0], curve[-1]
    figures = [
        Figure(
            f"memory after {asked} questions, {at_a_time} at a time (after {first})", memory_then, "MB", memory, 1.05
        ),
        _count_sockets(asked, sockets_then, sockets if rest else None, first),
        Figure(
            "SQL statements per question",
            counted["statements"] / asked,
            "",
            None,
            STATEMENTS + (first * _renewals(asked // first) + (_RETENTION_RUN if rest else 0)) / asked,
            "max",
            counted=True,
        ),
        # No count to be held: who waits for a turn, or behind others that write, reads apart from that.
        Figure(f"SQL transactions per question, {at_a_time} at a time", counted["transactions"] / asked),
        Figure(f"lost characters, {asked} questions", lost, "", None, 0, "max", counted=True),
    ]
    return figures, {f"memory, {at_a_time} at a time": [(number, held) for number, held, _ in curve]}


def _renewals(questions: int) -> int:
    """Return how often a channel's conversation goes on under a new id while so many questions are asked there.

    With the default bounds that is at question 22, which finds one turn more than fits, and at every 16th after it.
    """
    return max(0, (questions - _GOES_ALONG - 1) // (_FITS - _GOES_ALONG + 1))


def _count_sockets(asked: int, sockets: int, before: int | None, at_once: int) -> Figure:
    """Compare with what was open `before`, at rest; without a rest there may be some for each of those `at_once`."""
    what = f"open sockets after {asked} questions"
    if before is None:
        return Figure(what, sockets, "", None, _AT_REST + 2 * at_once, "max", counted=True)
    return Figure(f"{what} (after {at_once})", sockets, "", before, 1.05, counted=True)


async def _ask(crowd: Crowd, place: Channel, gate: asyncio.Event, number: int) -> int:
    """Ask, and return how many characters were lost. Pieces come as they would from a thousand places: not in step."""
    answered = stream(45, _PACE)
    answered.gate, answered.phase = gate, number * 0.618 % 1 * _PACE
    return (await crowd.ask(place, answered, within=300)).lost


async def _ask_rounds(crowd: Crowd, places: list[Channel], rounds: int, at_a_time: int) -> int:
    room = asyncio.Semaphore(at_a_time)

    async def asker(place: Channel) -> int:
        lost = 0
        for _ in range(rounds):
            async with room:
                lost += (await crowd.ask(place, stream(3, 0.0, 300))).lost
        return lost

    return sum(await asyncio.gather(*(asker(place) for place in places)))


def _state(process: BotProcess) -> tuple[float, int]:
    return resident_bytes(process.pid) / 1e6, open_sockets(process.pid)
