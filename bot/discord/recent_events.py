"""What the bot remembers of the latest events: which it has handled, and which messages each channel got."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.runtime.bounded_dict import BoundedDict

_MAX_EVENTS = 2_000
"""More than the bot can answer in two minutes; Discord repeats events only when a connection is resumed."""

_MAX_CHANNELS, _MAX_EACH = 10_000, 64

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


class RecentMessages:
    """The latest messages of each channel in which something was written lately, as far as the bot is told of them.

    The bot's own have no author here. The channels quiet longest are forgotten.
    """

    def __init__(self, max_channels: int = _MAX_CHANNELS) -> None:
        self._channels = BoundedDict[int, BoundedDict[int, int | None]](max_channels)

    def add(self, channel: int, message: int, author: int | None) -> None:
        """Note a message; `author` is None if the bot wrote it."""
        messages = self._channels.get(channel)
        if messages is None:
            messages = BoundedDict[int, int | None](_MAX_EACH)
        messages[message] = author
        self._channels[channel] = messages

    def remove(self, channel: int, messages: Iterable[int]) -> None:
        """Forget messages that were deleted."""
        latest = self._channels.get(channel)
        if latest is not None:
            for message in messages:
                latest.pop(message, None)

    def others_below(self, channel: int, message: int, asker: int) -> int:
        """Return how many messages of others than `asker` and the bot are below `message`, as far as 64 reach back."""
        latest = self._channels.get(channel)
        if latest is None:
            return 0
        return sum(each > message and author not in (None, asker) for each, author in latest.items())

    def is_followed(self, channel: int, message: int) -> bool:
        """Return whether any other message, of the bot's too, is below `message`."""
        return any(each > message for each in self._channels.get(channel, ()))
