"""Stopping an answer at every moment of it: what was written stays and is marked, and nothing goes on behind it."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import Controls
from bot.domain.conversation import Conversation
from bot.domain.errors import Stopped
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import stopped_early
from tests.fakes.harness import Asking, House, a_house
from tests.fakes.providers_and_stores import FakeMemory, FakePreferences, Script
from tests.virtual_time import virtual_loop

STOPPED = small(explain(Stopped()))
LONG: Script = [3.0, "Some ", 10.0, "words."]


async def stop_after(house: House, asking: Asking, seconds: float) -> None:
    """Stop an answer after so many seconds, and wait until that is seen."""
    await asyncio.sleep(seconds)
    house.answer_actions.stop(house.active_run(asking))
    async with asyncio.timeout(3):
        await asking.answering


async def outcome(house: House, asking: Asking) -> tuple[str, str | None]:
    """Return how the journal has the first run."""
    run = (await house.answer(asking)).runs[0]
    return run.state, run.outcome


@pytest.mark.parametrize("seconds", [0.0, 1.0, 2.99])
async def test_before_the_first_text(seconds: float) -> None:
    async with a_house(LONG, ["Fine."]) as house:
        asking = house.ask()
        await asyncio.sleep(0.001)
        await stop_after(house, asking, seconds)
        assert asking.canvas.texts == [stopped_early()]
        assert asking.controls == Controls((await house.answer(asking)).id, "ended", others=True)
        assert await outcome(house, asking) == ("done", "stopped")
        assert (await house.answer(asking)).versions == ()
        assert house.remembered == []
        assert house.forgetful.open == 0
        await asyncio.sleep(30)
        assert len(asking.canvas.typings) <= 1


async def test_while_it_is_written() -> None:
    async with a_house(LONG, ["Fine."]) as house:
        asking, second = house.ask(), house.ask()
        await asyncio.sleep(4)
        answer = (await house.answer(asking)).id
        assert asking.canvas.texts == ["Some ▌"]
        assert asking.controls == Controls(answer, "running")
        await stop_after(house, asking, 1)
        assert asking.canvas.texts == [f"Some\n{STOPPED}"]
        assert asking.controls == Controls(answer, "ended", others=True)
        assert await outcome(house, asking) == ("done", "stopped")
        assert (await house.answer(asking)).versions == (1,)
        await second.answering
        assert second.canvas.texts == ["Fine."], "the next one's turn has come"
        assert house.remembered == [("What is it?", "Fine.")]


@pytest.mark.parametrize("part", ["memory", "settings"])
async def test_while_the_database_is_asked(part: str) -> None:
    async with a_house(LONG) as house:
        delay(house.conversations if part == "memory" else house.settings)
        asking = house.ask()
        await asyncio.sleep(1)
        house.answer_actions.stop(house.active_run(asking))
        await asking.answering
        assert asking.canvas.texts == [stopped_early()]
        assert house.forgetful.prompts == []


def delay(database: FakeMemory | FakePreferences) -> None:
    """Have a database take three seconds."""
    if isinstance(database, FakeMemory):
        conversation = database.conversation

        async def slowly(provider: str, channel: int, *, most: int, before: int | None = None) -> Conversation:
            await asyncio.sleep(3)
            return await conversation(provider, channel, most=most, before=before)

        database.conversation = slowly  # type: ignore[method-assign]
    else:
        load = database.load

        async def load_slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(3)
            return await load(server, channel)

        database.load = load_slowly  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("during", ["the journal", "the last edit"])
async def test_one_that_is_complete_is_not_stopped_any_more(during: str) -> None:
    async with a_house(["Some ", 2.0, "words."]) as house:
        house.answer_store.slow = 1 if during == "the journal" else 0
        asking = house.ask()
        await asyncio.sleep(2.5 if during == "the journal" else 2.01)
        assert asking.canvas.texts != ["Some words."]
        assert house.answer_actions.running(house.active_run(asking).request.answer) is None
        await stop_after(house, asking, 0)
        assert asking.canvas.texts == ["Some words."]
        assert house.remembered == [("What is it?", "Some words.")]
        assert await outcome(house, asking) == ("done", "whole")


async def test_one_of_many_pages() -> None:
    async with a_house([*[f"{'word ' * 300}\n\n"] * 3, 60.0]) as house:
        asking = house.ask()
        await stop_after(house, asking, 8)
        assert len(asking.canvas.texts) == 3
        assert asking.canvas.texts[-1].endswith(f"word\n{STOPPED}")
        controls = asking.controls
        assert controls is not None
        assert controls.stage == "ended"
        assert (await house.answer(asking)).messages == tuple(asking.canvas.messages)


async def test_one_that_is_only_shown_when_it_is_complete() -> None:
    async with a_house() as house:
        house.mindful.scripts = [["Some ", 10.0, "words."]]
        asking = house.ask()
        await asking.answering
        question = replace(asking.question, id=1, provider="tamako")
        canvas = house.discord.canvas()
        answering = asyncio.create_task(house.service.answer(question, canvas))
        await stop_after(house, Asking(question, canvas, answering), 5)
        assert canvas.texts == [f"Some\n{STOPPED}"]


async def test_twice_is_once() -> None:
    async with a_house(LONG) as house:
        asking = house.ask()
        await asyncio.sleep(5)
        active_run = house.active_run(asking)
        house.answer_actions.stop(active_run)
        house.answer_actions.stop(active_run)
        await asking.answering
        house.answer_actions.stop(active_run)
        assert house.answer_actions.running(active_run.request.answer) is None
        assert asking.canvas.texts == [f"Some\n{STOPPED}"]


@pytest.mark.parametrize("hundredths", [*range(-3, 4), 10, 15, 20])
async def test_in_the_moment_in_which_it_is_complete(hundredths: int) -> None:
    async with a_house(["Some ", 2.0, "words."]) as house:
        asking = house.ask()
        virtual_loop().call_at(virtual_loop().time() + 2 + hundredths / 100, stop_if_under_way, house, asking)
        await asking.answering
        whole = hundredths >= 0
        assert asking.canvas.texts == ["Some words." if whole else f"Some\n{STOPPED}"]
        assert len(house.remembered) == whole
        assert await outcome(house, asking) == ("done", "whole" if whole else "stopped")


def stop_if_under_way(house: House, asking: Asking) -> None:
    """Press Stop, if it is still there."""
    if house.service.active_runs.by_question(asking.question.id) is not None:
        house.answer_actions.stop(house.active_run(asking))
