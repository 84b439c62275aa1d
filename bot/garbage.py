"""The collection of garbage, which stops everything: none during the start, a full one only while little goes on."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

FEW = 50
"""With so many answers under way a full collection takes some 15 ms; with a thousand it took 200."""

_EVERY = 60.0
"""Seconds between two collections of what outlived the answers that it belonged to."""

_THRESHOLDS = (700, 10, 100)
"""Python's own but for the last: a full collection without being asked for is for when it is never quiet. An answer
holds some 220 objects that the collector counts, so that this is after three thousand answers' worth at the least."""

Pause = Callable[[float], Awaitable[None]]


def put_off_collecting() -> None:
    """Collect nothing: next to nothing of what a start makes is garbage, and looking for some took a sixth of it."""
    gc.disable()


def begin_collecting() -> None:
    """Collect from now on, but never what there is already: that stays to the end."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()


async def collect_in_quiet(answers: Callable[[], int], pause: Pause = asyncio.sleep) -> None:
    """Collect everything now and then, while `answers` says that few are under way; runs until it is cancelled."""
    while True:
        await pause(_EVERY)
        if answers() <= FEW:
            gc.collect()
