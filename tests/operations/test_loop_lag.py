"""How late the event loop is, in virtual time."""

import asyncio

import pytest

from bot.operations.metrics.loop_lag import INTERVAL, WINDOW, LoopLag
from tests.virtual_time import virtual_loop


async def test_a_loop_that_is_held_is_seen_for_a_minute_at_least() -> None:
    loop, seen = virtual_loop(), list[float]()
    lag = LoopLag(seen.append, loop.time)
    measuring = asyncio.create_task(lag.measure())
    await asyncio.sleep(INTERVAL * 3.5)
    assert seen == [0.0] * 3
    loop.leap(INTERVAL + 2.0)  # what runs now takes so long
    for _ in range(5):
        await asyncio.sleep(0)
    assert lag.longest == max(seen) == pytest.approx(INTERVAL / 2 + 2.0)
    await asyncio.sleep(WINDOW)
    assert lag.longest == max(seen)
    await asyncio.sleep(WINDOW + INTERVAL)
    assert lag.longest == 0.0
    measuring.cancel()
    await asyncio.wait({measuring})
