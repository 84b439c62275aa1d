"""The queue notice: an asker who waits long sees it, can cancel the question, and holds nobody up."""

import asyncio
from itertools import pairwise

import pytest

from bot.answering.queue.turn_queue import MAX_AT_ONCE
from bot.domain.controls import Controls
from bot.domain.errors import Cancelled
from bot.streaming.canvas import CanvasError, MessageNotFound, Unavailable, WriteForbidden
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_question
from tests.virtual_time import virtual_loop

LONG: Script = ["Some ", 10.0, "words."]


def waiting_text(before: int) -> str:
    """Return how the sentence begins that tells of so many questions."""
    questions = "1 question" if before == 1 else f"{before} questions"
    return f"-# You're in line: {questions} ahead of yours (updated <t:"


def note_of(asking: AskedQuestion) -> FakeCanvas:
    """Return where somebody was told of their place."""
    [note] = asking.canvas.queue_notices
    return note


def ask_three(harness: Harness) -> None:
    """Have three other people ask at once, as many as are answered side by side."""
    for asker in range(10, 10 + MAX_AT_ONCE):
        harness.ask(asker=asker)


async def test_who_waits_is_told_after_three_seconds_and_can_take_the_question_back() -> None:
    async with running_harness(LONG) as harness:
        ask_three(harness)
        await asyncio.sleep(6)  # what they began with fills their channel's window
        started, second = virtual_loop().time(), harness.ask(asker=2)
        await asyncio.sleep(2.9)
        assert second.canvas.queue_notices == []
        await asyncio.sleep(1)
        note = note_of(second)
        assert note.calls[0].at - started == pytest.approx(3)
        assert note.texts[0].startswith(waiting_text(1))
        assert note.frames[0].controls == Controls(harness.active_run(second).request.answer, "waiting")


async def test_the_place_changes_and_goes_when_the_turn_comes() -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        harness.ask()
        third = harness.ask()
        await asyncio.sleep(5)
        note = note_of(third)
        assert note.texts[0].startswith(waiting_text(2))
        await asyncio.sleep(11)
        assert note.texts[0].startswith(waiting_text(1))
        assert len(note.calls) == 2
        await asyncio.sleep(5)
        assert note.texts == []
        assert third.canvas.texts == ["Some ▌"]
        await third.task
        assert third.canvas.texts == ["Some words."]


async def test_the_place_is_told_as_somebody_goes_before() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        ask_three(harness)
        flood = [harness.ask(f"{number}?", asker=11) for number in range(2)]
        other = harness.ask(asker=2)
        await asyncio.sleep(12)
        assert [note_of(asking).texts[0][:44] for asking in (*flood, other)] == [
            waiting_text(before)[:44] for before in (2, 3, 1)
        ]


async def test_a_short_wait_needs_no_message() -> None:
    async with running_harness(["Some ", 1.5, "words."]) as harness:
        asked = [harness.ask() for _ in range(2)]
        await asyncio.gather(*(asking.task for asking in asked))
        assert [asking.canvas.queue_notices for asking in asked] == [[], []]


@pytest.mark.parametrize("seconds", [1.0, 2.05, 5.0], ids=["before-it-is-told", "while-it-is-told", "after"])
async def test_a_question_that_was_taken_back_is_not_asked(seconds: float) -> None:
    async with running_harness(LONG) as harness:
        first, second, third = (harness.ask(text) for text in "123")
        await asyncio.sleep(seconds)
        harness.answer_actions.stop(harness.active_run(second))
        await second.task
        assert second.canvas.refusals == [small(explain(Cancelled()))]
        assert second.canvas.calls == []
        assert [aside.texts for aside in second.canvas.queue_notices] in ([], [[]])
        await asyncio.gather(first.task, third.task)
        assert [prompt.text.removeprefix("Someone (2): ") for prompt in harness.stateless.prompts] == ["1", "3"]
        lost = await harness.answer(second)
        assert (lost.runs[0].state, lost.runs[0].outcome, lost.messages) == ("done", "lost", ())


async def test_who_takes_a_question_back_in_the_open_is_told_nothing_there() -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        second = harness.ask()
        second.canvas.behaviour.can_refuse = False
        await asyncio.sleep(3)
        harness.answer_actions.stop(harness.active_run(second))
        await second.task
        assert second.canvas.calls == []
        assert note_of(second).texts == []


