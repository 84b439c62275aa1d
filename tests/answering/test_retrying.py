"""A retry: every version stays, the history keeps the one shown last, and a failure loses nothing."""

import asyncio

import pytest

from bot.domain.controls import Controls, VersionNav
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import AlreadyAnswering, RateLimited
from bot.domain.provider import Message
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import asking as asking_again
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import make_page

BUSY = RateLimited("Chatbase", 30)
HEADLINE = small(asking_again("Chatbase"))


class TestVersions:
    """What is kept of each run, and what the history makes of it."""

    async def test_every_version_stays_and_the_history_keeps_the_one_shown_last(self) -> None:
        async with running_harness(["One."], ["Between."], ["Two."], ["Three."]) as harness:
            asking = await harness.answered("Count!")
            await harness.answered("Something else?")
            for _ in range(2):
                await harness.retry(asking)
            assert asking.canvas.texts == ["Three."]
            assert asking.version_nav == VersionNav(3, 3, "Chatbase", before=2, after=None)
            assert harness.remembered == [("Count!", "Three."), ("Something else?", "Between.")]
            answer = await harness.answer(asking)
            assert (answer.versions, answer.shown) == ((1, 2, 3), 3)
            assert [run.state for run in answer.runs] == ["done"] * 3
            assert [prompt.history for prompt in harness.stateless.prompts[2:]] == [(), ()]

    async def test_as_soon_as_its_end_is_seen_it_can_be_asked_again_and_turned(self) -> None:
        async with running_harness(["One."], ["Two."]) as harness:
            asking = harness.ask()
            harness.answer_store.slow = 1
            while asking.canvas.texts != ["One."]:
                await asyncio.sleep(0.1)
            assert not asking.task.done(), "the journal is still being written"
            again = asyncio.create_task(harness.retry(asking))
            while asking.canvas.texts != ["Two."]:
                await asyncio.sleep(0.1)
            assert not again.done()
            await harness.show_version(asking, 1)
            assert (asking.canvas.texts, asking.canvas.refusals) == (["One."], [])

    async def test_another_providers_hides_the_turn_and_turning_back_brings_it_back(self) -> None:
        async with running_harness(["One."]) as harness:
            asking = await harness.answered()
            harness.stateful.scripts = [["Mine."]]
            await harness.retry(asking, "tamako")
            assert (asking.canvas.texts, harness.remembered) == (["Mine."], [])
            assert [prompt.user_key for prompt in harness.stateful.prompts] == ["4711"]
            await harness.show_version(asking, 1)
            assert (asking.canvas.texts, harness.remembered) == (["One."], [("What is it?", "One.")])
            assert asking.version_nav == VersionNav(1, 2, "Chatbase", before=None, after=2)
            await harness.retry(asking)
            assert [len(harness.stateless.prompts), len(harness.stateful.prompts)] == [2, 1], (
                "who gave the one that is shown"
            )

    async def test_each_provider_that_is_sent_the_history_has_its_own(self) -> None:
        async with running_harness(["One."], ["Two."]) as harness:
            harness.stateful.remembers = "nothing"
            harness.stateful.scripts = [["Mine."], ["Mine, again."]]
            asking = await harness.answered()
            told = list[tuple[str, str]]()
            for provider in ("tamako", "chatbase", "tamako"):
                await harness.retry(asking, provider)
                told.extend((turn.provider, turn.answer) for turn in harness.conversations.turns.values())
            assert told == [("tamako", "Mine."), ("chatbase", "Two."), ("tamako", "Mine, again.")]
            assert len(harness.conversations.recorded) == 2, "each keeps its place"

    async def test_what_was_said_since_does_not_go_along(self) -> None:
        async with running_harness(["One."], ["Two."], ["Three."], ["Two, again."]) as harness:
            await harness.answered("1?")
            asking = await harness.answered("2?")
            await harness.answered("3?")
            await harness.retry(asking)
            assert harness.stateless.prompts[-1].history == (Message("user", "1?"), Message("assistant", "One."))
            assert [answer for _, answer in harness.remembered] == ["One.", "Two, again.", "Three."]

    async def test_answers_of_other_askers_are_left_alone(self) -> None:
        async with running_harness(["One."], [1.0, "Two."], ["One, again."]) as harness:
            asking, other = harness.ask("1?", asker=1), harness.ask("2?", asker=2)
            await asyncio.gather(asking.task, other.task)
            await harness.retry(asking)
            assert (asking.canvas.texts, other.canvas.texts) == (["One, again."], ["Two."])
            assert [turn.asker for turn in harness.conversations.turns.values()] == [1, 2]
            assert (await harness.answer(other)).versions == (1,)

    async def test_in_a_conversation_that_was_cleared_it_is_shown_and_not_remembered(self) -> None:
        async with running_harness(["One."], ["New."], ["Two."]) as harness:
            asking = await harness.answered()
            await harness.conversations.clear_conversation("chatbase", ConversationKey(1))
            await harness.answered("New?")
            await harness.retry(asking)
            assert asking.canvas.texts == ["Two."]
            assert harness.remembered == [("New?", "New.")]

    async def test_a_press_on_a_button_that_has_aged_adds_a_version_all_the_same(self) -> None:
        async with running_harness(["One."], [make_page("two"), make_page("two")], ["Three."]) as harness:
            asking = await harness.answered()
            old = await harness.answer(asking)
            await harness.retry(asking)
            await harness.retry(asking, answer=old)
            assert asking.canvas.texts == ["Three."]
            assert asking.version_nav == VersionNav(3, 3, "Chatbase", before=2, after=None)
            assert harness.remembered == [("What is it?", "Three.")]


