"""Stopping an answer at any moment: what was written stays and is marked, and nothing goes on in the background."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import Controls
from bot.domain.conversation import Conversation
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import Stopped
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import stopped_early
from tests.fakes.conversation_store import FakeConversationStore
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import FakeServerSettingsStore, Script
from tests.virtual_time import virtual_loop

STOPPED = small(explain(Stopped()))
LONG: Script = [3.0, "Some ", 10.0, "words."]


async def stop_after(harness: Harness, asking: AskedQuestion, seconds: float) -> None:
    """Stop an answer after so many seconds, and wait until that is seen."""
    await asyncio.sleep(seconds)
    harness.answer_actions.stop(harness.active_run(asking))
    async with asyncio.timeout(3):
        await asking.task


async def outcome(harness: Harness, asking: AskedQuestion) -> tuple[str, str | None]:
    """Return state and outcome of the first run as they are stored."""
    run = (await harness.answer(asking)).runs[0]
    return run.state, run.outcome


@pytest.mark.parametrize("seconds", [0.0, 1.0, 2.99])
async def test_before_the_first_text(seconds: float) -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(0.001)
        await stop_after(harness, asking, seconds)
        assert asking.canvas.texts == [stopped_early()]
        assert asking.controls == Controls((await harness.answer(asking)).id, "ended", others=True)
        assert await outcome(harness, asking) == ("done", "stopped")
        assert (await harness.answer(asking)).versions == ()
        assert harness.remembered == []
        assert harness.stateless.open == 0
        await asyncio.sleep(30)
        assert len(asking.canvas.typings) <= 1


async def test_while_it_is_written() -> None:
    async with running_harness(LONG, ["Fine."]) as harness:
        asking, second = harness.ask(), harness.ask()
        await asyncio.sleep(4)
        answer = (await harness.answer(asking)).id
        assert asking.canvas.texts == ["Some ▌"]
        assert asking.controls == Controls(answer, "running")
        await stop_after(harness, asking, 1)
        assert asking.canvas.texts == [f"Some\n{STOPPED}"]
        assert asking.controls == Controls(answer, "ended", others=True)
        assert await outcome(harness, asking) == ("done", "stopped")
        assert (await harness.answer(asking)).versions == (1,)
        await second.task
        assert second.canvas.texts == ["Fine."], "the next one's turn has come"
        assert harness.remembered == [("What is it?", "Fine.")]


@pytest.mark.parametrize("part", ["memory", "settings"])
async def test_while_the_database_is_asked(part: str) -> None:
    async with running_harness(LONG) as harness:
        delay(harness.conversations if part == "memory" else harness.settings)
        asking = harness.ask()
        await asyncio.sleep(1)
        harness.answer_actions.stop(harness.active_run(asking))
        await asking.task
        assert asking.canvas.texts == [stopped_early()]
        assert harness.stateless.prompts == []


def delay(database: FakeConversationStore | FakeServerSettingsStore) -> None:
    """Have a database take three seconds."""
    if isinstance(database, FakeConversationStore):
        conversation = database.conversation

        async def slowly(provider: str, key: ConversationKey, *, most: int, before: int | None = None) -> Conversation:
            await asyncio.sleep(3)
            return await conversation(provider, key, most=most, before=before)

        database.conversation = slowly  # type: ignore[method-assign]
    else:
        load = database.load

        async def load_slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(3)
            return await load(server, channel)

        database.load = load_slowly  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("during", ["the journal", "the last edit"])
async def test_a_complete_answer_can_no_longer_be_stopped(during: str) -> None:
    async with running_harness(["Some ", 2.0, "words."]) as harness:
        harness.answer_store.slow = 1 if during == "the journal" else 0
        asking = harness.ask()
        await asyncio.sleep(3.5 if during == "the journal" else 2.01)
        assert asking.canvas.texts != ["Some words."]
        assert harness.answer_actions.running(harness.active_run(asking).request.answer) is None
        await stop_after(harness, asking, 0)
        assert asking.canvas.texts == ["Some words."]
        assert harness.remembered == [("What is it?", "Some words.")]
        assert await outcome(harness, asking) == ("done", "whole")


async def test_one_of_many_pages() -> None:
    async with running_harness([*[f"{'word ' * 300}\n\n"] * 3, 60.0]) as harness:
        asking = harness.ask()
        await stop_after(harness, asking, 8)
        assert len(asking.canvas.texts) == 3
        assert asking.canvas.texts[-1].endswith(f"word\n{STOPPED}")
        controls = asking.controls
        assert controls is not None
        assert controls.stage == "ended"
        assert (await harness.answer(asking)).messages == tuple(asking.canvas.messages)


async def test_one_that_is_only_shown_when_it_is_complete() -> None:
    async with running_harness() as harness:
        harness.stateful.scripts = [["Some ", 10.0, "words."]]
        asking = harness.ask()
        await asking.task
        question = replace(asking.question, id=1, provider="tamako")
        canvas = harness.discord.canvas()
        answering = asyncio.create_task(harness.service.answer(question, canvas))
        await stop_after(harness, AskedQuestion(question, canvas, answering), 5)
        assert canvas.texts == [f"Some\n{STOPPED}"]


async def test_twice_is_once() -> None:
    async with running_harness(LONG) as harness:
        asking = harness.ask()
        await asyncio.sleep(5)
        active_run = harness.active_run(asking)
        harness.answer_actions.stop(active_run)
        harness.answer_actions.stop(active_run)
        await asking.task
        harness.answer_actions.stop(active_run)
        assert harness.answer_actions.running(active_run.request.answer) is None
        assert asking.canvas.texts == [f"Some\n{STOPPED}"]


@pytest.mark.parametrize("hundredths", [*range(-3, 4), 10, 15, 20])
async def test_in_the_moment_in_which_it_is_complete(hundredths: int) -> None:
    async with running_harness(["Some ", 2.0, "words."]) as harness:
        asking = harness.ask()
        virtual_loop().call_at(virtual_loop().time() + 2 + hundredths / 100, stop_if_under_way, harness, asking)
        await asking.task
        whole = hundredths > 0 or (
            hundredths == 0 and asking.canvas.texts == ["Some words."]
        )  # at 0 either may be first
        assert asking.canvas.texts == ["Some words." if whole else f"Some\n{STOPPED}"]
        assert len(harness.remembered) == whole
        assert await outcome(harness, asking) == ("done", "whole" if whole else "stopped")


def stop_if_under_way(harness: Harness, asking: AskedQuestion) -> None:
    """Press Stop, if it is still there."""
    if harness.service.active_runs.by_question(asking.question.id) is not None:
        harness.answer_actions.stop(harness.active_run(asking))
