"""Every line that the bot logs in a run of the tests, written as its host would have it at DEBUG."""

import logging
import re
from dataclasses import dataclass

from bot.logs import OWN_LOGGERS, TextFormatter

_PRINTED = re.compile(r'\S+ [A-Z]+ +(?P<text>[\w.]+): |.*"logger": "(?P<json>[\w.]+)"')
_TIME = re.compile(r"\S+ ")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line came from: its logger, where in the source it was logged, and in which test first."""

    logger: str
    source: str
    test: str


class Lines(logging.Handler):
    """Listens as `bot.logs.set_up_logging` would have the bot print at DEBUG; keeps each line once."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(TextFormatter())
        self.kept: dict[str, Place] = {}
        self._test = ""
        self._ignored = False

    def listen(self, test: str, *, ignored: bool) -> None:
        """Hear everything that a test logs, whatever was done to the loggers before; keep it if not `ignored`."""
        self._test, self._ignored = test, ignored
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        if self not in root.handlers:
            root.addHandler(self)
        for name in OWN_LOGGERS:
            logging.getLogger(name).setLevel(logging.DEBUG)

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
