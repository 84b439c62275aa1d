"""Showing another version of an answer: what is shown is what the history keeps."""

import asyncio

import pytest

from bot.domain.content import Button, Buttons, Image
from bot.domain.controls import VersionNav
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import AlreadyAnswering, DatabaseUnavailable, NotStored, RateLimited
from bot.streaming.canvas import CanvasError, Unavailable, WriteForbidden
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_page

BUSY = RateLimited("Chatbase", 30)


async def with_versions(harness: Harness, *texts: str) -> AskedQuestion:
    """Return a question whose answer has a version for each of `texts`, the last of which is shown."""
    harness.stateless.scripts = [[text] for text in texts]
    asking = await harness.answered()
    for _ in texts[1:]:
        await harness.retry(asking)
    return asking


async def test_each_version_can_be_shown_and_the_history_goes_along() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.", "Three.")
        typings = len(asking.canvas.typings)
        for number, text, before, after in ((2, "Two.", 1, 3), (1, "One.", None, 2), (3, "Three.", 2, None)):
            await harness.show_version(asking, number)
            assert asking.canvas.texts == [text]
            assert asking.version_nav == VersionNav(number, 3, "Chatbase", before, after)
            assert harness.remembered == [("What is it?", text)]
            assert (await harness.answer(asking)).shown == number
        assert len(asking.canvas.typings) == typings, "nobody types where nothing is written"


async def test_what_was_not_answered_in_full_is_shown_and_not_remembered() -> None:
    async with running_harness(["Half ", 2.0, BUSY], ["Whole."]) as harness:
        asking = await harness.answered()
        await harness.retry(asking)
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == [f"Half\n{small(explain(BUSY))}"]
        assert harness.remembered == []
        await harness.show_version(asking, 2)
        assert harness.remembered == [("What is it?", "Whole.")]


async def test_versions_with_more_and_fewer_pages() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", make_page("two") * 3)
        for number, pages in ((1, 1), (2, 3), (1, 1)):
            await harness.show_version(asking, number)
            assert len(asking.canvas.texts) == pages
            assert (await harness.answer(asking)).messages == tuple(asking.canvas.messages)
            assert asking.version_nav is not None


async def test_pictures_and_buttons_come_back_as_they_were() -> None:
    rich: Script = ["Look.", Image("https://example.com/cat.png"), Buttons("Choose:", (Button("Yes", "say", "yes"),))]
    async with running_harness(rich, ["Nothing."]) as harness:
        asking = await harness.answered()
        before = [(frame.text, frame.rich) for frame in asking.canvas.frames]
        await harness.retry(asking)
        await harness.show_version(asking, 1)
        assert [(frame.text, frame.rich) for frame in asking.canvas.frames] == before


async def test_while_it_is_asked_again_nothing_is_turned() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.")
        harness.stateless.scripts = [[5.0, "Three."]]
        answer = await harness.answer(asking)
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(1)
        with pytest.raises(AlreadyAnswering):
            await harness.show_version(asking, 1)
        await retrying
        assert asking.canvas.texts == ["Three."]
        await harness.show_version(asking, 1, answer=answer)
        assert asking.version_nav == VersionNav(1, 3, "Chatbase", before=None, after=2), (
            "the person who pressed saw two"
        )


async def test_two_turns_at_once_are_one() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.", "Three.")
        answer = await harness.answer(asking)
        turns = [harness.show_version(asking, number, answer=answer) for number in (1, 2)]
        ends = await asyncio.gather(*turns, return_exceptions=True)
        assert [type(end) for end in ends] == [type(None), AlreadyAnswering]
        assert asking.canvas.texts == ["One."]
        assert harness.remembered == [("What is it?", "One.")]


@pytest.mark.parametrize("fault", [WriteForbidden(), Unavailable()], ids=["denied", "unavailable"])
async def test_a_version_that_discord_does_not_show_is_not_remembered(fault: CanvasError) -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.")
        asking.canvas.faults = [fault] * 10
        with pytest.raises(type(fault)):
            await harness.show_version(asking, 1)
        assert (await harness.answer(asking)).shown == 2
        assert harness.remembered == [("What is it?", "Two.")]
        assert harness.answer_actions.running((await harness.answer(asking)).id) is None


@pytest.mark.parametrize("step", ["wording", "answer", "show"])
async def test_a_database_that_is_away_leaves_the_version_that_is_shown(step: str) -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.")
        answer, typings = await harness.answer(asking), len(asking.canvas.typings)
        harness.answer_store.faults = {step: DatabaseUnavailable()}
        with pytest.raises(DatabaseUnavailable):
            await harness.show_version(asking, 1, answer=answer)
        assert asking.canvas.texts == ["Two."]
        assert harness.answer_actions.running(answer.id) is None
        await asyncio.sleep(60)
        assert len(asking.canvas.typings) == typings
        harness.answer_store.faults = {}
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]


async def test_messages_that_cannot_be_noted_are_no_reason_to_say_it_failed() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", make_page("two") * 2)
        harness.answer_store.faults = {"note": DatabaseUnavailable()}
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]


async def test_what_is_forgotten_cannot_be_shown() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.")
        answer = await harness.answer(asking)
        with pytest.raises(NotStored):
            await harness.show_version(asking, 3)
        harness.answer_store.runs[answer.id][0].wording = None
        with pytest.raises(NotStored):
            await harness.show_version(asking, 1)
        await harness.answer_store.erase(answer.id)
        with pytest.raises(NotStored):
            await harness.show_version(asking, 2, answer=answer)
        assert asking.canvas.texts == ["Two."]


async def test_a_cleared_conversation_does_not_come_back() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, "One.", "Two.")
        await harness.conversations.clear_conversation("chatbase", ConversationKey(1))
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]
        assert harness.remembered == []


async def test_a_message_that_somebody_took_away_is_posted_again() -> None:
    async with running_harness() as harness:
        asking = await with_versions(harness, make_page("one") * 2, "Two.")
        asking.canvas.messages.clear()
        await harness.show_version(asking, 1)
        assert len(asking.canvas.texts) == 2
        assert (await harness.answer(asking)).messages == tuple(asking.canvas.messages)
