"""Registering the commands: once, and again until Discord says that it has them, whatever it answers meanwhile."""

import asyncio
import logging
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.discord.command_registration import CommandRegistration
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.startup_task import StartupTask
from bot.streaming.rate_limiter import RateLimiter
from tests.virtual_time import run_virtual, virtual_loop

APPLICATION = 7
KNOWN: list[object] = [{"id": "12"}, {"id": "11"}]
HANGS = "hangs"
NONSENSE: list[object] = ["<!DOCTYPE html>", None, 3, {}, {"id": "1"}, [1, None], [{}], [{"id": 5}], [{"id": "1"}, []]]


class Facts:
    """What is noted."""

    def __init__(self) -> None:
        self.noted: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """Return what is noted under a name."""
        return self.noted.get(name)

    async def set(self, name: str, value: str) -> None:
        """Note something."""
        self.noted[name] = value


class FakeDiscord:
    """Discord's side: answers `got` and `put` in turn, then as it should."""

    def __init__(self, got: list[object], put: list[object]) -> None:
        self.got, self.put = list(got), list(put)
        self.registered: list[object] = []
        self.begun = 0.0
        self.puts: list[int] = []
        self.http = SimpleNamespace(get_global_commands=self._get, bulk_upsert_global_commands=self._put)
        self.tree = SimpleNamespace(get_commands=lambda: [SimpleNamespace(to_dict=lambda _: {"name": "ask"})])
        self.application_id = APPLICATION

    async def _get(self, _: int) -> object:
        return await self._answer(self.got, self.registered)

    async def _put(self, _: int, payload: list[Any]) -> object:
        assert payload == [{"name": "ask"}]
        self.puts.append(round(virtual_loop().time() - self.begun))
        answer = await self._answer(self.put, KNOWN)
        self.registered = KNOWN
        return answer

    async def _answer(self, planned: list[object], otherwise: object) -> object:
        answer = planned.pop(0) if planned else otherwise
        if answer is HANGS:
            await asyncio.Event().wait()
        return answer


def registered(discord: FakeDiscord, starts: int = 1) -> list[int]:
    """Start so many times, an hour each; return when commands were written, in seconds after the first start."""
    facts = Facts()

    async def start() -> None:
        begun = virtual_loop().time()
        trace = RateLimitTrace(RateLimiter())
        registration = CommandRegistration(cast("Any", discord), facts, trace.within)
        task = StartupTask(registration.attempt)
        task.begin()
        await task.tried(3.0)
        assert virtual_loop().time() - begun <= 3.0, "the start waited for longer"
        await asyncio.sleep(3600)
        await task.close()
        await trace.close()

    async def main() -> None:
        discord.begun = virtual_loop().time()
        for _ in range(starts):
            await start()

    run_virtual(main())
    assert len(facts.noted) == 1, "the commands are not registered after an hour"
    return discord.puts


def grow(times: list[int], *pauses: float) -> None:
    """Hold that `times` are so many seconds apart, or a fifth longer."""
    assert len(times) == len(pauses) + 1
    for (earlier, later), pause in zip(pairwise(times), pauses, strict=True):
        assert pause <= later - earlier <= 1.2 * pause


def test_what_is_registered_already_is_not_registered_again() -> None:
    assert len(registered(FakeDiscord([], []), starts=3)) == 1


def test_what_discord_lost_is_registered_again() -> None:
    assert len(registered(FakeDiscord([[], [{"id": "11"}]], []), starts=3)) == 2


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_survived_without_a_traceback(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert registered(FakeDiscord([answer], [])) == [0]
    grow(registered(FakeDiscord([], [answer] * 3)), 15, 30, 60)
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert told == ["the commands are not registered (UnreadableReply); it is tried again"] * 3
    assert not [record for record in caplog.records if record.exc_info]


def test_a_request_that_hangs_is_given_up() -> None:
    assert registered(FakeDiscord([HANGS], [])) == [60]
    grow(registered(FakeDiscord([], [HANGS, HANGS])), 60 + 15, 60 + 30)


class Duty:
    """Whether this process registers the commands."""

    is_here = False

    def on_begin(self, tell: object) -> None:
        """Never call it: the test begins itself."""


async def attempt(facts: Facts, duty: Duty, discord: FakeDiscord) -> tuple[CommandRegistration, asyncio.Task[Any]]:
    """Begin to register the commands, and give it a second."""
    trace = RateLimitTrace(RateLimiter())
    registration = CommandRegistration(cast("Any", discord), cast("Any", facts), trace.within, cast("Any", duty))
    task = asyncio.create_task(registration.attempt())
    await asyncio.sleep(1.5)
    return registration, task


def test_a_process_that_is_not_on_duty_waits_until_another_one_has_registered_them() -> None:
    async def main() -> None:
        facts, discord = Facts(), FakeDiscord([], [])
        registration, task = await attempt(facts, Duty(), discord)
        assert (task.done(), registration.is_known) == (False, False)
        await attempt(facts, cast("Any", SimpleNamespace(is_here=True)), discord)
        assert await task is None
        assert registration.is_known
        assert len(discord.puts) == 1

    run_virtual(main())


def test_a_process_whose_duty_it_becomes_registers_them() -> None:
    async def main() -> None:
        facts, discord, duty = Facts(), FakeDiscord([], []), Duty()
        registration, task = await attempt(facts, duty, discord)
        duty.is_here = True
        assert await task is None
        assert registration.is_known
        assert len(discord.puts) == 1

    run_virtual(main())