async def test_the_journal_knows_the_message_while_it_stands() -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        second = harness.ask()
        await asyncio.sleep(5)
        assert (await harness.answer(second)).messages == tuple(note_of(second).messages)
        await asyncio.sleep(6)
        assert (await harness.answer(second)).messages == tuple(second.canvas.messages)


class Response(FakeCanvas):
    """The response to an interaction: it tells the place first, and the answer is written over it."""

    def queue_notice_surface(self) -> FakeCanvas:
        """Return itself."""
        self.queue_notices.append(self)
        return self

    async def delete(self, message: int) -> None:
        """Leave it where it is."""


async def test_a_response_that_becomes_the_answer_stays_known() -> None:
    async with running_harness(["Some ", 10.0, "words."], [3.0, "Fine."]) as harness:
        harness.ask()
        response = Response(harness.discord, 1, [])
        question = make_question()
        answering = asyncio.create_task(harness.service.answer(question, response))
        await asyncio.sleep(12)
        answer = await harness.answer_store.answer_to(question.id)
        assert answer is not None
        assert answer.messages == tuple(response.messages) != ()
        await answering


async def test_an_answer_that_is_asked_again_keeps_its_messages_while_it_waits() -> None:
    async with running_harness(["The first."], LONG) as harness:
        first = harness.ask()
        await first.task
        answer = harness.answer_store.only()
        harness.ask()
        await asyncio.sleep(0.5)
        retrying = asyncio.create_task(harness.answer_actions.retry(answer, None, first.canvas))
        await asyncio.sleep(4)
        waiting = await harness.answer_actions.find(answer.id)
        assert waiting.messages == (*answer.messages, *note_of(first).messages)
        harness.answer_actions.stop(harness.active_run(first))
        await retrying
        assert (await harness.answer_actions.find(answer.id)).messages == answer.messages
        assert first.canvas.texts == ["The first."]
        await harness.answer_actions.retry(await harness.answer_actions.find(answer.id), None, first.canvas)
        assert first.canvas.texts == ["Some words."]


@pytest.mark.parametrize(
    "fault", [WriteForbidden(), MessageNotFound(), Unavailable()], ids=lambda fault: type(fault).__name__
)
async def test_who_cannot_be_told_is_answered_all_the_same(fault: CanvasError) -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        second = harness.ask()
        aside = second.canvas.queue_notice_surface
        note = aside()
        note.faults = [fault] * 20
        second.canvas.queue_notices.clear()
        second.canvas.queue_notice_surface = lambda: note  # type: ignore[method-assign]
        await second.task
        assert second.canvas.texts == ["Some words."]
        assert second.canvas.direct_messages == []


async def test_a_message_that_somebody_else_takes_away_is_not_missed() -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        harness.ask()
        third = harness.ask()
        await asyncio.sleep(5)
        note_of(third).messages.clear()
        await third.task
        assert third.canvas.texts == ["Some words."]
        assert (await harness.answer(third)).messages == tuple(third.canvas.messages)


async def test_a_question_that_is_deleted_while_it_waits_leaves_nothing() -> None:
    async with running_harness(LONG) as harness:
        harness.ask()
        second = harness.ask()
        await asyncio.sleep(5)
        await harness.answer_actions.delete(second.question.id, lambda _: second.canvas)
        await second.task
        assert (note_of(second).texts, second.canvas.refusals, second.canvas.calls) == ([], [], [])
        assert await harness.answer_store.answer_to(second.question.id) is None


async def test_those_who_wait_hold_nobody_up() -> None:
    words: Script = [0.1, "words "] * 80
    async with running_harness(["Some ", *words, "in the end."]) as harness:
        asked = [harness.ask(asker=asker) for asker in range(16)]
        await asyncio.gather(*(asking.task for asking in asked))
        told = sum(len(asking.canvas.queue_notices) for asking in asked)
        assert told == 16 - MAX_AT_ONCE
        gaps = list[float]()
        for asking in asked:
            attempt_began = asking.canvas.typings[0]
            assert asking.canvas.calls[0].at - attempt_began < 0.1, "the first text goes at once"
            times = [sight.at for sight in asking.canvas.seen]
            gaps.extend(later - earlier for earlier, later in pairwise(times))
            assert times[-1] - attempt_began < 8.1 + 5.3
        assert max(gaps) < 5.3
