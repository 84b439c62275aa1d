"""Threads for answers: which answers get one, its name, and that nothing about it hurts the answer."""

import asyncio
from dataclasses import replace

import pytest

from bot.answering.answer_threads import thread_title
from bot.answering.stored_answers import quote_answer
from bot.conversation.answer_config import AnswerConfig
from bot.domain.attachments import AttachedFile
from bot.domain.errors import ConnectionLost, RateLimited
from bot.domain.provider import Persona
from bot.domain.question import Caption, Location, Question, Quote, Thread
from bot.domain.settings.server_settings import ON, THREADS
from bot.streaming.canvas import (
    BadRequest,
    CanvasError,
    MessageNotFound,
    PlaceRefused,
    ThreadExists,
    Unavailable,
    Unconfirmed,
    WriteForbidden,
)
from bot.strings.notices import UNTITLED
from tests.fakes.harness import AskedQuestion, Harness, kill, running_harness
from tests.fakes.providers_and_stores import FakeProvider, Script, make_question

CONFIG = AnswerConfig(FakeProvider(), Persona(), {}, in_threads=True)


async def switch(harness: Harness, *, on: bool = True) -> None:
    """Switch threads on or off in the channel of the questions."""
    await harness.server_settings.save("channel", 7, 1, THREADS, ON if on else None)


def first(asking: AskedQuestion) -> int:
    """Return the answer's first message."""
    return min(asking.canvas.messages)


async def test_each_whole_answer_gets_one_that_begins_with_it() -> None:
    async with running_harness(["One."], ["Two."], ["Three."]) as harness:
        await harness.answered("not yet")
        await switch(harness)
        asking = await harness.answered("What is it?")
        assert harness.threads.started == [(1, first(asking), "What is it?")]
        assert harness.conversations.begun == [(first(asking), (await harness.answer(asking)).id)]
        await switch(harness, on=False)
        await harness.answered("no more")
        assert len(harness.threads.started) == 1


async def test_all_versions_share_one_which_the_first_whole_one_gets() -> None:
    async with running_harness(["Some ", ConnectionLost("Chatbase")], ["Two."], ["Three."], ["Four."]) as harness:
        await switch(harness)
        asking = await harness.answered()
        assert harness.threads.started == []
        await harness.retry(asking)
        await harness.retry(asking)
        await harness.show_version(asking, 1)
        await harness.answer_actions.reask_edited(replace(asking.question, text="Or what?"), lambda _: asking.canvas)
        assert asking.canvas.texts == ["Four."]
        assert harness.threads.started == [(1, first(asking), "What is it?")]


async def test_answers_that_end_at_once_get_one_each() -> None:
    async with running_harness(*([["One."]] * 6)) as harness:
        await switch(harness)
        asked = [harness.ask(f"Question {asker}?", asker=asker) for asker in range(6)]
        await asyncio.gather(*(asking.task for asking in asked))
        expected = {(1, first(asking), asking.question.text) for asking in asked}
        assert {*harness.threads.started} == expected
        assert len(harness.threads.started) == len(harness.conversations.begun) == 6


@pytest.mark.parametrize("script", [[RateLimited("Chatbase")], ["Some ", ConnectionLost("Chatbase")], []])
async def test_what_is_not_whole_gets_none(script: list[str | Exception]) -> None:
    async with running_harness(script) as harness:
        await switch(harness)
        await harness.answered()
        assert harness.threads.started == []


@pytest.mark.parametrize(
    ("fault", "may_be_there"),
    [
        (ThreadExists(), True),
        (Unconfirmed(), True),
        (Unavailable(), True),
        (WriteForbidden(), False),
        (PlaceRefused(), False),
        (MessageNotFound(), False),
        (BadRequest(), False),
    ],
)
async def test_if_there_is_none_nothing_begins_with_the_answer(fault: CanvasError, *, may_be_there: bool) -> None:
    async with running_harness(["One."]) as harness:
        await switch(harness)
        harness.threads.fault = fault
        asking = await harness.answered()
        assert asking.canvas.texts == ["One."]
        assert bool(harness.conversations.begun) is may_be_there


async def test_where_none_can_be_started_nothing_is_stored_for_it() -> None:
    async with running_harness(["One."]) as harness:
        await switch(harness)
        harness.threads.refusal = WriteForbidden()
        await harness.answered()
        assert not harness.conversations.begun
        assert not harness.threads.started


async def test_nobody_waits_for_it_and_its_conversation_begins_before_it() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        await switch(harness)
        asking = harness.ask()
        while not asking.canvas.texts or asking.controls is None or asking.controls.stage != "ended":
            await asyncio.sleep(0.01)
        at = asyncio.get_running_loop().time()
        assert not asking.task.done()
        await harness.answer_actions.retry(await harness.answer(asking), None, asking.canvas)
        assert asking.canvas.texts == ["Two."]
        assert asyncio.get_running_loop().time() - at < 1
        assert harness.threads.started == []
        assert harness.conversations.begun == [(first(asking), (await harness.answer(asking)).id)]
        await asking.task
        assert harness.threads.started == [(1, first(asking), "What is it?")]


