"""How a running bot ends: at a signal, when another process has taken over, or because it cannot go on."""

import asyncio
from collections.abc import Callable, Sequence
from errno import EADDRINUSE
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.app import life
from bot.app.life import HAND_OVER_PART, Life
from bot.discord.gateway.connection import StartError
from bot.domain.cluster.processes import JoinRefused
from bot.domain.cluster.shard_states import ShardStatus
from bot.operations.health.errors import PortUnavailable
from bot.stop_signals import EXIT_SECONDS
from tests.virtual_time import virtual_loop

DRAIN_SECONDS = 10.0


class Stop:
    """The signals, which come when the test says so."""

    drain_seconds = DRAIN_SECONDS

    def __init__(self) -> None:
        self.requested, self.hurried = asyncio.Event(), asyncio.Event()
        self.has_begun: list[float] = []

    def begin_end(self) -> float:
        now = virtual_loop().time()
        if not self.has_begun:
            self.has_begun.append(now)
        return max(0.0, self.has_begun[0] + self.drain_seconds - now)

    def receive(self) -> None:
        """Have SIGTERM arrive."""
        self.requested.set()
        self.begin_end()


class Port:
    """The port of the operator's view, which may be another program's."""

    def __init__(self, process: "Process", error: Exception | None = None) -> None:
        self._process = process
        self._error = error

    async def check(self) -> None:
        if self._error is not None:
            raise self._error

    async def run(self, _: object) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        self._process.note("port closed")


class Process:
    """What a life is made of; answers in flight take `answers` seconds to end. `log` tells what happened, and when."""

    def __init__(self, answers: float = 0.0) -> None:
        self.begun = virtual_loop().time()
        self.log: list[tuple[float, str]] = []
        self.stop = Stop()
        self.is_taken_over = False
        self.answers = answers
        self.states: list[ShardStatus] = [ShardStatus(shard, "ready") for shard in range(2)]
        self.ended = asyncio.Event()
        self.error: Exception | None = None
        self.refused: Exception | None = None
        self.port: Port | None = None

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        return self.states

    async def see_others(self, max_seconds: float) -> None:
        assert max_seconds < EXIT_SECONDS

    async def run(self, _: object) -> None:
        if self.refused is not None:
            raise self.refused
        await asyncio.Event().wait()

    async def finish(self, max_seconds: float) -> None:
        assert max_seconds < EXIT_SECONDS
        self.note("finishing")

    async def leave(self, shard: int) -> None:
        self.note(f"left {shard}")
        self.states[shard] = ShardStatus(shard, "left")
        self.ended.set()

    async def stay_connected(self, *_: object) -> None:
        await self.ended.wait()
        if self.error is not None:
            raise self.error

    async def drain(self, seconds: float, *, answers_waiting: bool = False) -> None:
        self.note(f"draining for {seconds:g}{', and what waits' if answers_waiting else ''}")
        await asyncio.sleep(min(seconds, self.answers))

    def take_over(self, *shards: int) -> None:
        """Have another process take these over."""
        self.is_taken_over = True
        for shard in shards:
            self.states[shard] = ShardStatus(shard, "left")
        if all(status.state == "left" for status in self.states):
            self.ended.set()

    def at(self, seconds: float, do: Callable[[], object]) -> None:
        """Do something after so many seconds."""
        virtual_loop().call_later(seconds, do)

    async def live(self) -> BaseException | None:
        """Run it to its end."""
        services = SimpleNamespace(answering=self)
        bot: Any = SimpleNamespace(cluster=self, gateway=self, services=services, port=self.port)
        error = await Life(bot, cast("Any", None), self.stop).run()
        self.note("end")
        return error

    def note(self, what: str) -> None:
        self.log.append((virtual_loop().time() - self.begun, what))


@pytest.fixture
async def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    """Give a process that is connected, with an answer in flight for 3 s more."""
    process = Process(answers=3)
    monkeypatch.setattr(life, "stay_connected", process.stay_connected)
    return process


async def test_a_signal_has_it_leave_at_once_and_finish(process: Process) -> None:
    process.at(1, process.stop.receive)
    assert await process.live() is None
    assert sorted(process.log) == [
        (1, "draining for 10"),
        (1, "finishing"),
        (1, "left 0"),
        (1, "left 1"),
        (4, "end"),
    ]


async def test_one_that_is_taken_over_finishes_what_waits_too(process: Process) -> None:
    process.at(1, lambda: process.take_over(0))
    process.at(6, lambda: process.take_over(1))
    assert await process.live() is None
    assert sorted(process.log) == [(6, "draining for 10, and what waits"), (6, "finishing"), (9, "end")]
    assert process.stop.has_begun == [process.begun + 6]


async def test_at_a_signal_a_successor_that_is_connecting_takes_over_first(process: Process) -> None:
    process.take_over()
    process.at(1, process.stop.receive)
    process.at(3, lambda: process.take_over(0, 1))
    assert await process.live() is None
    assert sorted(process.log) == [(3, "draining for 8, and what waits"), (3, "finishing"), (6, "end")]


async def test_a_successor_that_takes_too_long_is_not_waited_for(process: Process) -> None:
    process.take_over(0)
    process.at(1, process.stop.receive)
    assert await process.live() is None
    late = 1 + DRAIN_SECONDS * HAND_OVER_PART
    assert sorted(process.log) == [
        (late, "draining for 5, and what waits"),
        (late, "finishing"),
        (late, "left 1"),
        (late + 3, "end"),
    ]


async def test_a_successor_that_ends_meanwhile_is_not_waited_for(process: Process) -> None:
    process.take_over()
    process.at(1, process.stop.receive)
    process.at(2, lambda: setattr(process, "is_taken_over", False))
    assert await process.live() is None
    at, what = process.log[0]
    assert 2 <= at < 2.5
    assert "what waits" not in what


async def test_somebody_in_a_hurry_waits_for_nobody(process: Process) -> None:
    process.take_over()
    process.at(1, process.stop.receive)
    process.at(2, process.stop.hurried.set)
    assert await process.live() is None
    assert (2, "draining for 0") in process.log
    assert process.log[-1] == (2, "end")


@pytest.mark.parametrize("drain_seconds", [0.0, 0.5])
async def test_a_short_time_is_kept(process: Process, drain_seconds: float) -> None:
    process.stop.drain_seconds = drain_seconds
    process.take_over()
    process.at(1, process.stop.receive)
    assert await process.live() is None
    assert process.log[-1] == (1 + drain_seconds, "end")


async def test_what_only_its_host_can_fix_is_returned_and_begins_no_end(process: Process) -> None:
    process.error = StartError("DISCORD_TOKEN")
    process.at(1, process.ended.set)
    assert str(await process.live()) == "DISCORD_TOKEN"
    assert process.stop.has_begun == [], "the process would end with 0"


async def test_one_that_is_refused_ends(process: Process) -> None:
    process.refused = JoinRefused("no")
    assert await process.live() is process.refused


async def test_the_port_shows_the_process_until_its_answers_have_ended(process: Process) -> None:
    process.port = Port(process)
    process.at(1, process.stop.receive)
    assert await process.live() is None
    assert process.log[-2:] == [(4, "port closed"), (4, "end")]


async def test_a_port_of_another_program_ends_it_without_discord(process: Process) -> None:
    process.answers = 0
    process.port = Port(process, refused := PortUnavailable("127.0.0.1", 8080, OSError(EADDRINUSE, "in use")))
    assert await process.live() is refused
