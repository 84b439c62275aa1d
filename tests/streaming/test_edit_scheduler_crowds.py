"""The edit scheduler with many answers at once: within every limit, none frozen, all in a fair order."""

import asyncio
import random
from itertools import count, pairwise

import pytest

from bench.schedules import last_final
from bot.streaming.rate_limiter import GLOBAL_LIMIT
from tests.fakes.canvas import Delay, FakeCanvas, RunningScheduler, a_tenth, running_scheduler
from tests.virtual_time import virtual_loop

LONGEST_GAP = 2.0
"""Max seconds between two edits of a running answer."""


def uneven_delays(seed: int) -> Delay:
    """Return delays like those of a real network: mostly short, now and then a third of a second."""
    chance = random.Random(seed)
    return lambda: (chance.choice([0.02, 0.05, 0.1, 0.2]), chance.choice([0.02, 0.05, 0.1]))


async def answer(running: RunningScheduler, canvas: FakeCanvas, seconds: float, *, every: float = 0.1) -> float:
    """Show an answer that takes `seconds`, and return how long its last edit took."""
    live = running.scheduler.open(canvas)
    for number in range(round(seconds / every)):
        live.push(f"word{number} ")
        await asyncio.sleep(every)
    ended_at = virtual_loop().time()
    await live.finish()
    return virtual_loop().time() - ended_at


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_twenty_answers_in_twenty_channels_never_freeze(sliding: bool) -> None:
    async with running_scheduler(sliding=sliding, delay=uneven_delays(1)) as running:
        canvases = [running.discord.canvas(channel) for channel in range(20)]
        late = await asyncio.gather(*(answer(running, canvas, 60) for canvas in canvases))
    assert max(late) < LONGEST_GAP
    for canvas in canvases:
        times = [each.at for each in canvas.seen]
        assert max(later - earlier for earlier, later in pairwise(times)) <= LONGEST_GAP
        assert " ".join(canvas.texts) == " ".join(f"word{number}" for number in range(600))


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_six_answers_in_a_row_in_one_channel_are_all_whole(sliding: bool) -> None:
    async with running_scheduler(sliding=sliding, delay=uneven_delays(2)) as running:
        canvases = [running.discord.canvas() for _ in range(6)]
        late = [await answer(running, canvas, seconds=0.5) for canvas in canvases]
    assert [canvas.texts for canvas in canvases] == [["word0 word1 word2 word3 word4"]] * 6
    assert max(late) < 5.5


