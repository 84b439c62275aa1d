"""How long text is unseen, as the operator reads it: in what edits show, and at any moment."""

import asyncio

import pytest

from bot.domain.runtime.telemetry import Telemetry
from bot.streaming.canvas import WriteForbidden
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter
from tests.fakes.canvas import FakeDiscord, a_tenth
from tests.virtual_time import virtual_loop


class Told(Telemetry):
    """Remembers what was shown, and how old it was."""

    def __init__(self) -> None:
        self.edits = list[tuple[str, float | None]]()

    def edit_shown(self, verb: str, unseen: float | None) -> None:
        self.edits.append((verb, None if unseen is None else round(unseen, 3)))


class Shown:
    """A scheduler, its Discord, and what it tells; a request takes a tenth of a second."""

    def __init__(self) -> None:
        limiter = RateLimiter()
        self.told = Told()
        self.discord = FakeDiscord(limiter, sliding=False, delay=a_tenth)
        self.scheduler = EditScheduler(limiter, telemetry=self.told)


async def test_an_edit_tells_how_old_the_text_is_that_it_shows() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        live = scheduler.open(shown.discord.canvas())
        live.push("first ")
        await asyncio.sleep(0.3)
        live.push("second ")
        await asyncio.sleep(2.0)
        await live.finish()
    # The second waited until 0.6 s after the first was shown; the last shows that the answer ended.
    assert shown.told.edits == [("create", 0.1), ("edit", 0.5), ("edit", 0.1)]


async def test_what_shows_no_new_text_has_no_age() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        live = scheduler.open(shown.discord.canvas())
        live.show_placeholder("a moment")
        await asyncio.sleep(1)
        assert scheduler.longest_unseen() == 0.0
        await scheduler.open_notice(shown.discord.canvas(2)).finish(["nothing of an answer"])
        assert shown.told.edits == [("create", None), ("create", None)]
        live.push("now")
        await asyncio.sleep(1)
        await live.finish()
    assert shown.told.edits[2:] == [("edit", 0.1), ("edit", 0.1)]


async def test_text_is_unseen_until_discord_has_taken_it() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        live = scheduler.open(shown.discord.canvas())
        assert scheduler.longest_unseen() == 0.0
        live.push("first")
        await asyncio.sleep(0.09)
        assert scheduler.longest_unseen() == pytest.approx(0.09)
        await asyncio.sleep(0.02)
        assert scheduler.longest_unseen() == 0.0
        live.push(" second")
        await asyncio.sleep(0.4)
        assert scheduler.longest_unseen() == pytest.approx(0.4)
        await live.finish()
        assert scheduler.longest_unseen() == 0.0


async def test_the_oldest_of_many_counts_whatever_they_wait_for() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        lives = [scheduler.open(shown.discord.canvas(channel)) for channel in range(120)]
        for live in lives:
            live.push("first")
        began = virtual_loop().time()
        await asyncio.sleep(0.05)
        while scheduler.longest_unseen() > 0.0:
            assert scheduler.longest_unseen() == pytest.approx(virtual_loop().time() - began)
            await asyncio.sleep(0.05)
        assert all(live.messages for live in lives)
        for live in lives:
            await live.finish()


async def test_an_answer_that_is_lost_is_not_waited_for() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        live = scheduler.open(shown.discord.canvas(1, WriteForbidden("50013")))
        live.push("first")
        await asyncio.sleep(5)
        live.push(" second")
        await asyncio.sleep(5)
        assert scheduler.longest_unseen() == 0.0
        assert shown.told.edits == []


async def test_the_rest_of_a_long_text_is_unseen_while_its_messages_wait() -> None:
    shown = Shown()
    async with shown.scheduler as scheduler:
        live = scheduler.open(shown.discord.canvas())
        live.push("many words " * 1_500)  # nine messages, five of which may go in 5 s
        await asyncio.sleep(3)
        assert len(shown.told.edits) == 5
        assert scheduler.longest_unseen() == pytest.approx(3)
        await live.finish()
        assert scheduler.longest_unseen() == 0.0
