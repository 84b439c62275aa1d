"""The tests' own clock: time passes at once, in order, and a test that would hang fails."""

import asyncio

import pytest

from tests.virtual_time import Stuck, run_virtual, virtual_loop


async def test_hours_pass_at_once_and_in_order() -> None:
    loop, seen = virtual_loop(), list[tuple[str, float]]()
    start = loop.time()

    async def note(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, round(loop.time() - start, 6)))

    async with asyncio.TaskGroup() as tasks:
        for name, seconds in [("late", 7200.0), ("soon", 0.1), ("later", 7200.5)]:
            tasks.create_task(note(name, seconds))
    assert seen == [("soon", 0.1), ("late", 7200.0), ("later", 7200.5)]


async def test_a_time_out_counts_in_virtual_time() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3600):
            await asyncio.Event().wait()


def test_waiting_for_ever_fails_at_once() -> None:
    with pytest.raises(Stuck):
        run_virtual(_wait_for_ever())


async def _wait_for_ever() -> None:
    await asyncio.get_running_loop().create_future()


async def test_timers_that_are_left_are_seen() -> None:
    loop = virtual_loop()
    timer = loop.call_later(60, print)
    assert loop.timers() == [timer]
    timer.cancel()
    assert loop.timers() == []
