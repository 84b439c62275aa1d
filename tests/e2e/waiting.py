"""Rate limits of hours: time that passes for the whole bot at once, and what must not have to wait for it."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable

import pytest

from bot.store.engine.transactions import Database
from sandbox.discord import Channel
from tests.e2e.reader import bare, bare_text, prose
from tests.e2e.stage import Stage

AT_ONCE = 8.0
"""Seconds in which everything has to be there that no limit holds up, on a slow machine too."""

_STEP = 30.0
"""Seconds at most between two signs of life from the gateway: after 60 discord.py reconnects."""


class DatabaseCalls:
    """How many calls of the database are `under_way`, which time that is made to pass must not overtake."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.under_way = 0
        for name in ("read", "write", "write_relaxed", "read_and_try_write"):
            monkeypatch.setattr(Database, name, self._counted(getattr(Database, name)))

    def _counted(self, call: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        """Return a call of the database that is counted while it is under way."""

        async def counted(*args: object, **kwargs: object) -> object:
            self.under_way += 1
            try:
                return await call(*args, **kwargs)
            finally:
                self.under_way -= 1

        return counted


def hasten(stage: Stage, monkeypatch: pytest.MonkeyPatch, speed: float) -> None:
    """Have time pass `speed` times as fast, for the bot and the sandbox, while nobody has anything to do but wait.

    The bot must not run yet.
    """
    loop, calls, ahead = asyncio.get_running_loop(), DatabaseCalls(monkeypatch), 0.0
    selector: selectors.BaseSelector = loop._selector  # type: ignore[attr-defined]  # asyncio has no public way
    real_time, real_select = loop.time, selector.select
    stage.discord.gateway.heartbeat_interval = 1e6

    def select(timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        nonlocal ahead
        found = real_select(0)
        if found or timeout == 0:
            return found
        began, times = real_time(), 1.0 if calls.under_way else speed
        wait = None if timeout is None else timeout / times
        found = real_select(wait)
        # What a busy machine takes beyond the wait does not count so many times.
        waited = real_time() - began if wait is None else min(real_time() - began, wait)
        passed = waited * (times - 1)
        ahead += passed
        stage.discord.clock.advance(passed)
        return found

    monkeypatch.setattr(loop, "time", lambda: real_time() + ahead)
    monkeypatch.setattr(selector, "select", select)


class Hours:
    """The hands of the event loop's clock and the sandbox's, which move together."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stage = stage
        self._ahead = 0.0
        self._calls = DatabaseCalls(monkeypatch)
        self._ticks = stage.guild.add_text_channel("ticks")
        loop = asyncio.get_running_loop()
        real = loop.time
        monkeypatch.setattr(loop, "time", lambda: real() + self._ahead)
        stage.discord.gateway.heartbeat_interval = 1e6

    async def turn(self, seconds: float) -> None:
        """Let `seconds` pass, and no call of the database be overtaken by that."""
        recent = self._stage.bot.requests.recent_messages
        while seconds > 0:
            await until(lambda: not self._calls.under_way)
            step = min(seconds, _STEP)
            seconds -= step
            self._ahead += step
            self._stage.discord.advance(step)
            tick = await self._stage.bob.say(self._ticks, "tick")
            await until(lambda tick=tick: recent.is_followed(self._ticks.id, tick.id - 1))  # type: ignore[misc]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def read_whole(stage: Stage, answers: int) -> None:
    """Wait until so many answers are there and stored, of which Discord has not taken the end."""
    active_runs = stage.bot.services.answering.active_runs
    await until(lambda: sum(attempt.is_finishing for attempt in active_runs._by_answer.values()) == answers)


async def check_answers_come(stage: Stage, *channels: Channel) -> None:
    """Hold that answers come as if nothing were wrong: in both channels, or in those that are named.

    They are short: after many edits the bot leaves the typing indicator out for a moment.
    """
    text = prose(300)
    stage.apis.chatbase.answers(text)
    async with asyncio.timeout(AT_ONCE):
        for channel in channels or (stage.general, stage.other):
            await _answered(stage, channel, text)


async def _answered(stage: Stage, channel: Channel, text: str) -> None:
    before = len(stage.by_bot(channel))
    await stage.alice.say(channel, stage.mention("please tell me all"))
    await stage.discord.wait_for(lambda: bare(stage.by_bot(channel)[before:]) == bare_text(text))


async def see_refused(stage: Stage, times: int) -> None:
    """Hold that there were so many 429s since the last look; the stage lets none pass that nobody looked at."""
    found = stage.discord.rate_limited
    await stage.discord.wait_for(lambda: len(found) >= times)
    assert len(found) == times, [record.route for record in found]
    found.clear()
