"""Answers that are written at once in one channel: how long nobody sees anything new of one, and when each is whole.

Discord takes five edits in 5 s there. One is kept for an answer's end, so there is a progress edit each 1.25 s.
"""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.streaming.rate_limit_bucket import MARGIN
from tests.examples import share_of_examples
from tests.fakes.canvas import FakeCanvas, RunningScheduler, running_scheduler
from tests.virtual_time import run_virtual, virtual_loop

PACE, WINDOW = 1.25, 5.0
EVERY = 0.05
"""Seconds between two pieces of an answer: so much later than what was sent before is the next that is unseen."""


class Channel:
    """A channel in which answers are written; a request and its response take `trip` seconds."""

    def __init__(self, running: RunningScheduler, trip: float) -> None:
        self._running = running
        self._trip = trip
        self._canvases: list[FakeCanvas] = []
        self.final_waits: list[float] = []
        """Seconds from each answer's end until it was whole."""
        self.first_waits: list[float] = []
        """Seconds from each answer's first text until that was sent."""

    async def answer(self, seconds: float, piece: str = "word ") -> None:
        """Write an answer that takes so long, and ends as another of the channel may begin."""
        canvas = self._running.discord.canvas()
        self._canvases.append(canvas)
        live, count = self._running.scheduler.open(canvas), max(1, round(seconds / EVERY))
        began = virtual_loop().time()
        for _ in range(count):
            live.push(piece)
            await asyncio.sleep(EVERY)
        ended = virtual_loop().time()
        await live.finish()
        self.final_waits.append(virtual_loop().time() - ended)
        self.first_waits.append(canvas.calls[0].at - began)
        assert " ".join(canvas.texts).split() == (piece * count).split()

    async def one_by_one(self, lengths: Sequence[float]) -> None:
        """Write answers that take so many seconds, each as the one before is whole."""
        for seconds in lengths:
            await self.answer(seconds)

    @property
    def longest_gap(self) -> float:
        """The longest time in which nobody saw anything new of a running answer."""
        return max(later.at - earlier.at for canvas in self._canvases for earlier, later in pairwise(canvas.seen))

    def longest(self, seconds: float) -> float:
        """Return how long something may take that takes `seconds` itself: two round trips more, and what is rounded."""
        return seconds + 2 * self._trip + MARGIN + EVERY


def play(*chains: Sequence[float], trip: float = 0.1) -> Channel:
    """Write chains of answers side by side in one channel, and hold them to what they may take in any case."""

    async def write() -> Channel:
        async with running_scheduler(delay=lambda: (trip / 2, trip / 2)) as running:
            channel = Channel(running, trip)
            await asyncio.gather(*map(channel.one_by_one, chains))
            return channel

    channel = run_virtual(write())
    assert channel.longest_gap <= channel.longest(WINDOW)
    assert max(channel.final_waits) <= channel.longest(WINDOW)
    return channel


@pytest.mark.parametrize("trip", [0.01, 0.15])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_while_none_ends_they_take_turns(count: int, trip: float) -> None:
    channel = play(*[[20.0]] * count, trip=trip)
    assert max(channel.first_waits) == 0
    assert channel.longest_gap <= channel.longest(PACE * count)


@pytest.mark.parametrize("short", [0.2, 0.6, 1.0, 1.5, 2.5])
@pytest.mark.parametrize("beside", [1, 2])
def test_long_ones_go_on_beside_many_short_ones(beside: int, short: float) -> None:
    play(*[[20.0]] * beside, *[[short] * 8] * (3 - beside))


LENGTHS = st.lists(st.sampled_from([0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 12.0]), min_size=1, max_size=6)


@share_of_examples(0.5)
@given(st.lists(LENGTHS, min_size=2, max_size=3), st.sampled_from([0.01, 0.1, 0.3]))
def test_nobody_stands_still_for_over_a_window_while_others_end_and_begin(
    chains: Sequence[Sequence[float]], trip: float
) -> None:
    play(*chains, trip=trip)


@pytest.mark.parametrize("seconds", [4.0, 4.4, 5.6, 6.6, 8.6, 12.0])
def test_six_askers_have_whole_answers_soon(seconds: float) -> None:
    async def ask() -> float:
        async with running_scheduler(delay=lambda: (0.05, 0.05)) as running:
            channel, places = Channel(running, 0.1), asyncio.Semaphore(3)
            began = virtual_loop().time()

            async def ask_one() -> None:
                async with places:
                    await channel.answer(seconds)

            await asyncio.gather(*(ask_one() for _ in range(6)))
            assert max(channel.first_waits) == 0
            return virtual_loop().time() - began

    assert run_virtual(ask()) <= 2 * seconds + 6


async def test_pages_turn_without_anybody_standing_still() -> None:
    async with running_scheduler() as running:
        channel = Channel(running, 0.1)
        # A page of each in 4 s: together nearly as many new messages as Discord takes.
        await asyncio.gather(*(channel.answer(16.0, "a word and more of them ") for _ in range(3)))
    assert channel.longest_gap <= channel.longest(WINDOW)
    assert max(channel.final_waits) <= channel.longest(WINDOW)


async def test_those_who_wait_hold_up_no_first_text_and_no_end() -> None:
    async with running_scheduler() as running:
        channel = Channel(running, 0.1)
        notices = [running.scheduler.open_notice(running.discord.canvas()) for _ in range(10)]

        async def wait() -> None:
            await asyncio.sleep(3)
            for number, notice in enumerate(notices):
                notice.show_placeholder(f"{number} ahead")
            await asyncio.sleep(12)
            await asyncio.gather(*(notice.remove() for notice in notices))

        await asyncio.gather(wait(), *map(channel.one_by_one, [[6.0, 6.0]] * 3))
    assert max(channel.first_waits) == 0
    assert channel.longest_gap <= channel.longest(WINDOW)
    assert max(channel.final_waits) <= channel.longest(WINDOW)


async def test_a_first_text_in_a_message_from_before_goes_at_once_too() -> None:
    async with running_scheduler() as running:
        channel, canvas = Channel(running, 0.1), running.discord.canvas()
        old = running.scheduler.open(canvas)
        await old.finish(["An old answer."])
        await asyncio.sleep(6)
        others = [asyncio.create_task(channel.answer(8.0)) for _ in range(2)]
        await asyncio.sleep(2)
        live = running.scheduler.open(canvas, shown=old.messages)
        live.push("New")
        pushed = virtual_loop().time()
        await asyncio.sleep(0.5)
        assert canvas.calls[-1].at == pushed
        await asyncio.gather(live.finish(), *others)
