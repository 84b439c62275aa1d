"""A kill at any moment: after the next start Discord shows the truth, and the database says the same."""

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
from tests.fakes.harness import CONTROLS, Asking, House, Ruins, a_house, kill
from tests.fakes.providers_and_stores import a_page
from tests.virtual_time import run_virtual

SLOW_JOURNAL = 0.07
"""Seconds that each write of the journal takes here, so that kills fall in between."""

Story = Callable[[House], Awaitable[Asking]]
"""Something that happens to a question; returns it once all is over."""


async def first(house: House) -> Asking:
    """Answer a question."""
    house.forgetful.scripts = [[0.3, "One ", 0.4, "is ", 0.8, "the answer."]]
    return await house.answered()


async def pages(house: House) -> Asking:
    """Answer at length."""
    house.forgetful.scripts = [[0.1, a_page("one"), 0.4, a_page("two"), 0.4, a_page("three")]]
    return await house.answered()


async def failing(house: House) -> Asking:
    """Fail to answer."""
    house.forgetful.scripts = [[0.2, RateLimited("Chatbase", 30)]]
    return await house.answered()


async def at_once(house: House) -> Asking:
    """Answer all in one."""
    house.forgetful.scripts = [[a_page("one") + a_page("two")]]
    return await house.answered()


async def waiting(house: House) -> Asking:
    """Wait behind another question, and then be answered."""
    house.forgetful.scripts = [[3.0, "Other."], [0.2, "One."]]
    house.ask("Other?", asker=2)
    return await house.answered()


async def again(house: House) -> Asking:
    """Ask again, for fewer pages than before."""
    house.forgetful.scripts = [[a_page("one"), a_page("two"), a_page("three")], [0.3, "Two ", 0.8, a_page("pages")]]
    asking = await house.answered()
    await house.retry(asking)
    return asking


async def again_in_vain(house: House) -> Asking:
    """Ask again, and fail."""
    house.forgetful.scripts = [[a_page("one"), a_page("two")], [0.3, RateLimited("Chatbase", 30)]]
    asking = await house.answered()
    await house.retry(asking)
    return asking


async def again_later(house: House) -> Asking:
    """Ask again, and wait for the turn."""
    house.forgetful.scripts = [["One."], [3.0, "Other."], [0.3, "Two."]]
    asking = await house.answered()
    house.ask("Other?", asker=2)
    await asyncio.sleep(0.1)
    await house.retry(asking)
    return asking


STORIES: list[Story] = [first, pages, failing, at_once, waiting, again, again_in_vain, again_later]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_at_every_moment(story: Story) -> None:
    for ruins, question in run_virtual(killed_at_every_moment(story)):
        run_virtual(start_again(ruins, question))


@pytest.mark.parametrize("seconds", [1.0, 5.0], ids=["growing", "complete"])
async def test_what_discord_was_not_there_for_is_repaired_at_the_next_start(seconds: float) -> None:
    async with a_house(["Some ", 3.0, "words."]) as house:
        asking = house.ask()
        await asyncio.sleep(min(seconds, 2.9))
        asking.canvas.faults = [Unavailable() for _ in range(30)]
        await asking.answering
        assert asking.canvas.texts == ["Some ▌"]
        assert asking.canvas.direct_messages == [could_not_show(1)]
        assert house.remembered == []
        ruins = kill(house)
    await start_again(ruins, asking.question.id)


async def test_what_could_not_be_marked_before_the_end_is_marked_at_the_next_start() -> None:
    async with a_house(["Some ", 60.0, "words."]) as house:
        asking = house.ask()
        await asyncio.sleep(3)
        asking.canvas.faults = [Unavailable() for _ in range(30)]
        await house.service.drain(1)
    await asking.answering
    await start_again(kill(house), asking.question.id)


async def killed_at_every_moment(story: Story) -> list[tuple[Ruins, int]]:
    """Play a story; return what a kill would have left at each moment of it, and whose question it is about."""
    all_ruins = list[Ruins]()
    async with a_house() as house:
        house.answer_store.slow = SLOW_JOURNAL
        playing = asyncio.ensure_future(story(house))
        while not playing.done():
            await asyncio.sleep(0.033)
            all_ruins.append(kill(house))
        question = (await playing).question.id
    return [(ruins, question) for ruins in all_ruins if question in ruins.messages]


async def start_again(ruins: Ruins, question: int) -> None:
    """Start the next process, and hold what it makes of the ruins to the truth."""
    async with a_house(["Again."], after=ruins) as house:
        canvases = {number: house.discord.reopened(messages) for number, messages in ruins.messages.items()}
        await house.recover(lambda answer: canvases[answer.question_id])
        assert await house.answer_store.unfinished() == []
        canvas, answer = canvases[question], await house.answer_store.answer_to(question)
        if answer is None:
            assert canvas.texts == [], "it came to its end before anybody took note of the question"
            return
        hold(house, answer, canvas)
        await house.answer_actions.retry(answer, None, canvas)
        assert canvas.texts == ["Again."]
        assert own_turns(house) == ["Again."]


def hold(house: House, answer: Answer, canvas: FakeCanvas) -> None:
    """Hold what is shown to what is stored, and both to what a reader may expect."""
    for sign in (CURSOR, "Asking Chatbase again", "You're in line"):
        assert not [text for text in canvas.texts if sign in text]
    *others, last = canvas.frames
    assert [frame.controls for frame in others] == [None] * len(others)
    assert last.controls == CONTROLS.finished(answer.id, answer.versions, answer.shown)
    assert answer.messages == tuple(canvas.messages)
    sentences = (cut_off(begun=True), cut_off(begun=False), small(explain(Interrupted())))
    was_cut_off = any(sentence in last.text for sentence in sentences)
    assert was_cut_off == (answer.runs[0].outcome == "interrupted")
    shown = " ".join(" ".join(canvas.texts).split())
    for turn in own_turns(house):
        assert shown.startswith(" ".join(turn.split())), "only what somebody saw is remembered"
        assert not was_cut_off


def own_turns(house: House) -> list[str]:
    """Return the answers to the question that are remembered."""
    return [text for question, text in house.remembered if question != "Other?"]
