"""What people do with an answer that a finishing process writes: the next one hears of it, and passes it on."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import get_args

import pytest

from bot.answering.elsewhere.changes import CHANGE, Change
from bot.answering.elsewhere.requests import RequestsElsewhere
from bot.domain.answer import Answer
from bot.domain.errors import AlreadyAnswering, Cancelled, DatabaseUnavailable, QuestionEdited, Stopped
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.harness import AskedQuestion, running_harness
from tests.fakes.providers_and_stores import Script
from tests.fakes.signals import Air
from tests.fakes.two_processes import TwoProcesses, two_processes

LONG: Script = [1.0, "Some ", 10.0, "words."]


async def find(both: TwoProcesses, asking: AskedQuestion) -> Answer:
    """Return an answer as the newer process sees it while the older one writes it."""
    answer = await both.old.answer(asking)
    found = await both.new.answer_actions.elsewhere.running(answer.id)
    assert found is not None
    assert not both.new.answer_actions.elsewhere.is_heard(found)
    return found


async def delete(both: TwoProcesses, asking: AskedQuestion) -> None:
    await both.new.answer_actions.delete(asking.question.id, lambda _: asking.canvas)


async def reword(both: TwoProcesses, asking: AskedQuestion, text: str) -> None:
    await both.new.answer_actions.reask_edited(replace(asking.question, text=text), lambda _: asking.canvas)


def is_gone(both: TwoProcesses, asking: AskedQuestion) -> bool:
    shown = [*asking.canvas.texts, *(text for aside in asking.canvas.queue_notices for text in aside.texts)]
    return not (shown or both.old.answer_store.runs or both.old.remembered or asking.canvas.refusals)


async def test_stop_reaches_the_process_that_writes() -> None:
    async with two_processes(LONG) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        await both.new.answer_actions.elsewhere.stop(await find(both, asking))
        began = asyncio.get_running_loop().time()
        await asking.task
        assert asyncio.get_running_loop().time() - began < 3
        assert asking.canvas.texts == [f"Some\n{small(explain(Stopped()))}"]


async def test_cancel_reaches_a_question_that_waits_there() -> None:
    async with two_processes(LONG) as both:
        first, asking = both.old.ask("a"), both.old.ask("b")
        await asyncio.sleep(4)
        await both.new.answer_actions.elsewhere.stop(await find(both, asking))
        await asyncio.gather(first.task, asking.task)
        assert asking.canvas.refusals == [small(explain(Cancelled()))]


async def test_an_answer_that_is_over_or_ones_own_is_nowhere_else() -> None:
    async with two_processes(["Done."]) as both:
        asking = await both.old.answered("a")
        assert await both.new.answer_actions.elsewhere.running((await both.old.answer(asking)).id) is None
        own = both.new.ask("b")
        await asyncio.sleep(0.1)
        assert await both.new.answer_actions.elsewhere.running((await both.new.answer(own)).id) is None


async def test_who_has_not_left_hears_of_it_itself() -> None:
    async with two_processes(LONG) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        answer = await find(both, asking)
        both.predecessors.is_gone = True
        assert both.new.answer_actions.elsewhere.is_heard(answer)
        await asking.task


@pytest.mark.parametrize("signals", [True, False], ids=["told", "waited for"])
@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.99, 11.02])
async def test_a_deleted_question_leaves_nothing(seconds: float, signals: bool) -> None:
    async with two_processes(LONG, signals=signals) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(seconds)
        await delete(both, asking)
        await asking.task
        assert is_gone(both, asking)
        if signals and seconds < 10:
            assert asyncio.get_running_loop().time() < 1000 + seconds + 3
        calls = len(asking.canvas.calls)
        await asyncio.sleep(60)
        assert is_gone(both, asking)
        assert len(asking.canvas.calls) == calls


@pytest.mark.parametrize("signals", [True, False], ids=["told", "waited for"])
async def test_a_deleted_question_that_waits_there_is_not_asked(signals: bool) -> None:
    async with two_processes(LONG, signals=signals) as both:
        first, asking = both.old.ask("a"), both.old.ask("b")
        await asyncio.sleep(5)
        await delete(both, asking)
        await asyncio.gather(first.task, asking.task)
        assert asking.canvas.texts == []
        assert [question for question, _ in both.old.remembered] == ["a"]
        assert [prompt.text for prompt in both.old.stateless.prompts][:1] == ["a"]
        if signals:
            assert len(both.old.stateless.prompts) == 1


async def test_a_question_is_deleted_although_its_process_dies() -> None:
    async with two_processes(LONG, signals=False) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        deleting = asyncio.create_task(delete(both, asking))
        await asyncio.sleep(3)
        assert not deleting.done()
        both.predecessors.is_gone = True
        await deleting
        assert both.old.answer_store.runs == {}
        await asking.task


@pytest.mark.parametrize("signals", [True, False], ids=["told", "waited for"])
@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.99, 11.02])
async def test_an_edited_question_is_asked_again_here(seconds: float, signals: bool) -> None:
    async with two_processes(LONG, signals=signals) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(seconds)
        await reword(both, asking, "something else")
        await asking.task
        assert [prompt.text for prompt in both.new.stateless.prompts] == ["something else"]
        assert asking.canvas.texts == ["A new answer."]
        assert both.new.remembered == [("something else", "A new answer.")]
        assert "something else" not in str(both.air.sent)
        ended_with = (await both.new.answer(asking)).runs[0].error
        assert (ended_with == QuestionEdited.__name__) == (signals and seconds < 11)


async def test_an_edit_that_changes_no_word_ends_nothing() -> None:
    async with two_processes(LONG) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        await reword(both, asking, "a")
        await asking.task
        assert asking.canvas.texts == ["Some words."]
        assert both.air.sent == []


async def test_an_edited_question_that_waits_there_is_asked_here_alone() -> None:
    async with two_processes(LONG) as both:
        first, asking = both.old.ask("a"), both.old.ask("b")
        await asyncio.sleep(4)
        await reword(both, asking, "something else")
        await asyncio.gather(first.task, asking.task)
        assert len(both.old.stateless.prompts) == 1
        assert [prompt.text for prompt in both.new.stateless.prompts] == ["something else"]
        assert [turn.text for turn in both.new.stateless.prompts[0].history] == ["a", "Some words."]
        assert asking.canvas.texts == ["A new answer."]
        assert not asking.canvas.refusals


async def test_of_several_edits_the_newest_is_asked() -> None:
    async with two_processes(LONG) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        await asyncio.gather(*(reword(both, asking, text) for text in ("b", "c", "d")))
        assert [prompt.text for prompt in both.new.stateless.prompts] == ["d"]


async def test_what_is_still_written_is_not_asked_again_nor_paged() -> None:
    async with two_processes(["One."], LONG) as both:
        asking = await both.old.answered("a")
        retrying = asyncio.create_task(both.old.retry(asking))
        await asyncio.sleep(3)
        answer = await both.old.answer(asking)
        for provider in (None, "tamako"):
            with pytest.raises(AlreadyAnswering):
                await both.new.answer_actions.retry(answer, provider, asking.canvas)
        with pytest.raises(AlreadyAnswering):
            await both.new.answer_actions.show_version(answer, 1, asking.canvas)
        await retrying
        await both.new.answer_actions.show_version(await both.old.answer(asking), 1, asking.canvas)
        assert asking.canvas.texts == ["One."]


async def test_what_is_just_being_shown_to_its_end_is_asked_again_after_that() -> None:
    async with two_processes(["One."]) as both:
        both.old.answer_store.faults = {"settle": DatabaseUnavailable()}
        asking = await both.old.answered("a")
        retrying = asyncio.create_task(
            both.new.answer_actions.retry(await both.old.answer(asking), None, asking.canvas)
        )
        await asyncio.sleep(3)
        assert not retrying.done()
        both.old.answer_store.runs[(await both.old.answer(asking)).id][0].state = "done"
        await retrying
        assert asking.canvas.texts == ["A new answer."]
        both.old.answer_store.runs[(await both.old.answer(asking)).id][0].state = "recorded"
        with pytest.raises(AlreadyAnswering):
            await both.new.answer_actions.show_version(await both.old.answer(asking), 1, asking.canvas)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"change": "stop"},
        {"change": "burn", "answer": "x", "question": 1},
        {"change": "delete", "answer": 3, "question": "3"},
    ],
)
async def test_what_makes_no_sense_changes_nothing(payload: dict[str, str | int]) -> None:
    async with two_processes(LONG) as both:
        asking = both.old.ask("a")
        await asyncio.sleep(3)
        with suppress(LookupError):  # the adapter ignores that
            await both.air.process().send("run", payload)
        await asking.task
        assert asking.canvas.texts == ["Some words."]


async def test_signals_that_come_when_it_has_closed_begin_nothing() -> None:
    air = Air()
    async with running_harness(LONG) as old:
        asking = old.ask("a")
        await asyncio.sleep(3)
        answer = await old.answer(asking)
        async with RequestsElsewhere(air.process(), old.service.active_runs, old.service.call_backs):
            pass
        before = asyncio.all_tasks()
        for change in get_args(Change):
            await air.process().send(CHANGE, {"change": change, "answer": answer.id, "question": asking.question.id})
        assert asyncio.all_tasks() == before
        await asking.task
        assert asking.canvas.texts == ["Some words."]
