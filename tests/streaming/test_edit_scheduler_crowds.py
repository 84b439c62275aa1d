"""The live painter with many answers at once: within every limit, nobody frozen, everybody in a fair order."""

import asyncio
import random
from itertools import count, pairwise

import pytest

from bench.schedules import last_final
from bot.streaming.rate_limits import GLOBAL_LIMIT
from tests.fakes.canvas import Delay, Sheet, Studio, a_studio, a_tenth
from tests.virtual_time import virtual_loop

LONGEST_GAP = 2.0
"""Seconds for which a running answer may stand still."""


def an_uneven_line(seed: int) -> Delay:
    """Return delays as of a real network: mostly short, now and then a third of a second there and back."""
    chance = random.Random(seed)
    return lambda: (chance.choice([0.02, 0.05, 0.1, 0.2]), chance.choice([0.02, 0.05, 0.1]))


async def answer(studio: Studio, sheet: Sheet, seconds: float, *, every: float = 0.1) -> float:
    """Show an answer of so many seconds in whole, and return how long its last edit took."""
    live = studio.scheduler.open(sheet)
    for number in range(round(seconds / every)):
        live.push(f"word{number} ")
        await asyncio.sleep(every)
    ended_at = virtual_loop().time()
    await live.finish()
    return virtual_loop().time() - ended_at


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_twenty_answers_in_twenty_channels_never_stand_still(sliding: bool) -> None:
    async with a_studio(sliding=sliding, delay=an_uneven_line(1)) as studio:
        sheets = [studio.paper.canvas(channel) for channel in range(20)]
        late = await asyncio.gather(*(answer(studio, sheet, 60) for sheet in sheets))
    assert max(late) < LONGEST_GAP
    for sheet in sheets:
        times = [sight.at for sight in sheet.sights]
        assert max(later - earlier for earlier, later in pairwise(times)) <= LONGEST_GAP
        assert " ".join(sheet.texts) == " ".join(f"word{number}" for number in range(600))


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_six_answers_in_a_row_in_one_channel_are_all_whole(sliding: bool) -> None:
    async with a_studio(sliding=sliding, delay=an_uneven_line(2)) as studio:
        sheets = [studio.paper.canvas() for _ in range(6)]
        late = [await answer(studio, sheet, seconds=0.5) for sheet in sheets]
    assert [sheet.texts for sheet in sheets] == [["word0 word1 word2 word3 word4"]] * 6
    assert max(late) < 5.5


