"""Asking again where that fails, at any moment: what stood there before stays, and so does what is remembered."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import VersionNav
from bot.domain.errors import DatabaseUnavailable, Interrupted, NoReply, NotStored, RateLimited, Stopped
from bot.streaming.canvas import WriteForbidden
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import cannot_write, not_remembered
from tests.fakes.harness import a_house
from tests.fakes.providers_and_stores import Script, a_page

BUSY = RateLimited("Chatbase", 30)


@pytest.mark.parametrize(
    "error", [BUSY, NoReply("Chatbase"), ValueError("unforeseen")], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("pages", [1, 3])
async def test_a_failure_before_any_text_leaves_what_stood_there(error: Exception, pages: int) -> None:
    script: Script = [2.0] if isinstance(error, NoReply) else [2.0, error]
    async with a_house([a_page("old")] * pages, script) as house:
        asking = await house.answered()
        before, messages = asking.canvas.texts, list(asking.canvas.messages)
        await house.retry(asking)
        assert asking.canvas.texts[:-1] == before[:-1]
        assert asking.canvas.texts[-1].startswith(
            f"{before[-1]}\n-# I couldn't get another answer, so this is the previous one. "
        )
        assert list(asking.canvas.messages) == messages, "nothing was taken away and written anew"
        assert asking.pager is None
        answer = await house.answer(asking)
        assert (answer.shown, answer.versions, answer.runs[1].outcome) == (1, (1,), "failed")
        assert answer.runs[1].figures.first_text is None
        assert len(house.remembered) == 1
        await house.retry(asking)
        assert asking.canvas.texts[-1].count("another answer") == 1


async def test_a_failure_after_some_text_is_a_version_and_out_of_the_history() -> None:
    async with a_house(["One."], ["Half ", 2.0, BUSY]) as house:
        asking = await house.answered()
        await house.retry(asking)
        assert asking.canvas.texts == [f"Half\n{small(explain(BUSY))}"]
        assert asking.pager == VersionNav(2, 2, before=1, after=None)
        assert house.remembered == []
        await house.turn_to(asking, 1)
        assert house.remembered == [("What is it?", "One.")]


async def test_an_answer_that_failed_at_first_can_be_had_later() -> None:
    async with a_house([BUSY], ["One."]) as house:
        asking = await house.answered()
        assert asking.pager is None
        await house.retry(asking)
        assert (asking.canvas.texts, house.remembered) == (["One."], [("What is it?", "One.")])
        assert asking.pager is None
        assert (await house.answer(asking)).versions == (2,)


async def test_one_that_is_stopped_before_any_text_leaves_what_stood_there() -> None:
    async with a_house(["One."], [60.0, "Two."]) as house:
        asking = await house.answered()
        retrying = asyncio.create_task(house.retry(asking))
        await asyncio.sleep(2)
        house.answer_actions.stop(house.active_run(asking))
        await retrying
        assert asking.canvas.texts == [f"One.\n{not_again(Stopped())}"]
        assert house.remembered == [("What is it?", "One.")]
        assert asking.canvas.pings == []


async def test_one_that_the_end_of_the_program_breaks_off_leaves_what_stood_there() -> None:
    async with a_house(["One."], [60.0, "Two."]) as house:
        asking = await house.answered()
        retrying = asyncio.create_task(house.retry(asking))
        await asyncio.sleep(2)
        await house.service.drain(1)
        await retrying
        assert asking.canvas.texts == [f"One.\n{not_again(Interrupted())}"]


async def test_one_that_discord_does_not_take_is_lost_and_the_one_before_is_still_known() -> None:
    async with a_house(["One."], ["Two."]) as house:
        asking = await house.answered()
        asking.canvas.faults = [WriteForbidden()]
        await house.retry(asking)
        assert asking.canvas.direct_messages == [cannot_write(1)]
        answer = await house.answer(asking)
        assert (answer.shown, answer.versions) == (1, (1,))
        asking.canvas.faults = []
        await house.answer_actions.show_version(answer, 1, asking.canvas)
        assert (asking.canvas.texts, house.remembered) == (["One."], [("What is it?", "One.")])


async def test_what_is_forgotten_cannot_be_asked_again() -> None:
    async with a_house(["One."]) as house:
        asking = await house.answered()
        answer = await house.answer(asking)
        await house.answer_store.erase(answer.id)
        with pytest.raises(NotStored):
            await house.answer_actions.find(answer.id)
        with pytest.raises(NotStored):
            await house.retry(asking, answer=answer)
        with pytest.raises(NotStored):
            await house.retry(asking, answer=replace(answer, runs=()))
        assert asking.canvas.texts == ["One."]


async def test_what_was_forgotten_a_moment_ago_is_not_asked_again() -> None:
    async with a_house(["One."]) as house:
        asking = await house.answered()
        answer = await house.answer(asking)
        question = await house.answer_actions.question(answer, None)
        await house.answer_store.erase(answer.id)
        await house.service.again(answer, question, asking.canvas)
        assert asking.canvas.refusals == [small(explain(NotStored()))]
        assert (asking.canvas.texts, len(house.forgetful.prompts)) == (["One."], 1)


async def test_what_is_forgotten_while_it_is_asked_again_leaves_nothing_behind() -> None:
    async with a_house(["One."], [3.0, "Two."]) as house:
        asking = await house.answered()
        answer = await house.answer(asking)
        retrying = asyncio.create_task(house.retry(asking))
        await asyncio.sleep(1)
        await house.answer_store.erase(answer.id)
        await retrying
        assert asking.canvas.texts == ["Two."]
        assert asking.controls is None
        assert (house.remembered, house.answer_store.runs) == ([], {})


@pytest.mark.parametrize("part", ["journal", "settings"])
async def test_a_database_that_is_away_is_said_and_leaves_everything(part: str) -> None:
    async with a_house(["One."], ["Two."]) as house:
        asking = await house.answered()
        answer = await house.answer(asking)
        if part == "journal":
            house.conversations.down = True
            with pytest.raises(DatabaseUnavailable):
                await house.retry(asking, answer=answer)
        else:
            house.settings.down = True
            await house.retry(asking, answer=answer)
            assert asking.canvas.refusals == [small(explain(DatabaseUnavailable()))]
        assert asking.canvas.texts == ["One."]
        assert len(house.forgetful.prompts) == 1
        assert house.answer_actions.running(answer.id) is None


EVERY_STEP = ["begin", "note", "end", "settle"]


@pytest.mark.parametrize("step", EVERY_STEP)
@pytest.mark.parametrize("fault", [DatabaseUnavailable(), ZeroDivisionError()], ids=["away", "faulty"])
async def test_an_answer_is_shown_whatever_step_of_the_journal_fails(step: str, fault: Exception) -> None:
    async with a_house(["Some ", 1.0, "words."]) as house:
        house.answer_store.faults = {step: fault}
        asking = await house.answered()
        kept = step in ("note", "settle")
        assert asking.canvas.texts == ["Some words." if kept else f"Some words.\n{not_remembered()}"]
        assert (asking.controls is not None) == kept
        assert len(house.remembered) == kept


@pytest.mark.parametrize("step", EVERY_STEP)
async def test_a_version_is_shown_whatever_step_of_the_journal_fails(step: str) -> None:
    async with a_house(["One."], ["Two."], ["Three."]) as house:
        asking = await house.answered()
        house.answer_store.faults = {step: DatabaseUnavailable()}
        await house.retry(asking)
        kept = step in ("note", "settle")
        assert asking.canvas.texts == ["Two." if kept else f"Two.\n{not_remembered()}"]
        assert house.remembered == [("What is it?", "Two." if kept else "One.")]
        house.answer_store.faults = {}
        await house.retry(asking)
        assert asking.canvas.texts == ["Three."]
        assert house.remembered == [("What is it?", "Three.")]


async def test_what_stood_there_comes_back_even_while_the_database_is_away() -> None:
    async with a_house(["One."], [2.0, BUSY]) as house:
        asking = await house.answered()
        retrying = asyncio.create_task(house.retry(asking))
        await asyncio.sleep(1)
        house.conversations.down = True
        await retrying
        house.conversations.down = False
        assert asking.canvas.texts == [f"One.\n{not_again(BUSY)}"]
        assert house.remembered == [("What is it?", "One.")]


async def test_a_retry_while_the_journal_cannot_be_read_is_refused_before_anything_changes() -> None:
    async with a_house(["One."], ["Two."]) as house:
        asking = await house.answered()
        question, answer = (
            await house.answer_actions.question(await house.answer(asking), None),
            await house.answer(asking),
        )
        for step in ("answer", "wording"):
            house.answer_store.faults = {step: DatabaseUnavailable()}
            await house.service.again(answer, question, asking.canvas)
        assert asking.canvas.refusals == [small(explain(DatabaseUnavailable()))] * 2
        assert asking.canvas.texts == ["One."]
        assert len(house.forgetful.prompts) == 1
