"""Answers on a canvas that can be written to for a limited time only."""

import asyncio

from bot.domain.errors import OutOfTime
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import too_many_messages
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import Harness, running_harness
from tests.fakes.providers_and_stores import make_question
from tests.virtual_time import virtual_loop

OUT_OF_TIME = small(explain(OutOfTime()))


def canvas_for(harness: Harness, seconds: float) -> FakeCanvas:
    """Return a place that can be written to for so long."""
    canvas = harness.discord.canvas()
    canvas.deadline = virtual_loop().time() + seconds
    return canvas


async def test_an_answer_that_is_done_in_time_is_as_anywhere_else() -> None:
    async with running_harness(["Some ", 6.0, "words."]) as harness:
        await harness.service.answer(make_question(), canvas := canvas_for(harness, 10))
        assert canvas.texts == ["Some words."]
        assert len(harness.remembered) == 1


async def test_one_that_takes_longer_ends_there_says_why_and_is_not_remembered() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        begun = virtual_loop().time()
        await harness.service.answer(make_question(), canvas := canvas_for(harness, 10))
        assert virtual_loop().time() - begun < 12
        assert canvas.texts == [f"Some\n{OUT_OF_TIME}"]
        assert harness.remembered == []
        assert harness.stateless.open == 0


async def test_one_whose_turn_comes_too_late_is_not_asked_for() -> None:
    async with running_harness([20.0, "The first."], ["The second."]) as harness:
        first = asyncio.create_task(harness.service.answer(make_question(), harness.discord.canvas()))
        await asyncio.sleep(1)
        await harness.service.answer(make_question(), canvas := canvas_for(harness, 10))
        await first
        assert canvas.texts == [OUT_OF_TIME]
        assert len(harness.remembered) == 1


async def test_a_place_that_takes_few_messages_gets_the_rest_as_a_file() -> None:
    text = "\n\n".join(["words " * 300] * 8)
    async with running_harness([text]) as harness:
        canvas = harness.discord.canvas()
        canvas.max_messages = 5
        await harness.service.answer(make_question(), canvas)
        assert len(canvas.frames) == 6
        assert canvas.frames[-1].text == too_many_messages(len(text))
        assert canvas.frames[-1].file is not None