@pytest.mark.parametrize("tenths", range(31, 95, 7))
@pytest.mark.parametrize("waiting", [False, True], ids=["alone", "with-others-in-line"])
async def test_answers_that_follow_each_other_in_one_channel_never_stand_still(tenths: int, waiting: bool) -> None:
    """The end of each falls into another moment of Discord's window."""
    async with a_studio(delay=lambda: (0.015, 0.015)) as studio:
        sheets, late = [studio.paper.canvas() for _ in range(8)], list[float]()
        note = studio.scheduler.open_notice(studio.paper.canvas())
        for number, sheet in enumerate(sheets):
            if waiting:
                note.show_placeholder(f"{len(sheets) - number} questions before it")
            late.append(await answer(studio, sheet, tenths / 10))
        await note.finish(["gone"])
    gaps = [later.at - earlier.at for sheet in sheets for earlier, later in pairwise(sheet.sights)]
    assert max(gaps) <= 1.25 * 1.25
    # One that begins with what the one before left may have used up what was kept for its own end.
    assert max(late) <= 1.25 * 1.25
    assert sorted(late)[len(late) // 2] < 0.05


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_two_hundred_at_once_end_in_the_order_in_which_they_ended(sliding: bool) -> None:
    async with a_studio(sliding=sliding) as studio:
        sheets = [studio.paper.canvas(channel) for channel in range(200)]
        lives = [studio.scheduler.open(sheet) for sheet in sheets]
        for live in lives:
            live.push("The beginning")
        started = virtual_loop().time()
        await asyncio.gather(*(live.finish(["-# The end."]) for live in lives))
        took = virtual_loop().time() - started
    assert all(sheet.texts == ["The beginning\n-# The end."] for sheet in sheets)
    # The first ones had gone out as progress already, and so are created twice over, at some 44 requests a second.
    assert took < (200 + GLOBAL_LIMIT) / GLOBAL_LIMIT * 1.1 + 1
    last = [sheet.calls[-1].at for sheet in sheets[GLOBAL_LIMIT:]]
    assert last == sorted(last)


@pytest.mark.parametrize("way", [0.0, 0.015, 0.035])
async def test_two_hundred_finals_leave_as_fast_as_the_limit_lets_them(way: float) -> None:
    """They end within two seconds, after their progress has used the limit up."""
    async with a_studio(delay=lambda: (way, way)) as studio:
        sheets = [studio.paper.canvas(channel) for channel in range(200)]
        begun = virtual_loop().time()
        await asyncio.gather(*(answer(studio, sheet, 6, every=0.1 + n / 6000) for n, sheet in enumerate(sheets)))
        took = virtual_loop().time() - begun
    ends = [60 * (0.1 + number / 6000) for number in range(200)]
    assert took - ends[-1] <= 1.25 * last_final(ends)


async def test_a_first_text_goes_before_the_progress_of_a_crowd() -> None:
    async with a_studio() as studio:
        crowd = [asyncio.create_task(answer(studio, studio.paper.canvas(channel), 12)) for channel in range(100)]
        await asyncio.sleep(8)
        sheet = studio.paper.canvas(100)
        live = studio.scheduler.open(sheet)
        live.push("Hello")
        asked_at = virtual_loop().time()
        await asyncio.gather(live.finish(), *crowd)
    assert sheet.calls[0].at - asked_at < 0.1


async def test_finals_go_before_progress_and_then_whoever_is_unseen_longest() -> None:
    sent = count()
    # None arrives at the same moment as another, so that they are seen in the order in which they were sent.
    async with a_studio(delay=lambda: (0.05 + next(sent) / 1000, 0.05)) as studio:
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.start_other()
        names, sheets = "abcd", [studio.paper.canvas(channel) for channel in range(4)]
        lives = dict(zip(names, map(studio.scheduler.open, sheets), strict=True))
        for name in "cabd":
            lives[name].push(name)
            await asyncio.sleep(0.1)
        lives["c"].push("more")
        finishing = [asyncio.create_task(lives[name].finish()) for name in "db"]
        await asyncio.sleep(0.1)
        studio.paper.sights.clear()
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.finish_other(virtual_loop().time())
        await asyncio.gather(*finishing)
        await asyncio.sleep(0.5)
        assert [sight.frame.text[0] for sight in studio.paper.sights] == ["d", "b", "c", "a"]
        await asyncio.gather(lives["a"].finish(), lives["c"].finish())


async def test_who_is_unseen_longest_counts_from_the_first_text_that_is_not_shown() -> None:
    async with a_studio() as studio:
        sheets = {name: studio.paper.canvas(channel) for channel, name in enumerate("ab")}
        lives = {name: studio.scheduler.open(sheet) for name, sheet in sheets.items()}
        for name in "ba":
            lives[name].push(name)
        await asyncio.sleep(0.2)
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.start_other()
        for name in "aba":
            lives[name].push(f" {name}")
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        studio.paper.sights.clear()
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.finish_other(virtual_loop().time())
        await asyncio.sleep(1.5)
        assert [sight.frame.text[0] for sight in studio.paper.sights] == ["a", "b"]
        await asyncio.gather(*(live.finish() for live in lives.values()))


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_answers_that_share_a_channel_stay_within_its_limits_under_a_full_load(sliding: bool) -> None:
    async with a_studio(sliding=sliding, delay=an_uneven_line(3)) as studio:
        sheets = [studio.paper.canvas(channel % 12) for channel in range(72)]
        await asyncio.gather(*(answer(studio, sheet, 20, every=0.5) for sheet in sheets))
    assert all(sheet.texts == [" ".join(f"word{number}" for number in range(40))] for sheet in sheets)


async def test_interactions_do_not_wait_for_the_limit_over_everything() -> None:
    async with a_studio(delay=a_tenth) as studio:
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.start_other()
        sheet = studio.paper.canvas()
        sheet.counted = False
        assert await answer(studio, sheet, 3) <= 0.3
        for _ in range(GLOBAL_LIMIT):
            studio.rate_limiter.finish_other(virtual_loop().time())
    assert len(sheet.calls) >= 3
