"""Pinging an asker who has probably left: once, with a link, and only if there is something to read."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import ConnectionLost, RateLimited
from bot.domain.question import Location
from bot.streaming.canvas import WriteForbidden
from bot.strings.notices import is_ready
from tests.fakes.harness import AskedQuestion, running_harness
from tests.fakes.providers_and_stores import Script, make_page, make_question
from tests.virtual_time import virtual_loop

LONG: Script = [61.0, "Some words."]


def calls(asking: AskedQuestion) -> list[str]:
    """Return what the asker was called back with."""
    return [text for canvas in asking.canvas.pings for text in canvas.texts]


@pytest.mark.parametrize(
    ("script", "times"),
    [
        ([59.0, "Some words."], 0),
        ([61.0, "Some words."], 1),
        ([61.0, "Some ", 300.0, "words."], 1),
        ([1.0, "Some ", 300.0, "words."], 0),
    ],
)
async def test_an_answer_whose_first_text_came_late(script: Script, times: int) -> None:
    async with running_harness(script) as harness:
        asking = await harness.answered()
        message = next(iter(asking.canvas.messages))
        assert calls(asking) == [is_ready(7, 1, message)] * times


@pytest.mark.parametrize(("far", "times"), [(14, 0), (15, 1)])
async def test_an_answer_that_is_far_up(far: int, times: int) -> None:
    async with running_harness([1.0, "Some words."]) as harness:
        asking = harness.ask()
        asking.canvas.behaviour.newer_messages = far
        await asking.task
        assert len(calls(asking)) == times


async def test_the_link_leads_to_the_first_page() -> None:
    async with running_harness([70.0, make_page("one"), make_page("two")]) as harness:
        question, canvas = replace(make_question(), location=Location(5, 5, None)), harness.discord.canvas()
        await harness.service.answer(question, canvas)
        link = f"https://discord.com/channels/@me/5/{min(canvas.messages)}"
        assert canvas.pings[0].texts == [f"Your answer is ready. [Jump to it]({link})"]


async def test_who_waited_long_for_the_turn() -> None:
    async with running_harness(["It begins.", 70.0], ["Fine."]) as harness:
        asking, waiting = harness.ask(), harness.ask()
        await asyncio.gather(asking.task, waiting.task)
        assert [len(calls(each)) for each in (asking, waiting)] == [0, 1]


async def test_part_of_an_answer_is_worth_coming_back_for() -> None:
    async with running_harness([70.0, "Some ", ConnectionLost("Chatbase")]) as harness:
        assert len(calls(await harness.answered())) == 1


@pytest.mark.parametrize(
    "script", [[70.0, RateLimited("Chatbase")], [70.0], [70.0, ValueError()]], ids=["busy", "none", "fault"]
)
async def test_not_for_a_failure(script: Script) -> None:
    async with running_harness(script) as harness:
        asking = harness.ask()
        asking.canvas.behaviour.newer_messages = 99
        await asking.task
        assert calls(asking) == []


async def test_not_for_what_was_stopped_changed_or_interrupted() -> None:
    words: Script = [70.0, "Some ", 100.0, "words."]
    async with running_harness(words, words, words, ["Fine."]) as harness:
        stopped, changed, interrupted = (harness.ask(channel=channel) for channel in (1, 2, 3))
        await asyncio.sleep(80)
        harness.answer_actions.stop(harness.active_run(stopped))
        question = replace(changed.question, text="Another?")
        await harness.answer_actions.reask_edited(question, lambda _: changed.canvas)
        assert changed.canvas.texts == ["Fine."]
        await harness.service.drain(0)
        await asyncio.gather(*(asking.task for asking in (stopped, changed, interrupted)))
        assert [calls(asking) for asking in (stopped, changed, interrupted)] == [[], [], []]


async def test_not_for_a_question_that_was_deleted() -> None:
    async with running_harness([70.0, "Some ", 100.0, "words."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(80)
        await harness.answer_actions.delete(asking.question.id, lambda _: asking.canvas)
        await asking.task
        assert calls(asking) == []


async def test_not_for_an_answer_that_was_there_before() -> None:
    async with running_harness(["One."], [70.0, RateLimited("Chatbase")], [70.0, "Two."]) as harness:
        asking = await harness.answered()
        asking.canvas.behaviour.newer_messages = 99
        await harness.retry(asking)
        assert calls(asking) == []
        await harness.retry(asking)
        assert len(calls(asking)) == 1


async def test_not_for_an_answer_that_could_not_be_shown() -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask()
        asking.canvas.faults = [WriteForbidden()]
        await asking.task
        assert calls(asking) == []


async def test_an_asker_who_cannot_be_pinged_still_has_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with running_harness(LONG) as harness:
        asking = harness.ask()
        reminder = asking.canvas.ping_surface()
        reminder.faults = [WriteForbidden()]
        asking.canvas.ping_surface = lambda: reminder  # type: ignore[method-assign]
        await asking.task
        assert asking.canvas.texts == ["Some words."]
        assert asking.canvas.direct_messages == []
        assert (await harness.answer(asking)).runs[0].state == "done"
    assert "could not be called back" in caplog.text


async def test_the_next_question_does_not_wait_for_it() -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        asking = harness.ask()
        asking.canvas.ping_surface = lambda: held  # type: ignore[method-assign]
        held = harness.discord.canvas()
        held.behaviour.hold = asyncio.Event()
        await asyncio.sleep(20)
        next_one = harness.ask(asker=2)
        await asyncio.sleep(41.2)
        began = virtual_loop().time()
        await next_one.task
        assert virtual_loop().time() - began < 1
        assert not asking.task.done()
        held.behaviour.hold.set()
        await asking.task


async def test_nobody_else_waits_for_it_and_it_is_no_answer_to_be_marked(caplog: pytest.LogCaptureFixture) -> None:
    async with running_harness(LONG, ["Another."]) as harness:
        asking = harness.ask()
        asking.canvas.ping_surface = lambda: held  # type: ignore[method-assign]
        held = harness.discord.canvas()
        held.behaviour.hold = asyncio.Event()
        await asyncio.sleep(65)
        began = virtual_loop().time()
        await harness.retry(asking)
        assert asking.canvas.texts == ["Another."]
        assert virtual_loop().time() - began < 1
        assert not asking.task.done()
        await harness.service.drain(10)
        await asking.task
        assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_not_for_an_answer_that_is_deleted_before_there_is_room() -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask()
        await asyncio.sleep(61)
        harness.discord.refuse(asking.canvas.bucket("create", first=True), 20)
        await asyncio.sleep(2)
        assert len(asking.canvas.pings) == 1
        await harness.answer_actions.delete(asking.question.id, lambda _: asking.canvas)
        await asking.task
        assert (asking.canvas.texts, calls(asking)) == ([], [])


@pytest.mark.parametrize(("pause", "times"), [(530.0, 1), (540.0, 2)])
async def test_once_in_ten_minutes(pause: float, times: int) -> None:
    async with running_harness(LONG, LONG) as harness:
        first = await harness.answered()
        await asyncio.sleep(pause)
        second = harness.ask()
        await second.task
        assert len(calls(first) + calls(second)) == times


async def test_others_and_other_channels_are_called_back_all_the_same() -> None:
    async with running_harness(LONG, LONG, LONG) as harness:
        asked = [harness.ask(), harness.ask(asker=2), harness.ask(channel=2)]
        await asyncio.gather(*(asking.task for asking in asked))
        assert [len(calls(asking)) for asking in asked] == [1, 1, 1]
