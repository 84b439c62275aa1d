"""The sandbox's clock: real time, which a test may wind forward instead of sleeping."""

import time
from datetime import UTC, datetime


class Clock:
    """Monotonic and wall time that move together; `advance` skips ahead."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic() + self._ahead

    def epoch(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time() + self._ahead

    def timestamp(self) -> str:
        """Now as Discord writes it: ISO 8601 with microseconds and an offset."""
        return datetime.fromtimestamp(self.epoch(), UTC).isoformat(timespec="microseconds")

    def advance(self, seconds: float) -> None:
        """Skip `seconds` ahead; going back would let an expired token live again, so it is refused.

        Raises ValueError for a negative number.
        """
        if seconds < 0:
            raise ValueError(seconds)
        self._ahead += seconds
