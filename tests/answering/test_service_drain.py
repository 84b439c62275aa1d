"""Stopping the program: running answers may finish, other askers are told, and no answer looks unfinished."""

import asyncio

from bot.domain.errors import Interrupted, ShuttingDown
from bot.streaming.canvas import Unavailable
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import could_not_show
from tests.fakes.harness import Harness, running_harness
from tests.virtual_time import virtual_loop

INTERRUPTED = small(explain(Interrupted()))


async def seconds_to_drain(harness: Harness, seconds: float) -> float:
    """Drain the service, and return how long that took."""
    started = virtual_loop().time()
    await harness.service.drain(seconds)
    return virtual_loop().time() - started


async def test_nothing_to_wait_for_takes_no_time() -> None:
    async with running_harness() as harness:
        assert await seconds_to_drain(harness, 10) == 0


async def test_running_answers_finish_and_waiting_questions_are_told() -> None:
    async with running_harness(["Some ", 6.0, "words."]) as harness:
        running, elsewhere, waiting = harness.ask(), harness.ask(channel=2), harness.ask()
        await asyncio.sleep(1)
        assert 5 <= await seconds_to_drain(harness, 10) < 6
        await asyncio.gather(running.task, elsewhere.task, waiting.task)
        assert running.canvas.texts == elsewhere.canvas.texts == ["Some words."]
        assert (waiting.canvas.texts, waiting.canvas.refusals) == ([], [small(explain(ShuttingDown()))])
        assert len(harness.remembered) == 2


async def test_what_takes_too_long_is_marked_interrupted_and_not_remembered() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        here, there = harness.ask(), harness.ask(channel=2)
        await asyncio.sleep(1)
        assert 10 <= await seconds_to_drain(harness, 10) < 12
        await asyncio.gather(here.task, there.task)
        assert here.canvas.texts == there.canvas.texts == [f"Some\n{INTERRUPTED}"]
        assert harness.remembered == []
        assert harness.stateless.open == 0


async def test_an_answer_without_text_yet_says_so_too() -> None:
    async with running_harness([60.0, "Too late."]) as harness:
        asked = harness.ask()
        await asyncio.sleep(1)
        await seconds_to_drain(harness, 0)
        await asked.task
        assert asked.canvas.texts == [INTERRUPTED]


async def test_a_discord_that_is_away_does_not_keep_the_process_from_ending() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        asked = harness.ask()
        await asyncio.sleep(1)
        asked.canvas.faults.extend(Unavailable() for _ in range(20))
        assert await seconds_to_drain(harness, 10) <= 16
        await asked.task
        assert asked.canvas.direct_messages == [could_not_show(1)]


async def test_an_answer_whose_question_was_still_being_looked_up_is_interrupted_too() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        load, waited = harness.conversations.conversation, asyncio.Event()

        async def slow(provider: str, channel: int, *, most: int, before: int | None = None) -> object:
            await waited.wait()
            return await load(provider, channel, most=most, before=before)

        harness.conversations.conversation = slow  # type: ignore[method-assign, assignment]
        asked = harness.ask()
        await asyncio.sleep(1)
        virtual_loop().call_later(11, waited.set)
        assert await seconds_to_drain(harness, 10) < 13
        await asked.task
        assert asked.canvas.texts == [INTERRUPTED]
