"""Editing a question: it is asked again in place, once, with its newest text; otherwise nothing happens."""

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
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_question

SUPERSEDED = small(explain(QuestionEdited()))
LONG: Script = [1.0, "Some ", 10.0, "words."]


async def reword(harness: Harness, asking: AskedQuestion, text: str) -> None:
    """Have the asker change the question, and wait until all that follows from it is done."""

    def reopen(answer: Answer) -> FakeCanvas:
        assert answer.question_id == asking.question.id
        return asking.canvas

    await harness.answer_actions.reask_edited(replace(asking.question, text=text), reopen)


def prompts(harness: Harness) -> list[str]:
    """Return what was asked."""
    return [prompt.text for prompt in harness.stateless.prompts]


async def test_a_question_that_waits_is_asked_as_it_reads_now() -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        harness.ask("1?")
        asking = harness.ask("2?")
        await asyncio.sleep(3)
        await reword(harness, asking, "Two?")
        await asking.task
        assert prompts(harness) == ["1?", "Two?"]
        assert harness.remembered[-1] == ("Two?", "Fine.")
        wording = await harness.answer_store.wording((await harness.answer(asking)).id, 1)
        assert wording is not None
        assert "Two?" in wording.question


@pytest.mark.parametrize("text", ["", "x" * 300])
async def test_a_question_that_cannot_be_asked_as_it_reads_now_is_refused(text: str) -> None:
    async with running_harness(LONG) as harness:
        harness.stateless.question_limit = 256
        harness.ask("1?")
        asking = harness.ask("2?")
        await asyncio.sleep(3)
        await reword(harness, asking, text)
        await asking.task
        reason = EmptyQuestion() if not text else QuestionTooLong("Chatbase", 300, 256)
        assert asking.canvas.refusals == [small(explain(reason))]
        assert [aside.texts for aside in asking.canvas.queue_notices] == [[]]
        assert prompts(harness) == ["1?"]


async def test_a_question_that_changes_before_the_journal_has_it() -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        harness.answer_store.slow = 3
        asking = harness.ask("1?")
        await asyncio.sleep(2.1)
        assert asking.canvas.texts == ["Some ▌"]
        await reword(harness, asking, "One?")
        assert asking.canvas.texts == ["Fine."]
        assert prompts(harness) == ["1?", "One?"]


async def test_a_question_that_changes_while_its_provider_is_looked_up() -> None:
    async with running_harness(["Fine."]) as harness:
        load = harness.settings.load

        async def slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(1)
            return await load(server, channel)

        harness.settings.load = slowly  # type: ignore[method-assign, assignment]
        first, second = harness.ask("1?"), harness.ask("2?")
        await asyncio.sleep(0.5)
        for asking, text in ((first, "One?"), (second, "Two?")):
            await reword(harness, asking, text)
        await asyncio.gather(first.task, second.task)
        assert prompts(harness) == ["One?", "Two?"]


@pytest.mark.parametrize("seconds", [0.5, 3.0], ids=["before-the-first-text", "while-it-is-written"])
async def test_a_question_that_is_being_answered_is_asked_again_in_place(seconds: float) -> None:
    async with running_harness(LONG, [1.0, "Fine."]) as harness:
        asking = harness.ask("1?")
        await asyncio.sleep(seconds)
        await reword(harness, asking, "One?")
        assert asking.canvas.texts == ["Fine."]
        assert prompts(harness) == ["1?", "One?"]
        assert harness.remembered == [("One?", "Fine.")]
        versions = (2,) if seconds < 1 else (1, 2)
        assert (await harness.answer(asking)).versions == versions
        assert asking.version_nav == (None if seconds < 1 else VersionNav(2, 2, "Chatbase", before=1, after=None))
        assert len(asking.canvas.messages) == 1
        if seconds > 1:
            await harness.show_version(asking, 1)
            assert asking.canvas.texts == [f"Some\n{SUPERSEDED}\n-# Answers this wording: 1?"]
            await harness.show_version(asking, 2)
            assert asking.canvas.texts == ["Fine."]


async def test_a_question_that_was_answered_is_asked_again_in_place() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered("1?")
        await reword(harness, asking, "Two?")
        assert asking.canvas.texts == ["Two."]
        assert harness.remembered == [("Two?", "Two.")]
        await harness.show_version(asking, 1)
        assert harness.remembered == [("1?", "One.")], "each version goes with the question that it answers"


async def test_a_question_that_failed_is_asked_again() -> None:
    async with running_harness([RateLimited("Chatbase", 30)], ["Fine."]) as harness:
        asking = await harness.answered("1?")
        await reword(harness, asking, "One?")
        assert asking.canvas.texts == ["Fine."]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 20.0], ids=["early", "late", "over"])
async def test_an_edit_that_changes_no_text_changes_nothing(seconds: float) -> None:
    async with running_harness(LONG) as harness:
        asking, waiting = harness.ask("1?"), harness.ask("2?", channel=2)
        await asyncio.sleep(seconds)
        await reword(harness, asking, "1?")
        await reword(harness, waiting, "2?")
        await asyncio.gather(asking.task, waiting.task)
        assert prompts(harness) == ["1?", "2?"]
        assert (await harness.answer(asking)).versions == (1,)


