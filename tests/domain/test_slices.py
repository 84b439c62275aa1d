"""Long work in slices: those who have little to do wait for one slice at most, however many do long work."""

import asyncio

import pytest

from bot.domain.runtime import slices
from bot.domain.runtime.slices import SLICE_SECONDS, Slices


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(slices, "perf_counter", clock)
    return clock


async def _work(clock: _Clock, steps: int, step: float) -> None:
    share = Slices()
    for _ in range(steps):
        clock.now += step
        await share.pause_if_due()


async def test_somebody_else_waits_for_one_slice_however_many_work_on(clock: _Clock) -> None:
    work = [asyncio.create_task(_work(clock, 200, SLICE_SECONDS / 5)) for _ in range(40)]
    await asyncio.sleep(0)  # each of them is at its first pause
    gaps = []
    while not all(task.done() for task in work):
        before = clock.now
        await asyncio.sleep(0)
        gaps.append(clock.now - before)
    assert max(gaps) <= 1.3 * SLICE_SECONDS  # and the step that goes beyond it
    assert len(gaps) > 1000


async def test_who_works_for_a_moment_does_not_pause(clock: _Clock) -> None:
    other = asyncio.create_task(asyncio.sleep(0))
    await _work(clock, 4, SLICE_SECONDS / 5)
    assert not other.done()
    await other


async def test_one_that_is_cancelled_while_it_waits_holds_nobody_up(clock: _Clock) -> None:
    work = [asyncio.create_task(_work(clock, 3, SLICE_SECONDS)) for _ in range(3)]
    await asyncio.sleep(0)
    work[0].cancel()
    work[1].cancel()
    done = await asyncio.wait_for(asyncio.gather(*work, return_exceptions=True), 5)
    assert [type(each) for each in done] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]
