"""Counts the messages that come into each channel, so that it can be told how far up an older one stands by now."""

_KEPT = 10_000


class Traffic:
    """A counter for each channel in which something was written lately; the channels quiet longest are forgotten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._counts: dict[int, int] = {}

    def note(self, channel: int) -> None:
        """Count a message in the channel."""
        self._counts[channel] = self._counts.pop(channel, 0) + 1
        if len(self._counts) > self._kept:
            del self._counts[next(iter(self._counts))]

    def count(self, channel: int) -> int:
        """Return how many were counted in the channel."""
        return self._counts.get(channel, 0)
