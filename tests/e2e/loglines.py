"""The bot's log as its host would have it at DEBUG; what must never stand in it, `tests.discretion` looks for."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO

from bot.logs import OWN_LOGGERS, set_up_logging


@dataclass
class LogLines:
    """What the bot logged."""

    stream: StringIO = field(default_factory=StringIO)

    def events(self, logger: str = "", level: int = logging.NOTSET) -> list[str]:
        """Return what was said at `level` and above by a logger and those below it, tracebacks included."""
        events = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        levels = logging.getLevelNamesMapping()
        chosen = [event for event in events if event["logger"].startswith(logger) and levels[event["level"]] >= level]
        return ["\n".join([event["message"], *event.get("exception", [])]) for event in chosen]


@contextmanager
def listening() -> Iterator[LogLines]:
    """Write the log down as the bot itself would set it up, at its finest level."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {logger: logger.level for logger in map(logging.getLogger, ("", *OWN_LOGGERS))}
    heard = LogLines()
    set_up_logging("DEBUG", "json", heard.stream)
    ear = root.handlers[0]
    root.handlers.extend(handlers)
    try:
        yield heard
    finally:
        root.removeHandler(ear)
        for logger, level in levels.items():
            logger.setLevel(level)