async def test_a_question_that_nobody_answered_stays() -> None:
    async with running_harness(LONG) as harness:
        unknown = make_question("1?")
        await harness.answer_actions.reask_edited(unknown, lambda _: harness.discord.canvas())
        harness.ask("2?")
        asking = harness.ask("3?")
        await asyncio.sleep(3)
        harness.answer_actions.stop(harness.active_run(asking))
        await asking.task
        await reword(harness, asking, "Three?")
        assert prompts(harness) == ["2?"]


async def test_a_message_that_an_edit_made_a_question_is_answered_once_as_it_reads_last() -> None:
    async with running_harness(["Fine."], ["Better."]) as harness:
        canvas, edited = harness.discord.canvas(), make_question("1?")
        reask = harness.answer_actions.reask_edited
        harness.answer_store.slow = 1
        # The database is asked about the first of the edits while the others come.
        edits = [replace(edited, text=text) for text in ("1?", "One?", "One?")]
        await asyncio.gather(*(reask(each, lambda _: canvas, canvas) for each in edits))
        assert prompts(harness) == ["One?"]
        await reask(edits[-1], lambda _: canvas, canvas)
        assert prompts(harness) == ["One?"]
        await reask(edited, lambda _: canvas, canvas)
        assert prompts(harness) == ["One?", "1?"]
        assert canvas.texts == ["Better."]


async def test_of_many_changes_the_newest_is_asked_and_none_is_lost() -> None:
    async with running_harness(LONG, LONG, LONG, LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(3)
        asking.canvas.faults = [Unavailable()]
        changing = []
        for text in "bcde":
            changing.append(asyncio.create_task(reword(harness, asking, text)))
            await asyncio.sleep(0.2)
        await asyncio.gather(*changing)
        assert prompts(harness) == ["a", "e"]
        assert asking.canvas.texts == ["Some words."]
        assert asking.canvas.refusals == []


async def test_a_change_that_is_taken_back_at_once_is_asked_again_as_was_said() -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(3)
        await asyncio.gather(reword(harness, asking, "b"), reword(harness, asking, "a"))
        assert prompts(harness) == ["a", "a"]
        assert asking.canvas.texts == ["Fine."]


async def test_a_change_while_another_is_answered_supersedes_that() -> None:
    async with running_harness(LONG, LONG, ["Fine."]) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(3)
        first = asyncio.create_task(reword(harness, asking, "b"))
        await asyncio.sleep(3)
        await reword(harness, asking, "c")
        await first
        assert prompts(harness) == ["a", "b", "c"]
        assert asking.canvas.texts == ["Fine."]
        assert harness.remembered == [("c", "Fine.")]


async def test_a_change_while_it_is_asked_again_or_turned() -> None:
    async with running_harness(["One."], LONG, ["Three."], ["Four."]) as harness:
        asking = await harness.answered("a")
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(3)
        await reword(harness, asking, "b")
        await retrying
        assert asking.canvas.texts == ["Three."]
        turning = asyncio.create_task(harness.show_version(asking, 1))
        await asyncio.sleep(0.01)
        reservation = harness.service.active_runs.by_question(asking.question.id)
        assert reservation is not None
        assert reservation.run is None
        await reword(harness, asking, "c")
        await turning
        assert asking.canvas.texts == ["Four."]
        assert harness.remembered == [("c", "Four.")]


async def test_an_edit_while_the_question_is_acknowledged_is_stored() -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(0)
        harness.active_run(asking).request.canvas.begin = partial(asyncio.sleep, 1)  # type: ignore[method-assign]
        await asyncio.sleep(0.5)
        await reword(harness, asking, "b")
        await asyncio.sleep(1)
        answer = await harness.answer(asking)
        texts = await harness.answer_store.wording(answer.id, 1)
        assert texts is not None
        assert read_question(texts.question, answer, None).text == "b"
        await asking.task
        assert prompts(harness) == ["b"]


async def test_who_asked_stays_who_asked() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered("a", asker=1)
        changed = replace(asking, question=replace(asking.question, asker=2))
        await reword(harness, changed, "b")
        assert [prompt.user_key for prompt in harness.stateless.prompts] == ["1", "1"]


@pytest.mark.parametrize("seconds", [3.0, 20.0], ids=["running", "over"])
async def test_a_database_that_is_away_leaves_the_answer_as_it_is(seconds: float) -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask("a")
        await asyncio.sleep(seconds)
        harness.answer_store.faults = {"answer_to": DatabaseUnavailable()}
        with pytest.raises(DatabaseUnavailable):
            await reword(harness, asking, "b")
        await asking.task
        assert asking.canvas.texts == ["Some words."]
        assert harness.remembered == [("a", "Some words.")]
        harness.answer_store.faults = {}
        await reword(harness, asking, "c")
        assert harness.remembered == [("c", "Some words.")]
