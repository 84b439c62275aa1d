"""What the bot remembers of the latest events: which it has handled, and how many messages each channel had."""

from datetime import datetime, timedelta

from bot.domain.runtime.bounded_dict import BoundedDict

_MAX_EVENTS = 2_000
"""More than the bot can answer in two minutes; Discord repeats events only when a connection is resumed."""

_MAX_CHANNELS = 10_000

_EARLY = timedelta(minutes=2)


def is_early(later: datetime, earlier: datetime) -> bool:
    """Return whether no more than two minutes are between two times.

    An edited message is answered if it was edited that soon after it was written, and Discord tells of the edit that
    soon: it tells of an edited message again long after, as when somebody pins it.
    """
    return later - earlier <= _EARLY


class SeenEvents:
    """The ids of the latest messages and interactions that were taken; the oldest are forgotten.

    Discord may send any event several times (developer documentation, "API Reference: Consistency").
    """

    def __init__(self, max_events: int = _MAX_EVENTS) -> None:
        self._taken = BoundedDict[int, None](max_events)

    def __contains__(self, event: int) -> bool:
        return event in self._taken

    def first_time(self, event: int) -> bool:
        """Return whether an event is new, and note it."""
        if event in self._taken:
            return False
        self._taken[event] = None
        return True


class MessageCounts:
    """A counter for each channel in which something was written lately; the channels quiet longest are forgotten."""

    def __init__(self, max_channels: int = _MAX_CHANNELS) -> None:
        self._counts = BoundedDict[int, int](max_channels)

    def add(self, channel: int) -> None:
        """Count a message in the channel."""
        self._counts[channel] = self.count(channel) + 1

    def count(self, channel: int) -> int:
        """Return how many were counted in the channel."""
        return self._counts.get(channel, 0)
