"""An hour of everything that goes wrong with a connection, played in ten minutes, while forty people ask.

Nobody's question stays without an answer or a sign of what became of it, and none is answered twice.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from sandbox.discord import Discord
from sandbox.environment import Environment, open_environment
from tests.soak.crowd import Crowd
from tests.soak.processes import Processes

MINUTE = float(os.environ.get("SOAK_SECONDS", "600")) / 60
"""Seconds in which a minute of the hour is played."""

PEOPLE, CHANNELS = 40, 12
MAX_LINES = 200
EACH_QUESTION = " bot.answering.question_log: question "
"""In the two lines that each question has in the log at INFO, at its begin and end; the others may be so many."""

MAX_IDENTIFIES = 40
"""In each process."""

QUIET = 60.0
"""Seconds after the last trouble in which everything has to be told. A killed process's runs are marked within 20 s."""

MAX_GROWTH = 1.2
"""Of a process's memory, from what it has once warm to what it ends with."""

IDLE_SOCKETS = 10
KEPT_ALIVE = 15.0
"""Seconds for which a connection that was used is kept."""

READING = 5.0
"""Seconds between two looks at memory and sockets."""

Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Trouble:
    """The things that go wrong, each by a method."""

    env: Environment
    processes: Processes

    @property
    def discord(self) -> Discord:
        """The Discord that makes it go wrong."""
        return self.env.discord

    async def flap(self) -> None:
        """Close the connection again and again."""
        for code in (4000, None, 4000, None, 4000):
            await self.discord.disconnect(code)
            await asyncio.sleep(MINUTE / 5)

    async def lose_resume_host(self) -> None:
        """Break the connection off, and let nobody answer at the address for resuming."""
        self.discord.gateway.resume_url = self.discord.dead_gateway_url
        self.discord.invalidate_sessions()
        await asyncio.sleep(8)  # the new session was told of the dead address
        await self.discord.disconnect(None)
        self.discord.gateway.resume_url = None

    async def reject_sessions(self) -> None:
        """Send op 9: once the session may go on, once it may not."""
        self.discord.invalidate_sessions(resumable=True)
        await asyncio.sleep(MINUTE)
        self.discord.invalidate_sessions()

    async def limit_rates(self) -> None:
        """Answer with 429s of each scope."""
        self.discord.rate_limit("PATCH", "/messages/", 2.0)
        await asyncio.sleep(MINUTE)
        self.discord.rate_limit("POST", "/messages", 3.0, scope="shared")
        await asyncio.sleep(MINUTE)
        self.discord.rate_limit("*", "", 5.0, scope="global")
        await asyncio.sleep(MINUTE)
        self.discord.rate_limit("*", "/channels", 4.0, scope="network")

    async def go_away(self) -> None:
        """Be out of reach for a while."""
        await self.discord.go_down()
        await asyncio.sleep(1.5 * MINUTE)
        await self.discord.come_back()


def _schedule(trouble: Trouble) -> Sequence[tuple[float, Step]]:
    """Return what happens in which minute."""
    processes = trouble.processes
    return (
        (3, trouble.flap),
        (7, trouble.lose_resume_host),
        (13, trouble.reject_sessions),
        (18, trouble.limit_rates),
        (24, processes.kill),
        (29, lambda: processes.replace(beside=1.5 * MINUTE)),
        (35, trouble.go_away),
        (40, trouble.flap),
        (43, lambda: processes.replace(beside=MINUTE, kill=True)),
        (48, trouble.limit_rates),
        (54, processes.kill),
    )


@asynccontextmanager
async def _beside(*jobs: Awaitable[object]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.timeout(60 * MINUTE + 240)
async def test_an_hour_of_trouble_loses_no_question() -> None:
    async with open_environment() as env:
        processes = Processes(env)
        crowd = Crowd(env, PEOPLE, CHANNELS, seed=12)
        await processes.start()
        async with _beside(crowd.follow(), processes.measure(READING)):
            await crowd.greet()
            asking = asyncio.create_task(crowd.ask())
            begun = asyncio.get_running_loop().time()
            for minute, step in _schedule(Trouble(env, processes)):
                await asyncio.sleep(max(0.0, begun + minute * MINUTE - asyncio.get_running_loop().time()))
                await step()
            await asyncio.sleep(max(0.0, begun + 60 * MINUTE - asyncio.get_running_loop().time()))
            crowd.stopped.set()
            await asking
            with suppress(TimeoutError):
                await env.discord.wait_for(lambda: not crowd.missing(), QUIET)
            await asyncio.sleep(KEPT_ALIVE + 2 * READING)
            sockets = processes.sockets[processes.all[-1].pid][-1]
        assert await env.stop_bot() == 0
    _check(env, crowd, processes)
    assert sockets <= IDLE_SOCKETS


def _check(env: Environment, crowd: Crowd, processes: Processes) -> None:
    assert len(crowd.asked) > PEOPLE
    wrong = [f"unanswered: {crowd.describe(asked)}" for asked in crowd.missing()]
    wrong += [f"unfinished: {crowd.describe(asked)}" for asked in crowd.asked if asked.unfinished]
    wrong += [
        f"twice: {crowd.describe(asked)}"
        for asked in crowd.asked
        if asked.times_answered > 1 or crowd.requests_for(asked.word) > 1
    ]
    identifies = len(env.discord.gateway.attempts.identifies)
    if identifies > MAX_IDENTIFIES * len(processes.all):
        wrong.append(f"{identifies} sessions of {len(processes.all)} processes")
    for readings in processes.memory.values():
        warm = readings[len(readings) // 3 :]
        if warm and max(warm) > warm[0] * MAX_GROWTH:
            wrong.append(f"memory in MB: {readings}")
    lines = [line for line in processes.lines if EACH_QUESTION not in line and " DEBUG " not in line]
    if len(lines) >= MAX_LINES:
        wrong += [f"{len(lines)} lines:", *lines]
    assert not wrong, "\n".join(wrong)
