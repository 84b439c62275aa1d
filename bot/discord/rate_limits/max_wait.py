"""How long a request may wait for a rate limit: its caller says so, and the trace ends what takes longer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

MAX_WAIT = 60.0
"""Seconds that a request waits for a rate limit, unless its caller allows less."""

_deadline: ContextVar[float] = ContextVar("when a request must have stopped waiting", default=inf)


@contextmanager
def wait_at_most(seconds: float) -> Iterator[None]:
    """Let no request that is begun in this block wait for a rate limit for longer than `seconds` from now.

    One that would have to fails at once, with `discord.RateLimited`, and is not tried again after that time.
    """
    token = _deadline.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def wait_left() -> float:
    """Return for how many more seconds the request under way may wait; not above 0 if its time is over."""
    return min(MAX_WAIT, _deadline.get() - asyncio.get_running_loop().time())
