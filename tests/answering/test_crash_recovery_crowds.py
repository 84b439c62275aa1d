"""Crash recovery with many interrupted answers, or much else to do: within the limits, and in time."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.controls import Controls
from bot.streaming.canvas import Frame, PostedMessage
from bot.streaming.renderer import CURSOR
from bot.strings.notices import cut_off
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import running_harness
from tests.fakes.interrupted_answer import InterruptedAnswer, repair
from tests.fakes.providers_and_stores import Script
from tests.virtual_time import virtual_loop

RUNNING = Controls("an-id", "running")
BEGUN = cut_off(begun=True)


async def test_a_thousand_are_repaired_within_the_limits_and_new_answers_go_first() -> None:
    async with running_harness(["Some ", 3.0, "words."]) as harness:
        left = [InterruptedAnswer(harness, f"answer {number}", channel=number) for number in range(1000)]
        for number, each in enumerate(left):
            await each.begin()
            each.show({number + 1: Frame(f"Half{CURSOR}", controls=RUNNING)})
        started = virtual_loop().time()
        repairing = asyncio.create_task(repair(harness, *left))
        await asyncio.sleep(5)
        asked_at = virtual_loop().time()
        asked = [harness.ask(channel=2000 + number) for number in range(5)]
        await asyncio.gather(*(asking.task for asking in asked))
        assert max(asking.canvas.calls[0].at for asking in asked) - asked_at < 0.5
        assert virtual_loop().time() - asked_at < 4
        await repairing
        assert virtual_loop().time() - started < 40
        assert all(each.canvas.texts == [f"Half\n{BEGUN}"] for each in left)


async def test_no_more_than_a_few_are_looked_at_at_once() -> None:
    async with running_harness() as harness:
        left = [InterruptedAnswer(harness, f"answer {number}", channel=number) for number in range(60)]
        at_once = list[int]()
        looking = 0
        for each in left:
            await each.begin()

            async def look(messages: Sequence[int], canvas: FakeCanvas = each.canvas) -> Sequence[PostedMessage]:
                nonlocal looking
                looking += 1
                at_once.append(looking)
                await asyncio.sleep(0.3)
                looking -= 1
                return []

            each.canvas.posted_messages = look  # type: ignore[method-assign]
        await repair(harness, *left)
        assert max(at_once) <= 10


@pytest.mark.parametrize("lag", [0.0, 0.4, 0.9])
async def test_a_repair_beside_an_answer_that_is_being_written_is_made_in_time(lag: float) -> None:
    words: Script = [0.1, "words "] * 600
    async with running_harness(["Some ", *words]) as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        left.show({1: Frame(f"Half{CURSOR}", controls=RUNNING)})
        asked = harness.ask()
        await asyncio.sleep(10 + lag)
        started = virtual_loop().time()
        await left.repair()
        assert virtual_loop().time() - started < 10
        assert left.canvas.texts == [f"Half\n{BEGUN}"]
        harness.answer_actions.stop(harness.active_run(asked))
        await asked.task
