"""Every line that the bot logs in a run of the tests, written as its host would have it at DEBUG."""

import logging
import re
from dataclasses import dataclass
from io import StringIO

from bot.logs import set_up_logging

_PRINTED = re.compile(r'\S+ [A-Z]+ +(?P<text>[\w.]+): |.*"logger": "(?P<json>[\w.]+)"')
_TIME = re.compile(r"\S+ ")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line came from: its logger, where in the source it was logged, and in which test first."""

    logger: str
    source: str
    test: str


class Lines(logging.Handler):
    """Hears what the bot would print with `LOG_LEVEL=DEBUG`, and keeps each line once.

    Libraries are heard from INFO on, because the bot never lets them say more.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: dict[str, Place] = {}
        self._test = ""
        self._ignored = False

    def listen(self, test: str, *, ignored: bool) -> None:
        """Hear everything that a test logs, whatever was done to the loggers before; keep it if not `ignored`."""
        self._test, self._ignored = test, ignored
        root = logging.getLogger()
        others = [handler for handler in root.handlers if handler is not self]
        set_up_logging("DEBUG", "text", StringIO())
        self.setFormatter(root.handlers[0].formatter)
        root.handlers[:] = [*others, self]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what the record would be printed as."""
        self._keep(self.format(record), record.name, f"{record.pathname}:{record.lineno}")

    def print(self, line: str) -> None:
        """Keep a line that a process printed."""
        found = _PRINTED.match(line)
        self._keep(line, (found["text"] or found["json"]) if found else "(none)", "a process")

    def _keep(self, line: str, logger: str, source: str) -> None:
        if not self._ignored:
            self.kept.setdefault(_TIME.sub("", line, count=1), Place(logger, source, self._test))
