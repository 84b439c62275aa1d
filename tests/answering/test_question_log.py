"""What a question's log lines say of providers that are out, of the end of the process, and of a repair."""

import asyncio
import json
from typing import Any

from bot.answering.health.breaker import MAX_OUTAGES
from tests.answering.test_fallbacks import OUT, falling_back
from tests.e2e.loglines import LogLines, listening
from tests.fakes.harness import kill, running_harness


def story(log: LogLines, question: int) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in log.stream.getvalue().splitlines()]
    return [event for event in events if event.get("correlation_id") == str(question)]


def told(log: LogLines, question: int) -> list[str]:
    return [event["message"] for event in story(log, question)]


async def test_a_provider_that_is_out_and_one_that_is_left_alone() -> None:
    with listening() as log:
        async with falling_back(*[[OUT]] * MAX_OUTAGES) as harness:
            askings = [await harness.answered() for _ in range(MAX_OUTAGES + 1)]
    first, last = (told(log, asking.question.id) for asking in (askings[0], askings[-1]))
    steps = ["Chatbase is asked", "Chatbase failed (ServerFault): another provider is asked", "Tamako is asked"]
    assert [line for line in first if line in steps] == steps
    assert "Chatbase is asked" not in last
    steps = ["Chatbase is not asked: it is out again and again", "Tamako is asked"]
    assert [line for line in last if line in steps] == steps


async def test_an_answer_that_does_not_end_in_time_is_interrupted_or_left() -> None:
    with listening() as log:
        async with running_harness(["It begins", 1000.0]) as harness:
            asked = harness.ask()
            await asyncio.sleep(5)
            await harness.service.drain(1)
            await asked.task
        async with running_harness(["It begins", 1000.0]) as harness:
            left = harness.ask(asker=2)
            await asyncio.sleep(5)
            harness.discord.refuse(None, 50)
            await harness.service.drain(1)
            await left.task
    assert [event["outcome"] for event in ends(log, asked.question.id)] == ["interrupted"]
    assert [event["outcome"] for event in ends(log, left.question.id)] == ["left"]


async def test_a_repair_goes_on_with_the_story() -> None:
    with listening() as log:
        async with running_harness(["It begins", 1000.0]) as harness:
            asked = harness.ask()
            await asyncio.sleep(7)
            state = kill(harness)
            harness.answer_actions.stop(harness.active_run(asked))
        before = len(story(log, asked.question.id))
        async with running_harness(after=state) as harness:
            canvas = harness.discord.canvas()
            canvas.messages.update(state.messages[asked.question.id])
            assert await harness.recover(lambda _: canvas)
    (end,) = [event for event in story(log, asked.question.id)[before:] if "outcome" in event]
    assert (end["message"], end["outcome"]) == (
        f"question {asked.question.id}: its answer was cut off, and is dealt with",
        "interrupted",
    )


def ends(log: LogLines, question: int) -> list[dict[str, Any]]:
    return [event for event in story(log, question) if "outcome" in event]
