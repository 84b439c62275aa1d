"""How many servers one process carries: what each of them takes of its memory, and each event of its processor time.

`docs/performance.md` has the formula in which these figures go.
"""

import asyncio
from dataclasses import dataclass

from bench.crowds import ask_in_turn, channels, gathering
from bench.figures import Figure
from bench.processes import ask_meter, processor_seconds, resident_bytes, settle, start
from bench.starting import join
from sandbox.discord import Channel
from sandbox.environment import Environment, open_environment

_CHANNELS, _ROLES = 50, 20
_AT_ONCE = 20

MEGABYTES, SHARE = 512, 0.5
"""What a small machine gives one process: memory, and the share of a core that it should take at most on average."""

MESSAGES, QUESTIONS = 1000.0, 20.0
"""Of a server, in a day, on average: messages that people write to each other, and questions to the bot."""

_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Weight:
    """What one server takes of a process: kB of memory, and ms of processor time at each start."""

    memory: float
    processor: float


async def measure(*, servers: int, messages: int) -> list[Figure]:
    """Measure empty servers and furnished ones, and a storm of so many messages that are not for the bot."""
    alone = await _weigh(0)
    empty, furnished = [
        _each(await _weigh(servers, is_furnished=is_furnished), alone, servers) for is_furnished in (False, True)
    ]
    storm, lag = await _spend_on_messages(messages, "bench.inside")
    bare, _ = await _spend_on_messages(messages, "bench.bare")
    answer = await _spend_on_answers()
    what = f"servers with {_CHANNELS} channels and {_ROLES} roles"
    busy = f"servers with {MESSAGES:g} messages and {QUESTIONS:g} questions a day"
    by_memory = (MEGABYTES * 1000 - alone.memory) / furnished.memory
    by_processor = SHARE * _DAY / (MESSAGES * storm + QUESTIONS * answer)
    return [
        Figure("memory of a process in one server", alone.memory / 1000, "MB"),
        Figure(f"memory of each of {servers} servers with one channel", empty.memory, "kB", None, 25, "max"),
        Figure(f"memory of each of {servers} {what}", furnished.memory, "kB", None, 250, "max"),
        Figure("processor time at each start, of a server with one channel", empty.processor, "ms"),
        Figure(f"the same, of {what}", furnished.processor, "ms"),
        Figure(
            "processor time of a message that is not for the bot (a bare discord.py bot's)",
            storm * 1e6,
            "µs",
            bare * 1e6,
        ),
        Figure("longest step of the event loop in a storm of these", lag * 1000, "ms", None, 20, "max"),
        Figure("processor time of a question, answered for 9 s, on SQLite", answer * 1000, "ms"),
        Figure(f"{what}, in {MEGABYTES} MB", by_memory),
        Figure(f"{busy}, in {SHARE:g} core", by_processor),
    ]


async def _weigh(servers: int, *, is_furnished: bool = False) -> Weight:
    """Return what a process takes that is in so many servers more: kB and ms, all of them together."""
    async with open_environment() as env:
        _join(env, servers, is_furnished=is_furnished)
        await start(env)
        process = await start(env)  # the first start registers commands and notes servers
        await settle(process, 1.0)
        return Weight(resident_bytes(process.pid) / 1000, processor_seconds(process.pid) * 1000)


def _each(all_of_them: Weight, alone: Weight, count: int) -> Weight:
    """Return what each of so many servers adds."""
    memory, processor = all_of_them.memory - alone.memory, all_of_them.processor - alone.processor
    return Weight(memory / count, processor / count)


def _join(env: Environment, servers: int, *, is_furnished: bool) -> None:
    join(env, len(env.discord.state.guilds) + servers)
    if not is_furnished:
        return
    for guild in list(env.discord.state.guilds.values())[-servers:]:
        for number in range(_ROLES):
            guild.add_role(f"Role {number}")
        for number in range(_CHANNELS - 1):
            guild.add_text_channel(f"channel-{number}")


async def _spend_on_messages(messages: int, module: str) -> tuple[float, float]:
    """Return the seconds of processor time that a message of others takes, and the longest step if there is a meter."""
    async with open_environment() as env:
        env.discord.limits.enabled = False
        places = channels(env, _AT_ONCE)
        process = await start(env, module)
        await _talk(env, places, 10 * _AT_ONCE)
        await settle(process, 1.0)
        has_meter = module == "bench.inside"
        if has_meter:
            await ask_meter(process, 1)
        before = processor_seconds(process.pid)
        await _talk(env, places, messages)
        await settle(process, 0.5)  # until it has read them all
        spent = processor_seconds(process.pid) - before
        step = (await ask_meter(process, 2))["own_most"] if has_meter else 0.0
    return spent / messages, step


async def _talk(env: Environment, places: list[Channel], messages: int) -> None:
    for number in range(messages):
        await env.alice.say(places[number % len(places)], f"Did you see number {number}? I would not have believed it.")
        if not number % _AT_ONCE:
            await asyncio.sleep(0)


async def _spend_on_answers() -> float:
    """Return the seconds of processor time that the usual answer takes while others stream."""
    async with open_environment() as env:
        places = channels(env, _AT_ONCE)
        process = await start(env)
        async with gathering(env) as crowd:
            await ask_in_turn(crowd, places, 1, pieces=20, rest=5.0)
            before = processor_seconds(process.pid)
            answers = await ask_in_turn(crowd, places, 1, stagger=0.0625)
            return (processor_seconds(process.pid) - before) / len(answers)