async def test_the_end_of_the_process_waits_for_it() -> None:
    async with running_harness(["One."]) as harness:
        await switch(harness)
        asking = harness.ask()
        while not harness.conversations.begun:
            await asyncio.sleep(0.01)
        await harness.service.drain(60)
        assert harness.threads.started == [(1, first(asking), "What is it?")]


async def test_what_it_is_told_of_is_the_version_that_is_shown_and_no_more_than_is_sent() -> None:
    labels = {"chatbase": "Chatbase"}
    async with running_harness(["One."], ["Two"], ["x" * 5000], [RateLimited("Chatbase")]) as harness:
        asking = await harness.answered()
        assert await quote_answer(harness.answer_store, first(asking), labels) == Quote("Chatbase", "One.")
        await harness.retry(asking)
        assert await quote_answer(harness.answer_store, first(asking), {}) == Quote("chatbase", "Two")
        await harness.retry(asking)
        quote = await quote_answer(harness.answer_store, first(asking), labels)
        assert quote is not None
        assert Thread("a", starter=quote).context.endswith("xxx […]\n\n")
        assert len(quote.text) < 1010
        refused = await harness.answered()
        assert await quote_answer(harness.answer_store, first(refused), labels) is None
        harness.conversations.down = True
        assert await quote_answer(harness.answer_store, first(asking), labels) is None
        harness.conversations.down = False
        await harness.answer_store.erase((await harness.answer(asking)).id)
        assert await quote_answer(harness.answer_store, first(asking), labels) is None


@pytest.mark.parametrize(
    ("before", "has_one"), [([], False), ([["Some ", ConnectionLost("Chatbase")]], False), ([["One."]], True)]
)
async def test_an_answer_that_is_shown_whole_only_after_a_kill_gets_it_then(
    before: list[Script], *, has_one: bool
) -> None:
    async with running_harness(*before, ["Last."]) as harness:
        asking = await harness.answered() if before else harness.ask()
        again = [asyncio.create_task(harness.retry(asking))] if before else []
        harness.answer_store.slow = 0.1
        while not any(run.state == "recorded" for run in harness.answer_store.unfinished()):
            await asyncio.sleep(0.01)
        left = kill(harness)
        harness.answer_store.slow = 0.0
        await asyncio.gather(asking.task, *again)
    async with running_harness(after=left) as harness:
        await switch(harness)
        [messages] = left.messages.values()
        canvas = harness.discord.reopened(messages)
        assert await harness.recover(lambda _: canvas)
        assert canvas.texts == ["Last."]
        assert harness.threads.started == ([] if has_one else [(1, min(messages), "What is it?")])


async def test_an_asker_is_called_back_without_waiting_for_it() -> None:
    async with running_harness([70.0, "One."]) as harness:
        await switch(harness)
        asking = harness.ask()
        while not any(canvas.texts for canvas in asking.canvas.pings):
            await asyncio.sleep(0.01)
        assert harness.threads.started == []
        await asking.task
        assert len(harness.threads.started) == 1


def title(question: Question, config: AnswerConfig = CONFIG) -> str | None:
    """Return the name of the thread that a whole answer to the question gets."""
    return thread_title(question, config, None, "whole")


QUESTION = make_question("What is it?")


@pytest.mark.parametrize(
    "location",
    [
        Location(channel=5, settings_channel=1, server=7),
        Location(channel=1, settings_channel=1, server=7, visible_only_to=4711),
        Location(channel=1, settings_channel=1, server=7, is_user_install=True, visible_only_to=4711),
    ],
    ids=["thread", "private", "guest"],
)
def test_where_there_is_none(location: Location) -> None:
    assert title(QUESTION) == "What is it?"
    assert title(QUESTION, replace(CONFIG, in_threads=False)) is None
    assert title(replace(QUESTION, location=location)) is None


FILE = AttachedFile("notes.txt", text="abc")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (QUESTION, "What is it?"),
        (replace(QUESTION, text="\u200b\n  \u2800" * 999 + "What?"), "What?"),
        (replace(QUESTION, text="", jump="7", caption=Caption("Ann", "Tell me more", is_choice=True)), "Tell me more"),
        (replace(QUESTION, text="\u3164\u200d", files=(replace(FILE, name="\u202e"), FILE)), "notes.txt"),
        (replace(QUESTION, text=" ", quote=Quote("Bob", "said so")), "said so"),
        (replace(QUESTION, text="", files=(FILE,)), "notes.txt"),
        (replace(QUESTION, text=""), UNTITLED),
    ],
)
def test_what_names_it(question: Question, name: str) -> None:
    assert title(question) == name
