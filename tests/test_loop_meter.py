"""The meter of the loop's steps, which must find what the bot's code does, and nothing else."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from tests.loop_meter import measure_steps

_ROOT = Path(__file__).resolve().parents[1]
_LONG = 0.05


def _spend(seconds: float) -> None:
    until = thread_time() + seconds
    while thread_time() < until:
        pass


def _as_if_in(file: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` as if its code were in another file."""
    code = function.__code__
    function.__code__ = code.replace(co_filename=f"{_ROOT}/{file}")
    return function


def _worker(file: str) -> Callable[[], Coroutine[Any, Any, None]]:
    async def work() -> None:
        await asyncio.sleep(0)
        _spend(_LONG)

    return _as_if_in(file, work)


@pytest.mark.parametrize(
    ("file", "counts"),
    [("bot/answering/x.py", True), ("cogs/x.py", True), ("sandbox/apis/x.py", False), ("tests/e2e/x.py", False)],
)
async def test_a_step_counts_if_the_bot_takes_it(file: str, *, counts: bool) -> None:
    with measure_steps() as meter:
        await asyncio.create_task(_worker(file)())
    assert (meter.seconds >= _LONG) == counts
    assert (file in meter.what) == counts


async def test_callbacks_and_timers_count_too() -> None:
    with measure_steps() as meter:
        asyncio.get_running_loop().call_later(0, _as_if_in("bot/x.py", lambda: _spend(_LONG)))
        await asyncio.sleep(0.001)
    assert meter.seconds >= _LONG
    assert "bot/x.py" in meter.what


async def test_the_collector_does_not_count() -> None:
    async def collect() -> None:
        kept = [[number] for number in range(400_000)]
        gc.collect()
        kept.clear()

    before = thread_time()
    gc.collect()
    alone = thread_time() - before
    with measure_steps() as meter:
        await asyncio.create_task(_as_if_in("bot/x.py", collect)())
        spent = thread_time() - before
    assert meter.seconds < spent - alone


async def test_nothing_is_measured_behind_the_block() -> None:
    run = asyncio.Handle._run
    with measure_steps() as meter:
        assert asyncio.Handle._run is not run
    assert asyncio.Handle._run is run
    await asyncio.create_task(_worker("bot/x.py")())
    assert meter.seconds < _LONG
