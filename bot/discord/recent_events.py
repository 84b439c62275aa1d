"""Tells an event that Discord delivers again from a new one.

Discord may send any event several times to the same client (developer documentation, "API Reference: Consistency").
"""

_KEPT = 2_000
"""More than the bot can answer in two minutes; what Discord sends again, it sends when a connection is resumed."""


class SeenEvents:
    """The ids of the latest messages and interactions that were taken; the oldest are forgotten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._taken: dict[int, None] = {}

    def first_time(self, event: int) -> bool:
        """Return whether an event is new, and take note of it."""
        if event in self._taken:
            return False
        self._taken[event] = None
        if len(self._taken) > self._kept:
            del self._taken[next(iter(self._taken))]
        return True


_KEPT = 10_000


class MessageCounts:
    """A counter for each channel in which something was written lately; the channels quiet longest are forgotten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._counts: dict[int, int] = {}

    def add(self, channel: int) -> None:
        """Count a message in the channel."""
        self._counts[channel] = self._counts.pop(channel, 0) + 1
        if len(self._counts) > self._kept:
            del self._counts[next(iter(self._counts))]

    def count(self, channel: int) -> int:
        """Return how many were counted in the channel."""
        return self._counts.get(channel, 0)
