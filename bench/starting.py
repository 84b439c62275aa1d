"""Starting: from nothing to the first answered question, and what each server that the bot is in adds to that."""

import time
from collections.abc import Mapping
from statistics import median
from typing import Any

from bench.crowds import channels, gathering, stream
from bench.figures import Figure
from bench.processes import launch, processor_seconds, start
from sandbox.discord import Channel
from sandbox.environment import Environment, open_environment

_SIDES: Mapping[str, tuple[str, dict[str, str]]] = {
    "bot": ("bot", {}),
    "bare": ("bench.bare", {}),
    "bare with libraries": ("bench.bare", {"BENCH_IMPORTS": "sqlalchemy.dialects.sqlite pydantic"}),
}


async def measure(*, servers: int, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the bot's start and that of a bare discord.py bot, in turn, in one server and in many.

    The bot has started there once before: its commands are registered, and its database has its tables. The bare bot
    is started once more with the libraries imported that keep a database and check settings: no bot that has both
    starts sooner.
    """
    taken: dict[tuple[str, int], list[float]] = {}
    spent: dict[str, list[float]] = {}
    async with open_environment() as env:
        env.discord.limits.enabled = False
        place = channels(env, 1)[0]
        await start(env)
        for count in (1, servers):
            if count > 1:
                join(env, count)
            for _ in range(rounds):
                for side in _SIDES:
                    seconds, processor = await _first_answer(env, side, place)
                    taken.setdefault((side, count), []).append(seconds)
                    if count == 1:
                        spent.setdefault(side, []).append(processor)
    middle = {key: median(found) for key, found in taken.items()}
    used = {side: median(found) for side, found in spent.items()}
    added = {side: (middle[side, servers] - middle[side, 1]) / servers * 1e6 for side in _SIDES}
    first = "start to first answered question"
    figures = [
        Figure(f"{first} (a bare discord.py bot's)", middle["bot", 1], "s", middle["bare", 1], 1.2),
        Figure(
            f"{first} (a bare bot's that imports SQLAlchemy and pydantic)",
            middle["bot", 1],
            "s",
            middle["bare with libraries", 1],
            1.2,
        ),
        Figure("the same in processor time (a bare bot's)", used["bot"], "s", used["bare"]),
        Figure(f"each of {servers} servers adds (to the bare bot's)", added["bot"], "µs", added["bare"], 1.2),
    ]
    return figures, {"start": [(side, count, seconds) for (side, count), seconds in middle.items()]}


async def _first_answer(env: Environment, side: str, place: Channel) -> tuple[float, float]:
    """Return how long it takes from a process's start to the first answered question, and how much processor time."""
    await env.stop_bot()
    ready = env.app.readies + 1
    module, settings = _SIDES[side]
    begun = time.monotonic()
    process = await launch(env, module, **settings)
    await env.discord.bot_ready(env.app, readies=ready, timeout=60)
    async with gathering(env) as crowd:
        answer = await crowd.ask(place, stream(3, 0.0))
    return answer.frames[-1].at - begun, processor_seconds(process.pid)


def join(env: Environment, count: int) -> None:
    """Have the stage's bot be in so many servers."""
    for number in range(count - len(env.discord.state.guilds)):
        guild = env.discord.create_guild(f"Server {number}", env.bob)
        guild.add_bot(env.app)
        guild.add_text_channel("general")
