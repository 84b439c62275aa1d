"""Measures the event loop's steps: how much processor time of the loop's thread each takes at a stretch.

It is time of the thread, so that waiting for a processor does not count; still, one that others use too is slower, by
`slowness`. The bot's start is a step of the test that starts it, and so does not count.
"""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import thread_time

_ROOT = Path(__file__).resolve().parents[1]
_NOT_THE_BOT = (
    *(f"{_ROOT}/sandbox/", f"{_ROOT}/tests/", "/_pytest/", "/pytest_asyncio/", "aiohttp/web"),
    "app/life.py: Life._stay_connected",
)
"""What also runs in the loop: the sandbox, the tests, and the start of the connection, which imports much."""


class LoopMeter:
    """The longest step of the bot, in seconds without the garbage collector, and what took it.

    `total` is what all of the bot's steps took; it is only counted if `adds_up`, since telling them apart takes time.
    """

    def __init__(self, *, adds_up: bool = False) -> None:
        self.seconds = self.total = 0.0
        self.what = ""
        self._adds_up = adds_up

    def note(self, callback: object, seconds: float) -> None:
        """Take in a step that ran `callback`."""
        if not (self._adds_up or seconds > self.seconds):
            return
        if any(part in (place := _find_place(callback)) for part in _NOT_THE_BOT):
            return
        self.total += seconds
        if seconds > self.seconds:
            self.seconds, self.what = seconds, place


def _find_place(callback: object) -> str:
    """Return the file and the name of what a callback of the loop runs."""
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine = owner.get_coro()
        return _name(getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None), coroutine)
    if isinstance(owner, asyncio.Transport):
        protocol = type(owner.get_protocol())
        return f"{protocol.__module__.replace('.', '/')}: {protocol.__qualname__}"
    inner = getattr(callback, "func", callback)
    return _name(getattr(inner, "__code__", None), inner)


def _name(code: object, otherwise: object) -> str:
    file, name = getattr(code, "co_filename", None), getattr(code, "co_qualname", None)
    return repr(otherwise) if file is None else f"{file}: {name or getattr(code, 'co_name', '')}"


def slowness() -> float:
    """Return how much longer the same work takes at its slowest than at its fastest now: 1.1 on a quiet machine."""
    taken = []
    for _ in range(30):
        began = thread_time()
        sum(number * number for number in range(50_000))
        taken.append(thread_time() - began)
    return max(taken) / min(taken)


@contextmanager
def measure_steps(*, adds_up: bool = False) -> Iterator[LoopMeter]:
    """Give a meter of every step of this thread's loops while the block runs."""
    meter = LoopMeter(adds_up=adds_up)
    run = asyncio.Handle._run
    began = collected = 0.0

    def measured(handle: asyncio.Handle) -> None:
        # The callback is gone from a handle that is cancelled while it runs.
        callback, before = handle._callback, thread_time() - collected  # type: ignore[attr-defined]
        run(handle)
        meter.note(callback, thread_time() - collected - before)

    def collect(phase: str, _: dict[str, int]) -> None:
        nonlocal began, collected
        if phase == "start":
            began = thread_time()
        else:
            collected += thread_time() - began

    gc.callbacks.append(collect)
    asyncio.Handle._run = measured  # type: ignore[assignment,method-assign]
    try:
        yield meter
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
        gc.callbacks.remove(collect)
