"""A kill at any moment: after the next start, Discord shows what the database says."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.answer import Answer
from bot.domain.errors import Interrupted, RateLimited
from bot.streaming.canvas import Unavailable
from bot.streaming.renderer import CURSOR
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import could_not_show, cut_off
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import CONTROLS, AskedQuestion, CrashedState, Harness, kill, running_harness
from tests.fakes.providers_and_stores import make_page
from tests.virtual_time import run_virtual

SLOW_JOURNAL = 0.07
"""Seconds that each write takes here, so that kills fall in between."""

Story = Callable[[Harness], Awaitable[AskedQuestion]]
"""Something that happens to a question; returns it once all is over."""


async def first(harness: Harness) -> AskedQuestion:
    """Answer a question."""
    harness.stateless.scripts = [[0.3, "One ", 0.4, "is ", 0.8, "the answer."]]
    return await harness.answered()


async def pages(harness: Harness) -> AskedQuestion:
    """Answer at length."""
    harness.stateless.scripts = [[0.1, make_page("one"), 0.4, make_page("two"), 0.4, make_page("three")]]
    return await harness.answered()


async def failing(harness: Harness) -> AskedQuestion:
    """Fail to answer."""
    harness.stateless.scripts = [[0.2, RateLimited("Chatbase", 30)]]
    return await harness.answered()


async def at_once(harness: Harness) -> AskedQuestion:
    """Answer all in one."""
    harness.stateless.scripts = [[make_page("one") + make_page("two")]]
    return await harness.answered()


async def waiting(harness: Harness) -> AskedQuestion:
    """Wait behind another question, and then be answered."""
    harness.stateless.scripts = [[3.0, "Other."], [0.2, "One."]]
    harness.ask("Other?", asker=2)
    return await harness.answered()


async def again(harness: Harness) -> AskedQuestion:
    """Ask again, for fewer pages than before."""
    harness.stateless.scripts = [
        [make_page("one"), make_page("two"), make_page("three")],
        [0.3, "Two ", 0.8, make_page("pages")],
    ]
    asking = await harness.answered()
    await harness.retry(asking)
    return asking


async def again_in_vain(harness: Harness) -> AskedQuestion:
    """Ask again, and fail."""
    harness.stateless.scripts = [[make_page("one"), make_page("two")], [0.3, RateLimited("Chatbase", 30)]]
    asking = await harness.answered()
    await harness.retry(asking)
    return asking


async def again_later(harness: Harness) -> AskedQuestion:
    """Ask again, and wait for the turn."""
    harness.stateless.scripts = [["One."], [3.0, "Other."], [0.3, "Two."]]
    asking = await harness.answered()
    harness.ask("Other?", asker=2)
    await asyncio.sleep(0.1)
    await harness.retry(asking)
    return asking


STORIES: list[Story] = [first, pages, failing, at_once, waiting, again, again_in_vain, again_later]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_at_every_moment(story: Story) -> None:
    for crashed, question in run_virtual(killed_at_every_moment(story)):
        run_virtual(start_again(crashed, question))


@pytest.mark.parametrize("seconds", [1.0, 5.0], ids=["growing", "complete"])
async def test_what_discord_was_not_there_for_is_repaired_at_the_next_start(seconds: float) -> None:
    async with running_harness(["Some ", 3.0, "words."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(min(seconds, 2.9))
        asking.canvas.faults = [Unavailable() for _ in range(30)]
        await asking.task
        assert asking.canvas.texts == ["Some ▌"]
        assert asking.canvas.direct_messages == [could_not_show(1)]
        assert harness.remembered == []
        crashed = kill(harness)
    await start_again(crashed, asking.question.id)


async def test_what_could_not_be_marked_before_the_end_is_marked_at_the_next_start() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(3)
        asking.canvas.faults = [Unavailable() for _ in range(30)]
        await harness.service.drain(1)
    await asking.task
    await start_again(kill(harness), asking.question.id)


async def killed_at_every_moment(story: Story) -> list[tuple[CrashedState, int]]:
    """Play a story; return what a kill would have left at each moment of it, and whose question it is about."""
    all_crashed = list[CrashedState]()
    async with running_harness() as harness:
        harness.answer_store.slow = SLOW_JOURNAL
        playing = asyncio.ensure_future(story(harness))
        while not playing.done():
            await asyncio.sleep(0.033)
            all_crashed.append(kill(harness))
        question = (await playing).question.id
    return [(crashed, question) for crashed in all_crashed if question in crashed.messages]


async def start_again(crashed: CrashedState, question: int) -> None:
    """Start the next process, and check that what it shows is true."""
    async with running_harness(["Again."], after=crashed) as harness:
        canvases = {number: harness.discord.reopened(messages) for number, messages in crashed.messages.items()}
        await harness.recover(lambda answer: canvases[answer.question_id])
        assert harness.answer_store.unfinished() == []
        canvas, answer = canvases[question], await harness.answer_store.answer_to(question)
        if answer is None:
            assert canvas.texts == [], "it came to its end before anybody took note of the question"
            return
        hold(harness, answer, canvas)
        await harness.answer_actions.retry(answer, None, canvas)
        assert canvas.texts == ["Again."]
        assert own_turns(harness) == ["Again."]


def hold(harness: Harness, answer: Answer, canvas: FakeCanvas) -> None:
    """Check that what is shown is what is stored, and what a reader expects."""
    for sign in (CURSOR, "AskedQuestion Chatbase again", "You're in line"):
        assert not [text for text in canvas.texts if sign in text]
    *others, last = canvas.frames
    assert [frame.controls for frame in others] == [None] * len(others)
    assert last.controls == CONTROLS.finished(
        answer.id, answer.versions, answer.shown, answer.shown_provider, has_others=True
    )
    assert answer.messages == tuple(canvas.messages)
    sentences = (cut_off(begun=True), cut_off(begun=False), small(explain(Interrupted())))
    was_cut_off = any(sentence in last.text for sentence in sentences)
    assert was_cut_off == (answer.runs[0].outcome == "interrupted")
    shown = " ".join(" ".join(canvas.texts).split())
    for turn in own_turns(harness):
        assert shown.startswith(" ".join(turn.split())), "only what somebody saw is remembered"
        assert not was_cut_off


def own_turns(harness: Harness) -> list[str]:
    """Return the answers to the question that are remembered."""
    return [text for question, text in harness.remembered if question != "Other?"]
