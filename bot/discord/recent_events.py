"""Tells an event that Discord delivers again from a new one.

Discord may send any event several times to the same client (developer documentation, "API Reference: Consistency").
"""

from bot.domain.bounded_dict import BoundedDict

_KEPT = 2_000
"""More than the bot can answer in two minutes; what Discord sends again, it sends when a connection is resumed."""


class SeenEvents:
    """The ids of the latest messages and interactions that were taken; the oldest are forgotten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._taken = BoundedDict[int, None](kept)

    def first_time(self, event: int) -> bool:
        """Return whether an event is new, and take note of it."""
        if event in self._taken:
            return False
        self._taken[event] = None
        return True


_KEPT = 10_000


class MessageCounts:
    """A counter for each channel in which something was written lately; the channels quiet longest are forgotten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._counts = BoundedDict[int, int](kept)

    def add(self, channel: int) -> None:
        """Count a message in the channel."""
        self._counts[channel] = self.count(channel) + 1

    def count(self, channel: int) -> int:
        """Return how many were counted in the channel."""
        return self._counts.get(channel, 0)
