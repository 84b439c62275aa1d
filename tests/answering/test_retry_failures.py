"""A retry that fails at any moment: what was shown before stays, and so does what is stored."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import VersionNav
from bot.domain.errors import DatabaseUnavailable, Interrupted, NoReply, NotStored, RateLimited, Stopped
from bot.streaming.canvas import WriteForbidden
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import cannot_write, not_remembered
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import Script, make_page

BUSY = RateLimited("Chatbase", 30)


@pytest.mark.parametrize(
    "error", [BUSY, NoReply("Chatbase"), ValueError("unforeseen")], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("pages", [1, 3])
async def test_a_failure_before_any_text_leaves_what_stood_there(error: Exception, pages: int) -> None:
    script: Script = [2.0] if isinstance(error, NoReply) else [2.0, error]
    async with running_harness([make_page("old")] * pages, script) as harness:
        asking = await harness.answered()
        before, messages = asking.canvas.texts, list(asking.canvas.messages)
        await harness.retry(asking)
        assert asking.canvas.texts[:-1] == before[:-1]
        assert asking.canvas.texts[-1].startswith(
            f"{before[-1]}\n-# I couldn't get another answer, so this is the previous one. "
        )
        assert list(asking.canvas.messages) == messages, "no message was deleted and posted again"
        assert asking.version_nav is None
        answer = await harness.answer(asking)
        assert (answer.shown, answer.versions, answer.runs[1].outcome) == (1, (1,), "failed")
        assert answer.runs[1].metrics.first_text is None
        assert len(harness.remembered) == 1
        await harness.retry(asking)
        assert asking.canvas.texts[-1].count("another answer") == 1


async def test_a_failure_after_some_text_is_a_version_and_out_of_the_history() -> None:
    async with running_harness(["One."], ["Half ", 2.0, BUSY]) as harness:
        asking = await harness.answered()
        await harness.retry(asking)
        assert asking.canvas.texts == [f"Half\n{small(explain(BUSY))}"]
        assert asking.version_nav == VersionNav(2, 2, "Chatbase", before=1, after=None)
        assert harness.remembered == []
        await harness.show_version(asking, 1)
        assert harness.remembered == [("What is it?", "One.")]


async def test_an_answer_that_failed_at_first_can_be_had_later() -> None:
    async with running_harness([BUSY], ["One."]) as harness:
        asking = await harness.answered()
        assert asking.version_nav is None
        await harness.retry(asking)
        assert (asking.canvas.texts, harness.remembered) == (["One."], [("What is it?", "One.")])
        assert asking.version_nav is None
        assert (await harness.answer(asking)).versions == (2,)


async def test_one_that_is_stopped_before_any_text_leaves_what_stood_there() -> None:
    async with running_harness(["One."], [60.0, "Two."]) as harness:
        asking = await harness.answered()
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(2)
        harness.answer_actions.stop(harness.active_run(asking))
        await retrying
        assert asking.canvas.texts == [f"One.\n{not_again(Stopped())}"]
        assert harness.remembered == [("What is it?", "One.")]
        assert asking.canvas.pings == []


async def test_one_that_the_end_of_the_program_breaks_off_leaves_what_stood_there() -> None:
    async with running_harness(["One."], [60.0, "Two."]) as harness:
        asking = await harness.answered()
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(2)
        await harness.service.drain(1)
        await retrying
        assert asking.canvas.texts == [f"One.\n{not_again(Interrupted())}"]


async def test_one_that_discord_does_not_take_is_lost_and_the_one_before_is_still_known() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        asking.canvas.faults = [WriteForbidden()]
        await harness.retry(asking)
        assert asking.canvas.direct_messages == [cannot_write(1)]
        answer = await harness.answer(asking)
        assert (answer.shown, answer.versions) == (1, (1,))
        asking.canvas.faults = []
        await harness.answer_actions.show_version(answer, 1, asking.canvas)
        assert (asking.canvas.texts, harness.remembered) == (["One."], [("What is it?", "One.")])


async def test_what_is_forgotten_cannot_be_asked_again() -> None:
    async with running_harness(["One."]) as harness:
        asking = await harness.answered()
        answer = await harness.answer(asking)
        await harness.answer_store.erase(answer.id)
        with pytest.raises(NotStored):
            await harness.answer_actions.find(answer.id)
        with pytest.raises(NotStored):
            await harness.retry(asking, answer=answer)
        with pytest.raises(NotStored):
            await harness.retry(asking, answer=replace(answer, runs=()))
        assert asking.canvas.texts == ["One."]


async def test_what_was_forgotten_a_moment_ago_is_not_asked_again() -> None:
    async with running_harness(["One."]) as harness:
        asking = await harness.answered()
        answer = await harness.answer(asking)
        question = await harness.answer_actions.question(answer, None)
        await harness.answer_store.erase(answer.id)
        await harness.service.answer_again(answer, question, asking.canvas)
        assert asking.canvas.refusals == [small(explain(NotStored()))]
        assert (asking.canvas.texts, len(harness.stateless.prompts)) == (["One."], 1)


async def test_what_is_forgotten_while_it_is_asked_again_leaves_nothing_behind() -> None:
    async with running_harness(["One."], [3.0, "Two."]) as harness:
        asking = await harness.answered()
        answer = await harness.answer(asking)
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(1)
        await harness.answer_store.erase(answer.id)
        await retrying
        assert asking.canvas.texts == ["Two."]
        assert asking.controls is None
        assert (harness.remembered, harness.answer_store.runs) == ([], {})


@pytest.mark.parametrize("part", ["journal", "settings"])
async def test_a_database_that_is_away_is_said_and_leaves_everything(part: str) -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        answer = await harness.answer(asking)
        if part == "journal":
            harness.conversations.down = True
            with pytest.raises(DatabaseUnavailable):
                await harness.retry(asking, answer=answer)
        else:
            harness.settings.down = True
            await harness.retry(asking, answer=answer)
            assert asking.canvas.refusals == [small(explain(DatabaseUnavailable()))]
        assert asking.canvas.texts == ["One."]
        assert len(harness.stateless.prompts) == 1
        assert harness.answer_actions.running(answer.id) is None


EVERY_STEP = ["begin", "note", "end", "settle"]


@pytest.mark.parametrize("step", EVERY_STEP)
@pytest.mark.parametrize("fault", [DatabaseUnavailable(), ZeroDivisionError()], ids=["away", "faulty"])
async def test_an_answer_is_shown_whatever_step_of_the_journal_fails(step: str, fault: Exception) -> None:
    async with running_harness(["Some ", 1.0, "words."]) as harness:
        harness.answer_store.faults = {step: fault}
        asking = await harness.answered()
        kept = step in ("note", "settle")
        assert asking.canvas.texts == ["Some words." if kept else f"Some words.\n{not_remembered()}"]
        assert (asking.controls is not None) == kept
        assert len(harness.remembered) == kept


@pytest.mark.parametrize("step", EVERY_STEP)
async def test_a_version_is_shown_whatever_step_of_the_journal_fails(step: str) -> None:
    async with running_harness(["One."], ["Two."], ["Three."]) as harness:
        asking = await harness.answered()
        harness.answer_store.faults = {step: DatabaseUnavailable()}
        await harness.retry(asking)
        kept = step in ("note", "settle")
        assert asking.canvas.texts == ["Two." if kept else f"Two.\n{not_remembered()}"]
        assert harness.remembered == [("What is it?", "Two." if kept else "One.")]
        harness.answer_store.faults = {}
        await harness.retry(asking)
        assert asking.canvas.texts == ["Three."]
        assert harness.remembered == [("What is it?", "Three.")]


async def test_what_stood_there_comes_back_even_while_the_database_is_away() -> None:
    async with running_harness(["One."], [2.0, BUSY]) as harness:
        asking = await harness.answered()
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(1)
        harness.conversations.down = True
        await retrying
        harness.conversations.down = False
        assert asking.canvas.texts == [f"One.\n{not_again(BUSY)}"]
        assert harness.remembered == [("What is it?", "One.")]


async def test_a_retry_while_the_journal_cannot_be_read_is_refused_before_anything_changes() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        question, answer = (
            await harness.answer_actions.question(await harness.answer(asking), None),
            await harness.answer(asking),
        )
        for step in ("answer", "wording"):
            harness.answer_store.faults = {step: DatabaseUnavailable()}
            await harness.service.answer_again(answer, question, asking.canvas)
        assert asking.canvas.refusals == [small(explain(DatabaseUnavailable()))] * 2
        assert asking.canvas.texts == ["One."]
        assert len(harness.stateless.prompts) == 1
