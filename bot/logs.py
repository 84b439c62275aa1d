"""Log lines for people or for machines, with nothing in them that somebody wrote or that must stay secret.

Three leaks are closed here for good. Libraries print requests and parameters at DEBUG, so they never go below INFO. An
exception's text may hold anything, so a traceback is printed as its places and types; the text stays only for errors of
the network and of the operating system, which name a host or a file. And asyncio describes forgotten tasks and failed
callbacks with all that they hold, so only the beginning of what it says is printed.

What is logged in the course of a question has its id: docs/logs.md tells of all fields.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO

from bot.domain.runtime.correlation import correlation_id

LogFormat = Literal["text", "json"]

OWN_LOGGERS = ("bot", "cogs", "__main__")


def set_up_logging(level: str, form: LogFormat, stream: TextIO | None = None, cluster: int | None = None) -> None:
    """Send all log lines at `level` and above to standard output, or to `stream`.

    Each names the process by its `cluster` id, unless that is None: then there is one process. Standard error is left
    to the one line that says why the bot did not start.
    """
    handler = _Handler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter(cluster) if form == "json" else TextFormatter(cluster))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    # discord.py logs each try; `bot.discord.gateway.reconnect_pause` logs a failure at most once a minute.
    logging.getLogger("discord.client").setLevel(logging.WARNING)
    # It also logs every 429, with an address that may hold a token; `bot.discord.rate_limits` does that without.
    for name in ("discord.gateway", "discord.http", "discord.webhook"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without a reader who has gone, instead of telling the whole line and a traceback on standard error."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handleError(record)


class TextFormatter(logging.Formatter):
    """One line an event: time, level, logger, what happened; then its facts, as `name=value`.

    A traceback's places follow, one a line. The question's id is among the facts if the line does not name it already.
    """

    def __init__(self, cluster: int | None = None) -> None:
        super().__init__()
        self._process = "" if cluster is None else f"cluster {cluster} pid {os.getpid()} "

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = f"{_time(record)} {record.levelname:<7} {self._process}{record.name}: {_one_line(_message(record))}"
        facts = {name: value for name, value in _fields(record).items() if value is not None}
        if (question := _question(record)) and str(question) not in line:
            facts["correlation_id"] = question
        line = " ".join([line, *(f"{name}={value}" for name, value in facts.items())])
        return "\n".join([line, *(f"    {location}" for location in _places(record))])


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, its facts, the question's id, and the process.

    If there is an exception, its places follow. Ids of Discord are strings: as numbers, many readers round them.
    """

    def __init__(self, cluster: int | None = None) -> None:
        super().__init__()
        self._process = {"pid": os.getpid()} if cluster is None else {"cluster_id": cluster, "pid": os.getpid()}

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line."""
        event: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_fields(record),
        }
        if question := _question(record):
            event["correlation_id"] = str(question)
        event |= self._process
        if locations := _places(record):
            event["exception"] = locations
        return json.dumps(event, ensure_ascii=False)


def _question(record: logging.LogRecord) -> int:
    """Return the id of the question that a line belongs to, 0 if to none.

    What asyncio finds when it collects garbage is said in the middle of anything.
    """
    return 0 if record.name == "asyncio" else correlation_id()


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    """Return the facts that were given beside the sentence: `extra={"fields": …}`; numbers, ids and names of kinds."""
    fields: Mapping[str, object] = getattr(record, "fields", {})
    return fields


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    return re.split(r"[\n(]", message, maxsplit=1)[0] if record.name == "asyncio" else message


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _places(record: logging.LogRecord) -> list[str]:
    if not record.exc_info or record.exc_info[1] is None:
        return []
    _, error, trace = record.exc_info
    return [*_frames(trace), _name(error)]


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]


def _name(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{kind}: {_one_line(str(error))}" if isinstance(error, OSError) else kind
