"""The line above an answer that says what was asked: in every frame, of every version, and after a crash."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import Controls
from bot.domain.question import Caption
from bot.streaming.canvas import Frame
from bot.streaming.renderer import CURSOR
from bot.strings.markup import small
from bot.strings.notices import asking as asking_again
from bot.strings.notices import cut_off, not_remembered, waiting_for
from tests.fakes.harness import AskedQuestion, running_harness
from tests.fakes.interrupted_answer import InterruptedAnswer
from tests.fakes.providers_and_stores import make_page, make_question

CAPTION = Caption("Ada", "Is *it*\nso?")
LINE = "-# Ada asked: Is \\*it\\* so?"
SHORT = "-# Somebody asked this"
BEGUN, NOTHING = cut_off(begun=True), cut_off(begun=False)
RUNNING = Controls("an-id", "running")


async def test_it_is_above_every_frame_of_every_version() -> None:
    async with running_harness(["One, ", 2.0, "two."], ["Three, ", 8.0, "four."]) as harness:
        canvas = harness.discord.canvas()
        question = replace(make_question(), caption=CAPTION)
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asking.task
        assert canvas.texts == [f"{LINE}\nOne, two."]
        await harness.retry(asking)
        assert canvas.texts == [f"{LINE}\nThree, four."]
        await harness.show_version(asking, 1)
        assert canvas.texts == [f"{LINE}\nOne, two."]
        frames = [call.frame.text for call in canvas.calls if call.frame is not None]
        assert {frame.split("\n")[0] for frame in frames} == {LINE}
        assert f"{LINE}\nOne,{CURSOR}" in frames
        assert f"{LINE}\n{small(asking_again('Chatbase'))}" in frames
        assert [answer for _, answer in harness.remembered] == ["One, two."]


async def test_it_is_above_a_wait_and_an_answer_that_fails() -> None:
    async with running_harness([7.0, ValueError()]) as harness:
        canvas = harness.discord.canvas()
        await harness.service.answer(replace(make_question(), caption=CAPTION), canvas)
        first, *_, last = [call.frame.text for call in canvas.calls if call.frame is not None]
        assert first == f"{LINE}\n{small(waiting_for('Chatbase'))}"
        assert last.startswith(f"{LINE}\n-# Something went wrong on my side.")


@pytest.mark.parametrize("line", [LINE, SHORT], ids=["whole", "shortened"])
async def test_what_a_crash_left_keeps_it_and_has_it_once(line: str) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness, caption=CAPTION)
        await left.begin()
        left.show({1: Frame(f"{line}\nHalf of{CURSOR}", controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == [f"{LINE}\nHalf of\n{BEGUN}"]


@pytest.mark.parametrize(
    ("shown", "repaired"),
    [
        (f"{LINE}\n{small(waiting_for('Chatbase'))}", f"{LINE}\n{NOTHING}"),
        (f"{LINE}\nAll of it.\n{not_remembered()}", f"{LINE}\nAll of it.\n{not_remembered()}"),
        (f"{LINE}\n-# Not of it", f"{LINE}\n{NOTHING}"),
        ("-# You're in line", f"{LINE}\n{NOTHING}"),
    ],
    ids=["waiting", "finished", "small print", "in line"],
)
async def test_it_is_not_taken_for_text_of_the_answer(shown: str, repaired: str) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness, caption=CAPTION)
        await left.begin()
        left.show({1: Frame(shown, controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == [repaired]


async def test_what_was_stored_before_a_crash_is_shown_below_it() -> None:
    long = make_page("one") + make_page("two")
    async with running_harness() as harness:
        left = InterruptedAnswer(harness, caption=CAPTION)
        await left.record(long, notices=["-# A notice."])
        left.show({1: Frame(f"{LINE}\none one{CURSOR}", controls=RUNNING)})
        await left.repair()
        first, *_, last = left.canvas.texts
        assert first.startswith(f"{LINE}\none one")
        assert last.endswith("two\n-# A notice.")
        assert sum(text.count("Ada") for text in left.canvas.texts) == 1
