"""Deleting a question at any moment deletes its answer, and all that is stored of it."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import DatabaseUnavailable, NotStored
from bot.streaming.canvas import CanvasError, Unavailable, WriteForbidden
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_page

LONG: Script = [1.0, "Some ", 5.0, "more ", 5.0, "words."]


async def withdraw(harness: Harness, asking: AskedQuestion) -> None:
    """Have the asker delete the question, and wait until its answer is gone."""
    await harness.answer_actions.delete(asking.question.id, lambda _: asking.canvas)


def is_gone(harness: Harness, asking: AskedQuestion) -> bool:
    """Tell whether nothing of a question's answer is left, and nobody was told anything."""
    left = [*asking.canvas.texts, *(text for aside in asking.canvas.queue_notices for text in aside.texts)]
    known = any(
        run.asked.question_id == asking.question.id for runs in harness.answer_store.runs.values() for run in runs
    )
    remembered = any(question == asking.question.text for question, _ in harness.remembered)
    return not (
        left or known or remembered or asking.canvas.refusals or asking.canvas.direct_messages or asking.canvas.pings
    )


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.5, 1.03, 3.0, 10.99, 11.02, 20.0])
async def test_at_every_moment_of_an_answer(seconds: float) -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(seconds)
        await withdraw(harness, asking)
        await asking.task
        assert is_gone(harness, asking)
        calls, typings = len(asking.canvas.calls), len(asking.canvas.typings)
        await asyncio.sleep(60)
        assert (len(asking.canvas.calls), len(asking.canvas.typings)) == (calls, typings), "nobody is at it any more"
        harness.stateless.scripts = [["Fine."]]
        next_one = await harness.answered("b")
        assert next_one.canvas.texts == ["Fine."]
        assert harness.stateless.prompts[-1].history == ()
        assert harness.remembered == [("b", "Fine.")]


@pytest.mark.parametrize("seconds", [0.5, 2.05, 5.0])
async def test_while_it_waits(seconds: float) -> None:
    async with running_harness(LONG) as harness:
        first, asking = harness.ask("a"), harness.ask("b")
        await asyncio.sleep(seconds)
        await withdraw(harness, asking)
        await asking.task
        assert is_gone(harness, asking)
        await first.task
        assert [prompt.text for prompt in harness.stateless.prompts] == ["a"]


@pytest.mark.parametrize("pages", [1, 4])
async def test_with_all_its_pages_and_versions(pages: int) -> None:
    async with running_harness([make_page("page")] * pages, ["Two."], [make_page("page")] * pages) as harness:
        asking = await harness.answered("a")
        for _ in range(2):
            await harness.retry(asking)
        await withdraw(harness, asking)
        assert is_gone(harness, asking)
        assert harness.conversations.hidden == {}


@pytest.mark.parametrize("seconds", [0.5, 4.0], ids=["waiting", "running"])
async def test_while_it_is_asked_again(seconds: float) -> None:
    async with running_harness([make_page("page")] * 2, [3.0, "Other."], LONG) as harness:
        asking = await harness.answered("a")
        harness.ask("b")
        await asyncio.sleep(0.1)
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(seconds)
        await withdraw(harness, asking)
        await retrying
        assert is_gone(harness, asking)


async def test_while_it_is_turned() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered("a")
        await harness.retry(asking)
        turning = asyncio.create_task(harness.show_version(asking, 1))
        await asyncio.sleep(0.01)
        await withdraw(harness, asking)
        await turning
        assert is_gone(harness, asking)


async def test_after_it_was_changed() -> None:
    async with running_harness(LONG, LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(3)
        question = replace(asking.question, text="b")
        changing = asyncio.create_task(harness.answer_actions.reask_edited(question, lambda _: asking.canvas))
        await asyncio.sleep(3)
        await withdraw(harness, asking)
        await changing
        assert is_gone(harness, asking)
        assert harness.remembered == []


@pytest.mark.parametrize("fault", [WriteForbidden(), Unavailable()], ids=["denied", "unavailable"])
@pytest.mark.parametrize("seconds", [3.0, 20.0], ids=["running", "over"])
async def test_what_discord_does_not_let_go_is_forgotten_all_the_same(fault: CanvasError, seconds: float) -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(seconds)
        asking.canvas.faults = [fault] * 20
        await withdraw(harness, asking)
        await asking.task
        assert (harness.answer_store.runs, harness.remembered) == ({}, [])
        assert asking.canvas.direct_messages == []


async def test_what_somebody_else_took_away_is_not_missed() -> None:
    async with running_harness([make_page("page")] * 3) as harness:
        asking = await harness.answered("a")
        del asking.canvas.messages[max(asking.canvas.messages)]
        await withdraw(harness, asking)
        assert is_gone(harness, asking)


async def test_a_message_that_was_no_question_is_none_of_our_business() -> None:
    async with running_harness() as harness:
        asking = await harness.answered("a")
        await harness.answer_actions.delete(1, lambda _: asking.canvas)
        assert asking.canvas.texts == ["An answer."]


async def test_a_database_that_is_away_is_told() -> None:
    async with running_harness() as harness:
        asking = await harness.answered("a")
        harness.conversations.down = True
        with pytest.raises(DatabaseUnavailable):
            await withdraw(harness, asking)


async def test_who_asks_again_meanwhile_finds_that_nothing_is_kept() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered("a")
        answer = await harness.answer(asking)
        harness.answer_store.slow = 1
        going = asyncio.create_task(withdraw(harness, asking))
        await asyncio.sleep(0.5)
        await harness.retry(asking, answer=answer)
        await going
        assert asking.canvas.texts == []
        assert asking.canvas.refusals == [small(explain(NotStored()))]
        assert harness.remembered == []
