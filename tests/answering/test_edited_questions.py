"""Changing a question's text: it is asked again in place, once, as it reads now, and otherwise nothing happens."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.answering.stored_answers import read_question
from bot.domain.answer import Answer
from bot.domain.controls import VersionNav
from bot.domain.errors import DatabaseUnavailable, EmptyQuestion, QuestionEdited, QuestionTooLong, RateLimited
from bot.streaming.canvas import Unavailable
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import Asking, House, a_house
from tests.fakes.providers_and_stores import Script, a_question

SUPERSEDED = small(explain(QuestionEdited()))
LONG: Script = [1.0, "Some ", 10.0, "words."]


async def reword(house: House, asking: Asking, text: str) -> None:
    """Have the asker change the question, and wait until all that follows from it is done."""

    def reopen(answer: Answer) -> FakeCanvas:
        assert answer.question_id == asking.question.id
        return asking.canvas

    await house.answer_actions.reask_edited(replace(asking.question, text=text), reopen)


def prompts(house: House) -> list[str]:
    """Return what was asked."""
    return [prompt.text for prompt in house.forgetful.prompts]


async def test_a_question_that_waits_is_asked_as_it_reads_now() -> None:
    async with a_house(LONG, ["Fine."]) as house:
        house.ask("1?")
        asking = house.ask("2?")
        await asyncio.sleep(3)
        await reword(house, asking, "Two?")
        await asking.answering
        assert prompts(house) == ["1?", "Two?"]
        assert house.remembered[-1] == ("Two?", "Fine.")
        wording = await house.answer_store.wording((await house.answer(asking)).id, 1)
        assert wording is not None
        assert "Two?" in wording.question


@pytest.mark.parametrize("text", ["", "x" * 300])
async def test_a_question_that_cannot_be_asked_as_it_reads_now_is_refused(text: str) -> None:
    async with a_house(LONG) as house:
        house.forgetful.question_limit = 256
        house.ask("1?")
        asking = house.ask("2?")
        await asyncio.sleep(3)
        await reword(house, asking, text)
        await asking.answering
        reason = EmptyQuestion() if not text else QuestionTooLong("Chatbase", 300, 256)
        assert asking.canvas.refusals == [small(explain(reason))]
        assert [aside.texts for aside in asking.canvas.queue_notices] == [[]]
        assert prompts(house) == ["1?"]


async def test_a_question_that_changes_before_the_journal_has_it() -> None:
    async with a_house(LONG, ["Fine."]) as house:
        house.answer_store.slow = 2
        asking = house.ask("1?")
        await asyncio.sleep(1.5)
        assert asking.canvas.texts == ["Some ▌"]
        await reword(house, asking, "One?")
        assert asking.canvas.texts == ["Fine."]
        assert prompts(house) == ["1?", "One?"]


async def test_a_question_that_changes_while_its_provider_is_looked_up() -> None:
    async with a_house(["Fine."]) as house:
        load = house.settings.load

        async def slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(1)
            return await load(server, channel)

        house.settings.load = slowly  # type: ignore[method-assign, assignment]
        first, second = house.ask("1?"), house.ask("2?")
        await asyncio.sleep(0.5)
        for asking, text in ((first, "One?"), (second, "Two?")):
            await reword(house, asking, text)
        await asyncio.gather(first.answering, second.answering)
        assert prompts(house) == ["One?", "Two?"]


@pytest.mark.parametrize("seconds", [0.5, 3.0], ids=["before-the-first-text", "while-it-is-written"])
async def test_a_question_that_is_being_answered_is_asked_again_in_place(seconds: float) -> None:
    async with a_house(LONG, [1.0, "Fine."]) as house:
        asking = house.ask("1?")
        await asyncio.sleep(seconds)
        await reword(house, asking, "One?")
        assert asking.canvas.texts == ["Fine."]
        assert prompts(house) == ["1?", "One?"]
        assert house.remembered == [("One?", "Fine.")]
        versions = (2,) if seconds < 1 else (1, 2)
        assert (await house.answer(asking)).versions == versions
        assert asking.pager == (None if seconds < 1 else VersionNav(2, 2, before=1, after=None))
        assert len(asking.canvas.messages) == 1
        if seconds > 1:
            await house.turn_to(asking, 1)
            assert asking.canvas.texts == [f"Some\n{SUPERSEDED}"]


async def test_a_question_that_was_answered_is_asked_again_in_place() -> None:
    async with a_house(["One."], ["Two."]) as house:
        asking = await house.answered("1?")
        await reword(house, asking, "Two?")
        assert asking.canvas.texts == ["Two."]
        assert house.remembered == [("Two?", "Two.")]
        await house.turn_to(asking, 1)
        assert house.remembered == [("1?", "One.")], "each version goes with the question that it answers"


async def test_a_question_that_failed_is_asked_again() -> None:
    async with a_house([RateLimited("Chatbase", 30)], ["Fine."]) as house:
        asking = await house.answered("1?")
        await reword(house, asking, "One?")
        assert asking.canvas.texts == ["Fine."]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 20.0], ids=["early", "late", "over"])
async def test_an_edit_that_changes_no_text_changes_nothing(seconds: float) -> None:
    async with a_house(LONG) as house:
        asking, waiting = house.ask("1?"), house.ask("2?", channel=2)
        await asyncio.sleep(seconds)
        await reword(house, asking, "1?")
        await reword(house, waiting, "2?")
        await asyncio.gather(asking.answering, waiting.answering)
        assert prompts(house) == ["1?", "2?"]
        assert (await house.answer(asking)).versions == (1,)


async def test_a_question_that_nobody_answered_stays() -> None:
    async with a_house(LONG) as house:
        unknown = a_question("1?")
        await house.answer_actions.reask_edited(unknown, lambda _: house.discord.canvas())
        house.ask("2?")
        asking = house.ask("3?")
        await asyncio.sleep(3)
        house.answer_actions.stop(house.active_run(asking))
        await asking.answering
        await reword(house, asking, "Three?")
        assert prompts(house) == ["2?"]


async def test_of_many_changes_the_newest_is_asked_and_none_is_lost() -> None:
    async with a_house(LONG, LONG, LONG, LONG) as house:
        asking = house.ask("a")
        await asyncio.sleep(3)
        asking.canvas.faults = [Unavailable()]
        changing = []
        for text in "bcde":
            changing.append(asyncio.create_task(reword(house, asking, text)))
            await asyncio.sleep(0.2)
        await asyncio.gather(*changing)
        assert prompts(house) == ["a", "e"]
        assert asking.canvas.texts == ["Some words."]
        assert asking.canvas.refusals == []


async def test_a_change_that_is_taken_back_at_once_is_asked_again_as_was_said() -> None:
    async with a_house(LONG, ["Fine."]) as house:
        asking = house.ask("a")
        await asyncio.sleep(3)
        await asyncio.gather(reword(house, asking, "b"), reword(house, asking, "a"))
        assert prompts(house) == ["a", "a"]
        assert asking.canvas.texts == ["Fine."]


async def test_a_change_while_another_is_answered_supersedes_that() -> None:
    async with a_house(LONG, LONG, ["Fine."]) as house:
        asking = house.ask("a")
        await asyncio.sleep(3)
        first = asyncio.create_task(reword(house, asking, "b"))
        await asyncio.sleep(3)
        await reword(house, asking, "c")
        await first
        assert prompts(house) == ["a", "b", "c"]
        assert asking.canvas.texts == ["Fine."]
        assert house.remembered == [("c", "Fine.")]


async def test_a_change_while_it_is_asked_again_or_turned() -> None:
    async with a_house(["One."], LONG, ["Three."], ["Four."]) as house:
        asking = await house.answered("a")
        retrying = asyncio.create_task(house.retry(asking))
        await asyncio.sleep(3)
        await reword(house, asking, "b")
        await retrying
        assert asking.canvas.texts == ["Three."]
        turning = asyncio.create_task(house.turn_to(asking, 1))
        await asyncio.sleep(0.01)
        reservation = house.service.active_runs.by_question(asking.question.id)
        assert reservation is not None
        assert reservation.run is None
        await reword(house, asking, "c")
        await turning
        assert asking.canvas.texts == ["Four."]
        assert house.remembered == [("c", "Four.")]


async def test_an_edit_while_the_question_is_acknowledged_is_stored() -> None:
    async with a_house(LONG) as house:
        asking = house.ask("a")
        await asyncio.sleep(0)
        house.active_run(asking).request.canvas.begin = partial(asyncio.sleep, 1)  # type: ignore[method-assign]
        await asyncio.sleep(0.5)
        await reword(house, asking, "b")
        await asyncio.sleep(1)
        answer = await house.answer(asking)
        texts = await house.answer_store.wording(answer.id, 1)
        assert texts is not None
        assert read_question(texts.question, answer, None).text == "b"
        await asking.answering
        assert prompts(house) == ["b"]


async def test_who_asked_stays_who_asked() -> None:
    async with a_house(["One."], ["Two."]) as house:
        asking = await house.answered("a", asker=1)
        changed = replace(asking, question=replace(asking.question, asker=2))
        await reword(house, changed, "b")
        assert [prompt.user_key for prompt in house.forgetful.prompts] == ["1", "1"]


@pytest.mark.parametrize("seconds", [3.0, 20.0], ids=["running", "over"])
async def test_a_database_that_is_away_leaves_the_answer_as_it_is(seconds: float) -> None:
    async with a_house(LONG) as house:
        asking = house.ask("a")
        await asyncio.sleep(seconds)
        house.answer_store.faults = {"answer_to": DatabaseUnavailable()}
        with pytest.raises(DatabaseUnavailable):
            await reword(house, asking, "b")
        await asking.answering
        assert asking.canvas.texts == ["Some words."]
        assert house.remembered == [("a", "Some words.")]
        house.answer_store.faults = {}
        await reword(house, asking, "c")
        assert house.remembered == [("c", "Some words.")]
