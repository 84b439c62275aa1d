"""A provider that is out again and again is left alone: askers are told at once, or another one answers."""

import asyncio
import re
from dataclasses import replace

from bot.answering.health.breaker import FIRST_PAUSE, LONGEST_PAUSE, MAX_OUTAGES
from bot.domain import errors
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import Harness, running_harness
from tests.fakes.providers_and_stores import make_question

OUT = errors.Unreachable("Chatbase")
LEFT_ALONE = re.compile(
    r"-# Chatbase has been failing for \d+ (second|minute)s?, so I sent nothing\. "
    r"I'm trying it again (in \d+ seconds?|right now)\. Please ask again after that\."
)


async def fail(harness: Harness, times: int = MAX_OUTAGES) -> None:
    for _ in range(times):
        assert (await harness.answered()).canvas.texts == [small(explain(OUT))]


async def test_askers_are_told_at_once_and_one_question_now_and_then_tries_again() -> None:
    async with running_harness([OUT]) as harness:
        await fail(harness)
        asked = await harness.answered()
        (refusal,) = asked.canvas.refusals
        assert LEFT_ALONE.fullmatch(refusal)
        assert "in 15 seconds" in refusal
        assert asked.canvas.texts == []
        assert len(harness.stateless.prompts) == MAX_OUTAGES
        await asyncio.sleep(FIRST_PAUSE)
        await fail(harness, 1)
        assert (await harness.answered()).canvas.refusals
        await asyncio.sleep(2 * FIRST_PAUSE)
        harness.stateless.scripts = [["Back."]]
        assert [(await harness.answered()).canvas.texts for _ in range(3)] == [["Back."]] * 3


async def test_who_asks_during_the_trial_is_told() -> None:
    async with running_harness([OUT]) as harness:
        await fail(harness)
        await asyncio.sleep(FIRST_PAUSE)
        harness.stateless.scripts = [[20.0, "Back."]]
        trial = harness.ask(channel=1)
        await asyncio.sleep(1)
        (refusal,) = (await harness.answered(channel=2)).canvas.refusals
        assert "I'm trying it again right now" in refusal
        await trial.task
        assert trial.canvas.texts == ["Back."]
        assert (await harness.answered(channel=2)).canvas.texts == ["Back."]


async def test_as_soon_as_the_trial_has_text_all_others_are_answered() -> None:
    async with running_harness([OUT]) as harness:
        await fail(harness)
        await asyncio.sleep(FIRST_PAUSE)
        harness.stateless.scripts = [["Back", 60.0, ", at length."], ["Here too."]]
        trial = harness.ask(channel=1)
        await asyncio.sleep(1)
        assert (await harness.answered(channel=2)).canvas.texts == ["Here too."]
        await trial.task
        assert trial.canvas.texts == ["Back, at length."]


async def test_a_trial_that_is_stopped_gives_way_to_another_one() -> None:
    async with running_harness([OUT]) as harness:
        await fail(harness)
        await asyncio.sleep(FIRST_PAUSE)
        harness.stateless.scripts = [[60.0, "Late."], ["Back."]]
        trial = harness.ask()
        await asyncio.sleep(1)
        harness.answer_actions.stop(harness.active_run(trial))
        await trial.task
        assert (await harness.answered()).canvas.texts == ["Back."]


async def test_the_fallback_is_asked_without_waiting_for_the_one_that_is_out() -> None:
    async with running_harness([60.0, errors.IdleTimeout("Chatbase", 60)]) as harness:
        harness.settings.values["server", 7] = {"fallback": "tamako"}
        for _ in range(MAX_OUTAGES):
            await harness.answered()
        begun = asyncio.get_running_loop().time()
        asked = await harness.answered()
        assert asyncio.get_running_loop().time() - begun < 1
        assert asked.canvas.texts == ["An answer.\n-# Chatbase has been failing for 4 minutes, so Tamako answered."]
        assert (await harness.answer(asked)).runs[0].provider == "tamako"


async def test_if_the_fallback_is_left_alone_too_the_asker_is_told() -> None:
    async with running_harness([OUT]) as harness:
        harness.settings.values["server", 7] = {"fallback": "tamako"}
        harness.stateful.scripts = [[errors.Unreachable("Tamako")]]
        for _ in range(MAX_OUTAGES):
            await harness.answered()
        (refusal,) = (await harness.answered()).canvas.refusals
        assert LEFT_ALONE.fullmatch(refusal)
        await asyncio.sleep(LONGEST_PAUSE)
        await harness.answered()


async def test_a_retry_of_what_is_left_alone_leaves_the_answer() -> None:
    async with running_harness(["First."], [OUT]) as harness:
        asked = await harness.answered()
        await fail(harness)
        await harness.retry(asked)
        assert asked.canvas.texts == ["First."]
        (refusal,) = asked.canvas.refusals
        assert LEFT_ALONE.fullmatch(refusal)
        assert [run.outcome for run in (await harness.answer(asked)).runs] == ["whole", "lost"]


async def test_refusals_of_questions_and_limits_for_one_person_leave_nothing_alone() -> None:
    for error in (errors.Rejected("Chatbase", 400), errors.RateLimited("Chatbase", 90), errors.NoReply("Chatbase")):
        async with running_harness([error]) as harness:
            for _ in range(3 * MAX_OUTAGES):
                assert (await harness.answered()).canvas.texts == [small(explain(error))]


async def test_every_question_of_a_crowd_is_answered_or_told() -> None:
    async with running_harness([3.0, OUT]) as harness:
        asked = [harness.ask(channel=channel, asker=channel) for channel in range(1, 40)]
        await asyncio.gather(*(each.task for each in asked))
        later = [harness.ask(channel=channel, asker=channel) for channel in range(1, 40)]
        await asyncio.gather(*(each.task for each in later))
        assert all(each.canvas.texts == [small(explain(OUT))] for each in asked)
        assert all(_told(each.canvas) for each in later)
        assert len(harness.stateless.prompts) == len(asked)


def _told(canvas: FakeCanvas) -> bool:
    return bool(canvas.refusals) and LEFT_ALONE.fullmatch(canvas.refusals[0]) is not None


async def test_another_provider_is_asked_as_usual() -> None:
    async with running_harness([OUT]) as harness:
        await fail(harness)
        question = replace(make_question(), provider="tamako")
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]
