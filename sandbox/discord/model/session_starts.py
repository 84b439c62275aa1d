"""How many gateway sessions an application may begin, and how quickly after each other.

Source: Discord's documentation, "Identifying", "Session Start Limit Object" and "Max Concurrency".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.discord.errors import Json
    from sandbox.discord.model.clock import Clock

TOTAL = 1000
"""IDENTIFYs in each day."""

DAY = 86_400.0

INTERVAL = 5.0
"""Seconds between two IDENTIFYs with the same rate-limit key."""


class SessionStarts:
    """The IDENTIFYs of one application, by the sandbox's clock.

    A test may set all that is public: `max_concurrency` is how many shards may identify at once, `interval` how many
    seconds lie between two with the same rate-limit key (0 for no limit); see also `remaining` and `reset_after`.
    """

    def __init__(self, clock: Clock) -> None:
        self.total = TOTAL
        self.max_concurrency = 1
        self.interval = INTERVAL
        self._clock = clock
        self._remaining = TOTAL
        self._reset_after = 0.0
        self._resets_at: float | None = None
        self._begun: dict[int, float] = {}

    @property
    def remaining(self) -> int:
        """How many IDENTIFYs are left until the reset."""
        if self._resets_at is not None and self._clock.monotonic() >= self._resets_at:
            self._remaining, self._resets_at = self.total, None
        return self._remaining

    @remaining.setter
    def remaining(self, count: int) -> None:
        self._remaining = count

    @property
    def reset_after(self) -> int:
        """In how many milliseconds all are there again; 0 if none was used.

        What a test sets counts down from when a bot first hears it or identifies.
        """
        left = self._reset_after if self._resets_at is None else self._resets_at - self._clock.monotonic()
        return max(0, round(left * 1000))

    @reset_after.setter
    def reset_after(self, milliseconds: int) -> None:
        self._reset_after, self._resets_at = milliseconds / 1000, None

    def tell(self) -> Json:
        """Return the session start limit object."""
        limit = {"total": self.total, "remaining": self.remaining, "reset_after": self.reset_after}
        if self._reset_after:
            self._count_down(self._reset_after)
        return limit | {"max_concurrency": self.max_concurrency}

    def take(self) -> bool:
        """Count an IDENTIFY; False if that is one too many."""
        if self.remaining <= 0:
            return False
        self._count_down(self._reset_after or DAY)
        self._remaining -= 1
        return True

    def may_begin(self, shard: int) -> bool:
        """Whether a shard may begin a session now, which then counts as begun."""
        now, key = self._clock.monotonic(), shard % self.max_concurrency
        if key in self._begun and now < self._begun[key] + self.interval:
            return False
        self._begun[key] = now
        return True

    def _count_down(self, seconds: float) -> None:
        if self._resets_at is None:
            self._reset_after, self._resets_at = 0.0, self._clock.monotonic() + seconds
