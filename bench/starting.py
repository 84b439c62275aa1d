"""Starting: from nothing to the first answered question, and what each server that the bot is in adds to that."""

import time
from statistics import median
from typing import Any

from bench.crowds import channels, gathering, stream
from bench.figures import Figure
from bench.processes import launch, processor_seconds, start
from sandbox.discord import Channel
from sandbox.stage import Stage, open_stage


async def measure(*, servers: int, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the bot's start and that of a bare discord.py bot, in turn, in one server and in many.

    The bot has started there once before: its commands are registered, and its database has its tables.
    """
    taken: dict[tuple[str, int], list[float]] = {}
    spent: dict[str, list[float]] = {"bot": [], "bench.bare": []}
    async with open_stage() as stage:
        stage.discord.limits.enabled = False
        place = channels(stage, 1)[0]
        await start(stage)
        for count in (1, servers):
            if count > 1:
                _join(stage, count)
            for _ in range(rounds):
                for module in ("bot", "bench.bare"):
                    seconds, processor = await _first_answer(stage, module, place)
                    taken.setdefault((module, count), []).append(seconds)
                    if count == 1:
                        spent[module].append(processor)
    middle = {key: median(found) for key, found in taken.items()}
    added = {module: (middle[module, servers] - middle[module, 1]) / servers * 1e6 for module in ("bot", "bench.bare")}
    figures = [
        Figure(
            "start to first answered question (a bare discord.py bot's)",
            middle["bot", 1],
            "s",
            middle["bench.bare", 1],
            1.2,
        ),
        Figure("the same in processor time", median(spent["bot"]), "s", median(spent["bench.bare"])),
        Figure(f"each of {servers} servers adds (to the bare bot's)", added["bot"], "µs", added["bench.bare"], 1.2),
    ]
    return figures, {"start": [(module, count, seconds) for (module, count), seconds in middle.items()]}


async def _first_answer(stage: Stage, module: str, place: Channel) -> tuple[float, float]:
    """Return how long it takes from a process's start to the first answered question, and how much processor time."""
    await stage.stop_bot()
    ready = stage.app.readies + 1
    begun = time.monotonic()
    process = await launch(stage, module)
    await stage.discord.bot_ready(stage.app, readies=ready, timeout=60)
    async with gathering(stage) as crowd:
        answer = await crowd.ask(place, stream(3, 0.0))
    return answer.frames[-1].at - begun, processor_seconds(process.pid)


def _join(stage: Stage, count: int) -> None:
    for number in range(count - len(stage.discord.world.guilds)):
        guild = stage.discord.create_guild(f"Server {number}", stage.bob)
        guild.add_bot(stage.app)
        guild.add_text_channel("general")
