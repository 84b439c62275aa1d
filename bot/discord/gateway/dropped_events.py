"""What the log says of events that cannot be read: their kinds, and never what is in them."""

import logging
from collections import Counter
from pathlib import PurePath
from traceback import walk_tb

from bot.discord.log_throttle import LogThrottle
from bot.domain.runtime.timing import Clock

_log = logging.getLogger(__name__)


class DroppedEvents:
    """Counts dropped events; of each kind, one line a minute at most is logged. `clock` returns seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts = Counter[str]()
        self._lines: dict[str, LogThrottle] = {}

    def add(self, kind: str, error: BaseException) -> None:
        """Count an event, and the `error` at which reading it ended. `kind` must be one of a bounded number."""
        self._counts[kind] += 1
        if self._lines.setdefault(kind, LogThrottle(self._clock)).due():
            _log.warning(
                "dropped %d %s: discord.py cannot read it (%s)", self._counts.pop(kind), kind, _raised_at(error)
            )


def _raised_at(error: BaseException) -> str:
    """Return the type of an error and where it was raised; its text may hold parts of the event."""
    places = [f"{PurePath(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(error.__traceback__)]
    return " at ".join([type(error).__name__, *places[-1:]])