@pytest.mark.parametrize("tenths", range(31, 95, 7))
@pytest.mark.parametrize("waiting", [False, True], ids=["alone", "with-a-queue"])
async def test_answers_that_follow_each_other_in_one_channel_never_freeze(tenths: int, waiting: bool) -> None:
    """Each one ends at another moment of Discord's window."""
    async with running_scheduler(delay=lambda: (0.015, 0.015)) as running:
        canvases, late = [running.discord.canvas() for _ in range(8)], list[float]()
        note = running.scheduler.open_notice(running.discord.canvas())
        for number, canvas in enumerate(canvases):
            if waiting:
                note.show_placeholder(f"{len(canvases) - number} questions before it")
            late.append(await answer(running, canvas, tenths / 10))
        await note.finish(["gone"])
    gaps = [later.at - earlier.at for canvas in canvases for earlier, later in pairwise(canvas.seen)]
    assert max(gaps) <= 1.25 * 1.25
    # An answer that starts with few free slots may have used the one that is kept for its end.
    assert max(late) <= 1.25 * 1.25
    assert sorted(late)[len(late) // 2] < 0.05


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_two_hundred_at_once_end_in_the_order_in_which_they_ended(sliding: bool) -> None:
    async with running_scheduler(sliding=sliding) as running:
        canvases = [running.discord.canvas(channel) for channel in range(200)]
        lives = [running.scheduler.open(canvas) for canvas in canvases]
        for live in lives:
            live.push("The beginning")
        started = virtual_loop().time()
        await asyncio.gather(*(live.finish(["-# The end."]) for live in lives))
        took = virtual_loop().time() - started
    assert all(canvas.texts == ["The beginning\n-# The end."] for canvas in canvases)
    # The first ones were created before, as progress, and are edited now, at some 44 requests a second.
    assert took < (200 + GLOBAL_LIMIT) / GLOBAL_LIMIT * 1.1 + 1
    last = [canvas.calls[-1].at for canvas in canvases[GLOBAL_LIMIT:]]
    assert last == sorted(last)


@pytest.mark.parametrize("delay", [0.0, 0.015, 0.035])
async def test_two_hundred_finals_go_as_fast_as_the_limit_allows(delay: float) -> None:
    """They end within two seconds, when their progress has used up the limit."""
    async with running_scheduler(delay=lambda: (delay, delay)) as running:
        canvases = [running.discord.canvas(channel) for channel in range(200)]
        begun = virtual_loop().time()
        await asyncio.gather(*(answer(running, canvas, 6, every=0.1 + n / 6000) for n, canvas in enumerate(canvases)))
        took = virtual_loop().time() - begun
    ends = [60 * (0.1 + number / 6000) for number in range(200)]
    assert took - ends[-1] <= 1.25 * last_final(ends)


async def test_a_first_text_goes_before_the_progress_of_a_crowd() -> None:
    async with running_scheduler() as running:
        crowd = [asyncio.create_task(answer(running, running.discord.canvas(channel), 12)) for channel in range(100)]
        await asyncio.sleep(8)
        canvas = running.discord.canvas(100)
        live = running.scheduler.open(canvas)
        live.push("Hello")
        asked_at = virtual_loop().time()
        await asyncio.gather(live.finish(), *crowd)
    assert canvas.calls[0].at - asked_at < 0.1


async def test_a_first_text_after_a_placeholder_goes_before_it_too() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(100)
        old = running.scheduler.open(canvas)
        await old.finish(["An old answer."])
        crowd = [asyncio.create_task(answer(running, running.discord.canvas(channel), 18)) for channel in range(100)]
        live = running.scheduler.open(canvas, shown=old.messages)
        live.show_placeholder("-# Asking…")
        await asyncio.sleep(14)
        assert canvas.texts == ["-# Asking…"]
        asked_at = virtual_loop().time()
        live.push("Hello")
        await asyncio.sleep(1)
        assert canvas.calls[-1].frame.text == "Hello ▌"
        assert canvas.calls[-1].at - asked_at < 0.1
        await asyncio.gather(live.finish(), *crowd)


async def test_finals_go_before_progress_and_then_the_longest_unseen() -> None:
    sent = count()
    # No two arrive at the same moment, so they are seen in the order in which they were sent.
    async with running_scheduler(delay=lambda: (0.05 + next(sent) / 1000, 0.05)) as running:
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.start_other()
        names, canvases = "abcd", [running.discord.canvas(channel) for channel in range(4)]
        lives = dict(zip(names, map(running.scheduler.open, canvases), strict=True))
        for name in "cabd":
            lives[name].push(name)
            await asyncio.sleep(0.1)
        lives["c"].push("more")
        finishing = [asyncio.create_task(lives[name].finish()) for name in "db"]
        await asyncio.sleep(0.1)
        running.discord.seen.clear()
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.finish_other(virtual_loop().time())
        await asyncio.gather(*finishing)
        await asyncio.sleep(0.5)
        assert [each.frame.text[0] for each in running.discord.seen] == ["d", "b", "c", "a"]
        await asyncio.gather(lives["a"].finish(), lives["c"].finish())


async def test_the_longest_unseen_counts_from_the_first_text_that_is_not_shown() -> None:
    async with running_scheduler() as running:
        canvases = {name: running.discord.canvas(channel) for channel, name in enumerate("ab")}
        lives = {name: running.scheduler.open(canvas) for name, canvas in canvases.items()}
        for name in "ba":
            lives[name].push(name)
        await asyncio.sleep(0.2)
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.start_other()
        for name in "aba":
            lives[name].push(f" {name}")
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        running.discord.seen.clear()
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.finish_other(virtual_loop().time())
        await asyncio.sleep(1.5)
        assert [each.frame.text[0] for each in running.discord.seen] == ["a", "b"]
        await asyncio.gather(*(live.finish() for live in lives.values()))


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
async def test_answers_that_share_a_channel_stay_within_its_limits_under_a_full_load(sliding: bool) -> None:
    async with running_scheduler(sliding=sliding, delay=uneven_delays(3)) as running:
        canvases = [running.discord.canvas(channel % 12) for channel in range(72)]
        await asyncio.gather(*(answer(running, canvas, 20, every=0.5) for canvas in canvases))
    assert all(canvas.texts == [" ".join(f"word{number}" for number in range(40))] for canvas in canvases)


async def test_interactions_do_not_wait_for_the_global_limit() -> None:
    async with running_scheduler(delay=a_tenth) as running:
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.start_other()
        canvas = running.discord.canvas()
        canvas.behaviour.counted = False
        assert await answer(running, canvas, 3) <= 0.3
        for _ in range(GLOBAL_LIMIT):
            running.rate_limiter.finish_other(virtual_loop().time())
    assert len(canvas.calls) >= 3
