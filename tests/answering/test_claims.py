"""A question that another process answers: this one does nothing that anybody could see."""

import asyncio

import pytest

from bot.domain.runtime.timing import DEFER_AFTER
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import make_question


async def ask_claimed(harness: Harness) -> AskedQuestion:
    """Ask what another process answers, and wait until this one is through with it."""
    question, canvas = make_question(), harness.discord.canvas()
    harness.answer_store.claimed_elsewhere.add(question.id)
    asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
    await asking.task
    return asking


def saw_nothing(asking: AskedQuestion) -> bool:
    canvas = asking.canvas
    said = [*canvas.calls, *canvas.typings, *canvas.refusals, *canvas.direct_messages, *canvas.queue_notices]
    return not said and not canvas.has_begun


@pytest.mark.parametrize("slow", [0.0, 0.5], ids=["as it opens", "a moment later"])
async def test_nothing_is_seen_of_it(slow: float) -> None:
    async with running_harness() as harness:
        harness.answer_store.slow = slow
        asking = await ask_claimed(harness)
        assert saw_nothing(asking)
        assert harness.stateless.prompts == []
        assert await harness.answer_store.answer_to(asking.question.id) is None


async def test_an_acknowledgement_that_a_slow_database_made_necessary_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_harness() as harness:
        load = harness.settings.load
        begun = list[bool]()

        async def slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(DEFER_AFTER + 1)
            begun.extend(canvas.has_begun for canvas in harness.discord.canvases)
            return await load(server, channel)

        monkeypatch.setattr(harness.settings, "load", slowly)
        asking = await ask_claimed(harness)
        assert begun == [True]
        assert saw_nothing(asking)


async def test_a_database_that_is_silent_is_not_waited_for() -> None:
    async with running_harness(["One."]) as harness:
        harness.answer_store.slow = 60.0
        asking = harness.ask()
        await asyncio.sleep(DEFER_AFTER + 1)
        assert asking.canvas.texts == ["One. ▌"]
        harness.answer_store.slow = 0.0


async def test_what_was_shown_is_taken_back_if_the_database_says_too_late_that_somebody_else_answers() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        harness.answer_store.slow = 5.0
        asking = harness.ask()
        harness.answer_store.claimed_elsewhere.add(asking.question.id)
        await asyncio.sleep(4)
        assert asking.canvas.texts == ["Some ▌"]
        await asyncio.sleep(4)
        assert asking.canvas.texts == []
        assert asking.task.done()
        harness.answer_store.slow = 0.0


async def test_the_next_question_has_its_turn_at_once() -> None:
    async with running_harness(["One."]) as harness:
        await ask_claimed(harness)
        assert (await harness.answered()).canvas.texts == ["One."]


async def test_asking_again_elsewhere_leaves_the_answer_alone() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        harness.answer_store.claimed_elsewhere.add(asking.question.id)
        before = len(asking.canvas.calls)
        await harness.retry(asking)
        assert (asking.canvas.texts, len(asking.canvas.calls)) == (["One."], before)
