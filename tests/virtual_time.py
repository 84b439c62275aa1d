"""An asyncio event loop whose clock jumps to the next timer when nothing is ready: hours pass in milliseconds."""

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

_FIRST_MOMENT = 1000.0
"""Seconds; not zero, so that code which takes an unset time for zero shows itself."""


class Stuck(Exception):
    """Nothing is ready and no timer is set: what the test waits for will never come."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop for tests without sockets or threads. What would wait for ever raises `Stuck` at once."""

    def __init__(self) -> None:
        self._now = _FIRST_MOMENT
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def leap(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self._now += seconds

    def timers(self) -> list[asyncio.TimerHandle]:
        """Return the timers that are still to go off."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]  # asyncio has no public way
        return [timer for timer in scheduled if not timer.cancelled()]


class _Leaping(selectors.DefaultSelector):
    """Waits for files by letting virtual time pass instead."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, after `timeout` virtual seconds; raises `Stuck` if there is none."""
        if ready := super().select(0):
            return ready
        if timeout is None:
            raise Stuck
        self._loop.leap(max(0.0, timeout))
        return []


def virtual_loops() -> Mapping[str, type[VirtualTimeLoop]]:
    """Return what a `conftest.py` hands to pytest-asyncio, so that all its asynchronous tests run in virtual time."""
    return {"virtual": VirtualTimeLoop}


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` in a virtual loop of its own, such as for one of hypothesis's examples."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def virtual_loop() -> VirtualTimeLoop:
    """Return the running loop, which must be a virtual one."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, type[VirtualTimeLoop]]:
    """Hand pytest-asyncio the loop for a folder's tests; the folder's conftest imports this."""
    return virtual_loops()