class TestWhileItRuns:
    """What people see while an answer that is already there is asked again."""

    async def test_a_line_says_so_until_there_is_text_and_the_turn_can_be_stopped(self) -> None:
        async with running_harness(["One."], [3.0, "Two", 3.0, "."]) as harness:
            asking = await harness.answered()
            answer = await harness.answer(asking)
            retrying = asyncio.create_task(harness.retry(asking))
            await asyncio.sleep(1)
            assert asking.canvas.texts == [HEADLINE]
            assert asking.controls == Controls(answer.id, "running")
            await asyncio.sleep(3)
            assert asking.canvas.texts == ["Two ▌"]
            await retrying
            assert asking.canvas.texts == ["Two."]

    async def test_two_at_once_are_one_and_the_second_is_told(self) -> None:
        async with running_harness(["One."], [3.0, "Two."]) as harness:
            asking = await harness.answered()
            await asyncio.gather(harness.retry(asking), harness.retry(asking))
            assert asking.canvas.refusals == [small(explain(AlreadyAnswering()))]
            assert asking.canvas.texts == ["Two."]
            assert (await harness.answer(asking)).versions == (1, 2)

    async def test_it_waits_for_its_turn_like_any_question(self) -> None:
        async with running_harness(["One."], [5.0, "Other."], ["Two."]) as harness:
            asking = await harness.answered()
            other = harness.ask()
            await asyncio.sleep(1)
            await harness.retry(asking)
            assert other.task.done()
            assert asking.canvas.texts == ["Two."]

    @pytest.mark.parametrize("pages", [1, 2, 3, 4])
    async def test_pages_are_written_over_added_and_taken_away(self, pages: int) -> None:
        new = [make_page(f"new{number}") for number in range(pages)]
        async with running_harness([make_page("old")] * 3, new) as harness:
            asking = await harness.answered()
            first = list(asking.canvas.messages)
            await harness.retry(asking)
            now = list(asking.canvas.messages)
            assert now[:3] == first[:pages]
            assert [text.split()[0] for text in asking.canvas.texts] == [f"new{number}" for number in range(pages)]
            assert (await harness.answer(asking)).messages == tuple(now)
            assert asking.version_nav == VersionNav(2, 2, "Chatbase", before=1, after=None)

    async def test_a_page_that_somebody_took_away_is_posted_again(self) -> None:
        async with running_harness(
            [make_page("old"), make_page("old")], [make_page("new"), make_page("new")]
        ) as harness:
            asking = await harness.answered()
            first, second = asking.canvas.messages
            del asking.canvas.messages[second]
            await harness.retry(asking)
            assert [text.split()[0] for text in asking.canvas.texts] == ["new", "new"]
            assert (await harness.answer(asking)).messages == tuple(asking.canvas.messages)
            assert first in asking.canvas.messages

    async def test_one_that_disappears_while_it_is_written_ends_there(self) -> None:
        async with running_harness(["One."], ["Two", 3.0, " and", 3.0, " more."]) as harness:
            asking = await harness.answered()
            retrying = asyncio.create_task(harness.retry(asking))
            await asyncio.sleep(2)
            asking.canvas.messages.clear()
            await retrying
            assert asking.canvas.texts == []
            answer = await harness.answer(asking)
            assert (answer.versions, answer.shown, answer.runs[1].outcome) == ((1,), 1, "lost")
