"""One person's questions keep their order while a finishing process still answers the first of them."""

import asyncio

import pytest

from bot.answering.elsewhere import runs_elsewhere
from bot.answering.elsewhere.earlier_questions import HEAD_START_SECONDS, MAX_WAIT_SECONDS
from bot.domain.errors import Cancelled, QuestionDeleted
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.providers_and_stores import Script
from tests.fakes.two_processes import two_processes

LONG: Script = [1.0, "Some ", 10.0, "words."]
OTHER_ASKER = 4712


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("signals", [True, False], ids=["told", "looking"])
async def test_the_next_question_waits_and_knows_of_the_first(signals: bool) -> None:
    async with two_processes(LONG, signals=signals) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await asyncio.sleep(7.9)  # a moment later its last words come
        assert both.new.stateless.prompts == []
        came = now()
        await second.task
        assert now() - came < 3
        await first.task
        (prompt,) = both.new.stateless.prompts
        assert [turn.text for turn in prompt.history] == ["a", "Some words."]
        assert both.new.remembered == [("a", "Some words."), ("b", "A new answer.")]
        assert second.canvas.texts == ["A new answer."]


async def test_a_signal_says_sooner_than_the_next_look_that_a_run_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_elsewhere, "LOOK_SECONDS", 60.0)
    async with two_processes(LONG) as both:
        began, first = now(), both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await second.task
        assert now() - began < 20
        await first.task


async def test_signals_that_may_be_lost_are_a_reason_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_elsewhere, "LOOK_SECONDS", 60.0)
    async with two_processes([1.0, "Some ", 30.0, "words."]) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await asyncio.sleep(3)
        both.predecessors.is_gone = True
        both.mine.lose()
        await asyncio.sleep(3)
        assert second.task.done()
        await first.task


async def test_it_waits_as_well_while_the_first_process_still_hears_of_questions() -> None:
    async with two_processes(LONG) as both:
        both.predecessors.has_left = False
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await asyncio.gather(first.task, second.task)
        assert both.new.remembered == [("a", "Some words."), ("b", "A new answer.")]


async def test_a_predecessor_that_still_hears_of_questions_gets_a_head_start_and_no_other_does() -> None:
    async with two_processes(then=[["One."], ["Two."]]) as both:
        both.predecessors.has_left = False
        began = now()
        first, second = both.new.ask("a"), both.new.ask("b")
        await asyncio.sleep(HEAD_START_SECONDS - 0.01)
        assert both.new.stateless.prompts == []
        await asyncio.gather(first.task, second.task)
        assert [question for question, _ in both.new.remembered] == ["a", "b"]
        with_head_start, began = now() - began, now()
        both.predecessors.has_left = True
        await both.new.answered("c")
        assert now() - began < HEAD_START_SECONDS < with_head_start


async def test_each_look_is_one_statement_and_without_predecessors_there_is_none() -> None:
    async with two_processes(LONG, signals=False) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        began, second = now(), both.new.ask("b")
        await asyncio.gather(first.task, second.task)
        looks = both.new.answer_store.log.count("open_answers")
        assert looks <= now() - began + 1
        both.predecessors.is_gone = True
        await both.new.answered("c")
        assert both.new.answer_store.log.count("open_answers") == looks
        assert [prompt.text for prompt in both.new.stateless.prompts] == ["b", "c"]


@pytest.mark.parametrize(("channel", "asker"), [(1, OTHER_ASKER), (2, 4711)])
async def test_nobody_else_waits(channel: int, asker: int) -> None:
    async with two_processes(LONG) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b", channel=channel, asker=asker)
        await second.task
        assert not first.task.done()
        await first.task


async def test_in_a_shared_conversation_that_is_kept_elsewhere_everybody_waits() -> None:
    async with two_processes() as both:
        both.old.keeping.scripts = [LONG]
        first = both.old.ask("a", provider=both.old.keeping.name)
        await asyncio.sleep(3)
        second = both.new.ask("b", asker=OTHER_ASKER, provider=both.new.keeping.name)
        await first.task
        assert both.new.keeping.prompts == []
        await second.task
        assert len(both.new.keeping.prompts) == 1


async def test_several_wait_for_several_in_order() -> None:
    async with two_processes(LONG, LONG, then=[["One."], ["Two."]]) as both:
        earlier = [both.old.ask("a"), both.old.ask("b")]
        await asyncio.sleep(3)
        later = [both.new.ask("c"), both.new.ask("d")]
        await asyncio.gather(*(each.task for each in (*earlier, *later)))
        assert [question for question, _ in both.new.remembered] == ["a", "b", "c", "d"]


async def test_who_waits_for_long_sees_the_place_in_line_and_can_cancel() -> None:
    async with two_processes(LONG) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await asyncio.sleep(5)
        (notice,) = second.canvas.queue_notices
        assert "1 question ahead of yours" in notice.texts[0]
        both.new.answer_actions.stop(both.new.active_run(second))
        await second.task
        assert second.canvas.refusals == [small(explain(Cancelled()))]
        assert both.new.stateless.prompts == []
        assert notice.texts == []
        await first.task


async def test_a_question_that_waits_is_deleted_or_edited_as_usual() -> None:
    async with two_processes(LONG) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        gone, kept = both.new.ask("b"), both.new.ask("c")
        await asyncio.sleep(2)
        both.new.active_run(gone).end(QuestionDeleted(), waiting=QuestionDeleted())
        await asyncio.sleep(2)
        assert gone.task.done()
        await asyncio.gather(first.task, kept.task)
        assert [prompt.text for prompt in both.new.stateless.prompts] == ["c"]


async def test_it_ends_with_its_process() -> None:
    async with two_processes(LONG) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second, began = both.new.ask("b"), now()
        await asyncio.sleep(0.5)
        await both.new.service.drain(0)
        assert now() - began < 2
        assert second.canvas.refusals == ["-# I'm restarting. Please ask again in a minute."]
        await asyncio.gather(first.task, second.task)


async def test_a_killed_predecessor_and_one_that_takes_for_ever_are_not_waited_for() -> None:
    async with two_processes([1.0, "Some ", 2 * MAX_WAIT_SECONDS, "words."]) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        began = now()
        await both.new.answered("b")
        assert MAX_WAIT_SECONDS < now() - began < MAX_WAIT_SECONDS + 5
        third = both.new.ask("c")
        await asyncio.sleep(3)
        both.predecessors.is_gone = True
        await asyncio.sleep(3)
        assert third.task.done()
        await first.task


async def test_a_database_that_is_away_is_asked_again() -> None:
    async with two_processes(LONG) as both:
        first = both.old.ask("a")
        await asyncio.sleep(3)
        second = both.new.ask("b")
        await asyncio.sleep(1)
        both.new.conversations.down = True
        await asyncio.sleep(4)
        assert not second.task.done()
        both.new.conversations.down = False
        await asyncio.gather(first.task, second.task)
        assert both.new.remembered[-1] == ("b", "A new answer.")
