"""The record of every REST request, bounded, with tokens hidden."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

KEPT = 10_000
_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?]+")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about: the message that it wrote or meant, and the interaction that it belongs to."""

    message_id: int | None = None
    interaction_id: int | None = None


@dataclass(frozen=True, slots=True)
class Limited:
    """What the answer's headers said of the rate limit: so many requests in so many seconds, and what was left.

    `retry_after` is how many seconds a refused request was told to wait, None for one that was not refused.
    """

    count: int
    window: float
    remaining: int
    retry_after: float | None = None


@dataclass(slots=True)
class RequestRecord:
    """One request and its answer; `at` is in monotonic seconds, `status` 0 while it is being answered.

    `body` is what the bot sent, parsed; a multipart request's is its `payload_json`, its files' names are in `files`.
    """

    method: str
    route: str
    path: str
    at: float
    body: Any = field(default=None, repr=False)
    files: tuple[str, ...] = ()
    status: int = 0
    code: int | None = None
    subject: Subject = Subject()
    limited: Limited | None = None
    """None for a route without a limit."""


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: RequestRecord) -> None:
        """Keep a request; the oldest goes when there are too many."""
        self._records.append(record)

    def to(self, method: str, route: str) -> list[RequestRecord]:
        """Return the requests to one route, named as Discord documents it, or by any part of that name."""
        return [record for record in self._records if record.method == method.upper() and route in record.route]

    def since(self, at: float) -> list[RequestRecord]:
        """Return the requests from a moment on (seconds on the monotonic clock), oldest first."""
        return list(takewhile(lambda record: record.at >= at, reversed(self._records)))[::-1]

    def clear(self) -> None:
        """Forget all."""
        self._records.clear()


def without_tokens(path: str) -> str:
    """Return a request's path with interaction tokens replaced."""
    return _TOKEN.sub(r"\1…", path)
