"""A thousand questions in one channel: each asker is answered or told once, soon, and nothing untrue."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.answering.queue.turn_queue import MAX_AT_ONCE, MAX_WAITING
from bot.answering.refusing.asker_notices import AskerNotices
from bot.domain.errors import DatabaseUnavailable, EmptyQuestion, QueueFull, ShuttingDown
from bot.streaming.canvas import CanvasError, WriteForbidden
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import cannot_write
from bot.strings.queue import was_full
from tests.fakes.canvas import running_scheduler
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_question
from tests.virtual_time import virtual_loop

FULL = small(explain(QueueFull(MAX_WAITING)))
WAS_FULL = small(was_full())

SOON = 12.0
"""Max seconds from the last question until the last refusal is seen."""


@dataclass(frozen=True)
class Told:
    """A message that is no answer: when it was seen, what it says, and whom it is for."""

    at: float
    text: str
    askers: Sequence[int]
    others: int

    @classmethod
    def read(cls, asked: AskedQuestion) -> "Told | None":
        """Return what the asker of a question was told, None if it was answered or nothing was said."""
        if not asked.canvas.seen or not asked.canvas.seen[0].frame.text.startswith("-# "):
            return None
        seen = asked.canvas.seen[0]
        text, _, line = seen.frame.text.partition("\n-# Also for ")
        others = re.search(r"([\d,]+) others?\.", line)
        named = [int(asker) for asker in re.findall(r"<@(\d+)>", line)]
        return cls(seen.at, text, [asked.question.asker, *named], int(others[1].replace(",", "")) if others else 0)


async def flood(harness: Harness, questions: int, askers: int, seconds: float = 2.0) -> Sequence[AskedQuestion]:
    """Ask so many questions in one channel, the askers in turn."""
    asked = []
    for number in range(questions):
        asked.append(ask(harness, 1000 + number % askers))
        await asyncio.sleep(seconds / questions)
    return asked


def answered(asked: Sequence[AskedQuestion]) -> set[int]:
    """Return the askers who got an answer."""
    return {each.question.asker for each in asked if "An answer." in each.canvas.texts}


@pytest.mark.parametrize(
    ("questions", "askers", "script"),
    [
        (1000, 1000, ["An ", 1.5, "answer."]),
        (200, 200, ["An answer."]),
        (200, 40, ["An ", 20.0, "answer."]),
        (200, 7, ["An ", 0.5, "answer."]),
    ],
)
async def test_each_asker_is_answered_or_told_once(questions: int, askers: int, script: Script) -> None:
    async with running_harness(script) as harness:
        asked = await flood(harness, questions, askers)
        ended = virtual_loop().time()
        await asyncio.gather(*(each.task for each in asked))
    told = [found for each in asked if (found := Told.read(each)) is not None]
    assert max(each.at for each in told) < ended + SOON
    assert {each.text for each in told} <= {FULL, WAS_FULL}
    by_asker = Counter(asker for each in told for asker in each.askers)
    assert max(by_asker.values()) == 1
    unnamed = sum(each.others for each in told)
    assert len(answered(asked) | set(by_asker)) + unnamed >= askers
    assert len(told) < 10
    assert len(answered(asked)) >= min(askers, MAX_WAITING)


FOREVER: Script = ["An ", 300.0, "answer."]


def ask(harness: Harness, asker: int, *faults: CanvasError) -> AskedQuestion:
    """Ask in the channel, where nobody can be told in private; `faults` are those of the canvas."""
    question, canvas = make_question(asker=asker), harness.discord.canvas(1, *faults)
    canvas.behaviour.can_refuse = False
    return AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))


async def fill(harness: Harness) -> Sequence[AskedQuestion]:
    """Fill the channel's queue with other people's questions, and let time pass until nothing is left to be said."""
    waiting = [ask(harness, 100 + number) for number in range(MAX_AT_ONCE + MAX_WAITING)]
    await asyncio.sleep(60)
    return waiting


def block(harness: Harness, seconds: float) -> None:
    """Have Discord take no new message in the channel for so long."""
    harness.discord.refuse(harness.discord.canvas().bucket("create", first=True), seconds)


async def test_an_asker_is_told_again_after_half_a_minute() -> None:
    async with running_harness(FOREVER) as harness:
        await fill(harness)
        told = []
        for pause in (0, 10, 15, 10):
            await asyncio.sleep(pause)
            asked = ask(harness, 5000)
            await asked.task
            told.append(asked.canvas.texts)
        assert told == [[FULL], [], [], [FULL]]
        await harness.service.drain(0)


async def test_who_was_told_two_things_in_turn_is_told_neither_again() -> None:
    async with running_scheduler() as running:
        notices = AskerNotices(running.scheduler)
        canvas = running.discord.canvas()
        for kind in ("one", "other", "one", "other"):
            assert await notices.tell(canvas, 1, 5000, lambda kind=kind: kind, kind)  # type: ignore[misc]
        assert canvas.texts == ["one", "other"]


async def test_what_is_no_longer_true_is_not_said() -> None:
    async with running_harness(FOREVER) as harness:
        waiting = await fill(harness)
        block(harness, 8)
        refused = ask(harness, 5000)
        await asyncio.sleep(1)
        harness.answer_actions.stop(harness.active_run(waiting[3]))
        await refused.task
        assert refused.canvas.texts == [WAS_FULL]
        await harness.service.drain(0)


@pytest.mark.parametrize("everywhere", [False, True])
async def test_who_cannot_be_told_in_half_a_minute_is_not_told(everywhere: bool) -> None:
    async with running_harness(FOREVER) as harness:
        await fill(harness)
        if everywhere:
            harness.discord.refuse(None, 50)
        else:
            block(harness, 50)
        refused = [ask(harness, 5000), ask(harness, 5000), ask(harness, 5001)]
        began = virtual_loop().time()
        await asyncio.gather(*(each.task for each in refused))
        assert virtual_loop().time() - began <= 30
        await asyncio.sleep(60)
        assert not any(each.canvas.calls for each in refused)
        await harness.service.drain(0)


async def test_a_message_that_takes_long_to_arrive_tells_nobody_twice() -> None:
    async with running_harness(FOREVER) as harness:
        await fill(harness)
        block(harness, 10)
        first = ask(harness, 5000)
        first.canvas.behaviour.hold = asyncio.Event()
        await asyncio.sleep(9)
        others = [ask(harness, asker) for asker in (5001, 5002)]
        await asyncio.sleep(27)
        first.canvas.behaviour.hold.set()
        await asyncio.gather(first.task, *(each.task for each in others))
        told = [found for each in (first, *others) if (found := Told.read(each)) is not None]
        assert [each.askers for each in told] == [[5000, 5001, 5002]]
        await harness.service.drain(0)


async def test_a_channel_that_takes_no_message_is_tried_once() -> None:
    async with running_harness(FOREVER) as harness:
        await fill(harness)
        refused = [ask(harness, asker, WriteForbidden("50013")) for asker in range(5000, 5020)]
        await asyncio.gather(*(each.task for each in refused))
        assert sum(len(each.canvas.calls) for each in refused) == 1
        assert [each.canvas.direct_messages for each in refused] == [[cannot_write(1)], *[[]] * 19]
        await harness.service.drain(0)


async def test_what_a_question_itself_is_refused_for_is_told_each_time() -> None:
    async with running_harness() as harness:
        for _ in range(2):
            canvas = harness.discord.canvas()
            canvas.behaviour.can_refuse = False
            await harness.service.answer(make_question(""), canvas)
            assert canvas.texts == [small(explain(EmptyQuestion()))]


async def test_a_database_that_is_down_is_told_a_crowd_once() -> None:
    async with running_harness() as harness:
        harness.settings.down = True
        asked = [ask(harness, 5000 + number % 10) for number in range(100)]
        await asyncio.gather(*(each.task for each in asked))
        told = [found for each in asked if (found := Told.read(each)) is not None]
        assert {each.text for each in told} <= {small(explain(DatabaseUnavailable())), FULL}
        assert sorted(asker for each in told for asker in each.askers) == list(range(5000, 5010))


async def test_help_is_given_to_a_crowd_with_few_messages() -> None:
    async with running_harness() as harness:
        canvases = [harness.discord.canvas() for _ in range(100)]
        helping = (harness.service.say(canvas, 1, number, "Help.") for number, canvas in enumerate(canvases))
        began = virtual_loop().time()
        await asyncio.gather(*helping)
        assert virtual_loop().time() - began < SOON
        assert 1 <= sum(len(canvas.texts) for canvas in canvases) <= 3


async def test_a_restart_is_told_each_asker_once_or_left_to_the_next_start() -> None:
    async with running_harness(FOREVER) as harness:
        running = [ask(harness, asker) for asker in range(10, 10 + MAX_AT_ONCE)]
        waiting = [ask(harness, asker) for asker in (2, 2, 2, 3, 4)]
        await asyncio.sleep(1)
        await harness.service.drain(10)
        await asyncio.gather(*(each.task for each in (*running, *waiting)))
        told = [found for each in waiting if (found := Told.read(each)) is not None]
        assert {each.text for each in told} == {small(explain(ShuttingDown()))}
        assert sorted(asker for each in told for asker in each.askers) == [2, 3, 4]
        assert harness.answer_store.unfinished() == []


async def test_who_could_not_be_told_of_a_restart_is_told_by_the_next_start() -> None:
    async with running_harness(FOREVER) as harness:
        waiting = (await fill(harness))[MAX_AT_ONCE:]
        block(harness, 50)
        await harness.service.drain(2)
        await asyncio.gather(*(each.task for each in waiting))
        assert len(harness.answer_store.unfinished()) == MAX_WAITING


async def test_refused_questions_are_no_answers_that_the_next_start_marks(caplog: pytest.LogCaptureFixture) -> None:
    async with running_harness(FOREVER) as harness:
        await fill(harness)
        harness.discord.refuse(None, 50)
        refused = [ask(harness, asker) for asker in range(5000, 5020)]
        await asyncio.sleep(1)
        await harness.service.drain(1)
        await asyncio.gather(*(each.task for each in refused))
        left = f"{MAX_AT_ONCE + MAX_WAITING} answers could not be marked as interrupted"
        sentence = f"{left}; another process or the next start will do it"
        assert caplog.messages[-1] == sentence
        assert len(harness.answer_store.unfinished()) == MAX_AT_ONCE + MAX_WAITING
