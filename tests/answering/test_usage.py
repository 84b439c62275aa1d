"""Which runs are counted, and as what: each whose question was sent, once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.attachments import AttachedFile
from bot.domain.errors import ConnectionLost, ServerFault, Unauthorized
from bot.domain.fair_use.usage import FinishedRun
from bot.domain.provider import Receipt
from bot.domain.question import Location
from bot.streaming.canvas import BadRequest, CanvasError, WriteForbidden
from tests.fakes.harness import Harness, kill, running_harness
from tests.fakes.providers_and_stores import Script, make_question

SERVER = 99
PLACE = Location(1, 1, SERVER)


async def answer(harness: Harness, **changed: Any) -> None:  # noqa: ANN401 - any field of a question
    """Ask a question in the server, of which some fields are `changed`."""
    question = replace(make_question(), location=PLACE, **changed)
    await harness.service.answer(question, harness.discord.canvas())


def counted(harness: Harness) -> list[tuple[str, str, int, float | None]]:
    """Return what was counted, without the times."""
    return [(run.provider, run.ending, run.characters, run.credits) for run in harness.meter.runs]


async def test_an_answer_is_counted_with_its_text_its_credits_and_its_times() -> None:
    async with running_harness([2.0, "Some ", 3.0, "words.", Receipt(credits=2.5)]) as harness:
        await answer(harness)
        [run] = harness.meter.runs
        assert run == FinishedRun(SERVER, "chatbase", "answered", 11, 2.5, first_text=run.first_text, total=run.total)
        assert run.first_text is not None
        assert 2_000 <= run.first_text <= 2_500
        assert 5_000 <= run.total <= 5_500


@pytest.mark.parametrize(
    ("script", "characters"),
    [
        ([Unauthorized("Chatbase")], 0),
        (["Some ", ConnectionLost("Chatbase")], 5),
        ([RuntimeError()], 0),
        ([], 0),
    ],
)
async def test_what_is_not_whole_has_failed(script: Script, characters: int) -> None:
    async with running_harness(script) as harness:
        await answer(harness)
        assert counted(harness) == [("chatbase", "failed", characters, None)]
        assert (harness.meter.runs[0].first_text is None) == (characters == 0)


@pytest.mark.parametrize("fault", [WriteForbidden(), BadRequest()])
async def test_what_discord_does_not_show_has_failed(fault: CanvasError) -> None:
    async with running_harness() as harness:
        await harness.service.answer(replace(make_question(), location=PLACE), harness.discord.canvas(1, fault, fault))
        assert [run.ending for run in harness.meter.runs] == ["failed"]


async def test_stopped_by_a_person_by_deleting_the_question_or_by_the_end_of_the_bot() -> None:
    async with running_harness(["Some ", 10.0, "words."]) as harness:
        stopped, deleted, interrupted = (harness.ask(channel=channel) for channel in (1, 2, 3))
        await asyncio.sleep(2)
        harness.answer_actions.stop(harness.active_run(stopped))
        await stopped.task
        await harness.answer_actions.delete(deleted.question.id, lambda _: deleted.canvas)
        await deleted.task
        await harness.service.drain(0)
        await interrupted.task
        assert counted(harness) == [("chatbase", "stopped", 5, None)] * 3


async def test_retry_and_ask_another_are_questions_too() -> None:
    async with running_harness(["First."], [Unauthorized("Chatbase")], ["Third"]) as harness:
        asking = await harness.answered()
        await harness.retry(asking)
        await harness.retry(asking, "tamako")
        assert counted(harness) == [
            ("chatbase", "answered", 6, None),
            ("chatbase", "failed", 0, None),
            ("tamako", "answered", 10, None),
        ]
        assert harness.meter.runs[1].first_text is None, "what is shown again is the earlier answer"


async def test_what_was_never_sent_is_not_counted() -> None:
    async with running_harness([5.0, "Fine."]) as harness:
        harness.stateless.question_limit = 5
        await answer(harness, text="Too long a question.")
        await answer(harness, text="")
        harness.stateless.question_limit = None
        file = AttachedFile("a.png", "binary", None)
        await answer(harness, text="", files=(file,))
        first, waiting = harness.ask(), harness.ask()
        await asyncio.sleep(1)
        harness.answer_actions.stop(harness.active_run(waiting))
        await waiting.task
        await first.task
        assert [run.ending for run in harness.meter.runs] == ["answered"]


@pytest.mark.parametrize("place", [Location(1, 1, None), Location(1, 1, None, True), Location(1, 1, SERVER, True)])
async def test_only_what_a_servers_admins_answer_for_is_counted(place: Location) -> None:
    async with running_harness() as harness:
        await answer(harness)
        await harness.service.answer(replace(make_question(), location=place), harness.discord.canvas())
        assert len(harness.meter.runs) == 1


async def test_after_a_kill_nothing_is_counted_twice() -> None:
    """A killed run is not counted by the process that marks it as interrupted: nobody knows what it came to."""
    async with running_harness(["Some ", 10.0, "words."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(2)
        left = kill(harness)
        await asking.task
    async with running_harness(["Fine."], after=left) as harness:
        assert await harness.recover(lambda _: asking.canvas)
        assert harness.meter.runs == []


async def test_a_fallback_is_one_question_of_the_first_and_an_answer_of_the_other() -> None:
    async with running_harness([1.0, ServerFault("Chatbase", 503)]) as harness:
        harness.settings.values["server", SERVER] = {"fallback": "tamako"}
        await answer(harness)
        assert counted(harness) == [("chatbase", "failed", 0, None), ("tamako", "answered", 10, None)]
        assert [run.is_fallback for run in harness.meter.runs] == [False, True]
