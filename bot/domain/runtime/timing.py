"""How long to wait: for a try after one that failed, and within Discord's deadlines for interactions."""

import random
from collections.abc import Awaitable, Callable, Coroutine
from math import inf
from typing import Any

Clock = Callable[[], float]
"""Returns the time in seconds, and never goes back."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

Within = Callable[[float, Coroutine[Any, Any, Any]], Awaitable[Any]]
"""Waits for a request for so many seconds, without ever cancelling it; raises `TimeoutError`."""

RESPONSE_SECONDS = 3.0
"""Discord takes no response after that (documentation, "Receiving and Responding to Interactions")."""

DEFER_AFTER = RESPONSE_SECONDS / 2
"""Seconds of work, or of waiting for a rate limit, before the response is sent; the rest is for sending it."""

SUGGEST_WITHIN = 2.0
"""Seconds for collecting suggestions while somebody types: they cannot be deferred, and need less time to be sent."""

MIN_PAUSE, MAX_PAUSE = 1.0, 60.0
"""Seconds."""

JITTER = 0.2
"""How much longer a pause may get, as a part of it: so the clients of a failed server do not all return at once."""

CALM = 120.0
"""Seconds without a failure after which the pauses start again: more than one try takes, however slowly it fails."""


class Backoff:
    """Pauses that double with each failure, with jitter, until two minutes pass without one.

    They last 1 to 60 s, unless `shortest` and `longest` say otherwise. `clock` returns seconds; `jitter` returns a
    number from 0 to 1, at random.
    """

    def __init__(
        self,
        clock: Clock,
        jitter: Callable[[], float] = random.random,
        *,
        shortest: float | None = None,
        longest: float | None = None,
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._longest = (MAX_PAUSE if longest is None else longest) / (1 + JITTER)
        self._last_end = clock()
        self.shortest = MIN_PAUSE if shortest is None else shortest
        self._base = self.shortest
        self.failures = 0
        """How many came without a calm between them."""

    def next_pause(self, at_most: float = inf) -> float:
        """Count a failure that has just happened, and return the seconds to wait before the next try.

        That is not more than `at_most`, or the shortest pause; the pauses after it grow all the same.
        """
        now = self._clock()
        if now - self._last_end > CALM:
            self._base, self.failures = self.shortest, 0
        base = max(min(self._base, at_most / (1 + JITTER)), self.shortest)
        pause = base * (1 + JITTER * self._jitter())
        self._base = min(self._base * 2, self._longest)
        self.failures += 1
        self._last_end = now + pause
        return pause
