"""What a stand-in was asked and what it answered, kept in order, with a form that shows no secret."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.apis.transport.conditions import MAX_WAIT, Changes

BLUR = "•••"
"""Replaces a secret."""

MAX_KEPT_REQUESTS = 1000
"""Requests kept for each API; older ones are dropped, so that a sandbox may run for days."""

MAX_KEPT_BYTES = 256 * 1024
"""Bytes kept of each answer's body."""

MAX_KEPT_ARRIVALS = 400
"""Moments kept of each answer; once there are more, each two that are next to each other become one."""

_HIDDEN_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


class Outcome(StrEnum):
    """How an answer ended."""

    RUNNING = "running"
    COMPLETE = "complete"
    CUT = "cut"
    """The stand-in ended the connection on purpose."""
    LEFT = "left"
    """The client hung up before the end."""


@dataclass(slots=True)
class SentResponse:
    """What went back: status, headers, the body's beginning, and how it ended."""

    status: int | None = None
    """None until the head was sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    """At most MAX_KEPT_BYTES; `size` counts all of it."""
    size: int = 0
    outcome: Outcome = Outcome.RUNNING
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    """When a piece was written (seconds on the monotonic clock), and the body's size with it."""
    ended_at: float | None = None
    """Seconds on the monotonic clock; None while it runs."""

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 shows as replacement characters."""
        return self.body.decode("utf-8", "replace")

    def note(self, piece: bytes) -> None:
        """Add what was just written."""
        self.size += len(piece)
        self.body += piece[: MAX_KEPT_BYTES - len(self.body)]
        self.arrivals.append((time.monotonic(), self.size))
        if len(self.arrivals) > MAX_KEPT_ARRIVALS:
            self.arrivals[1:] = self.arrivals[2::2]

    def end(self, outcome: Outcome) -> None:
        """Note how it ended, just now."""
        self.outcome = outcome
        self.ended_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be shown of a request: these fields, and these texts wherever they occur."""

    fields: Collection[str] = ()
    values: tuple[str, ...] = ()
    """The API's own secrets and those that came with the request."""


@dataclass(slots=True, kw_only=True)
class Received:
    """One request as it came in, and its answer as far as that went out."""

    number: int = 0
    """Counts this API's requests from 1, strays too."""
    method: str
    path: str
    query: Mapping[str, str]
    repeated: Collection[str] = ()
    """Names that occur more than once in the query string."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Found by a name in any case."""
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)
    """Seconds on the monotonic clock, for comparisons."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """The query string (Tamako) or the JSON body's members; empty when the body is no JSON object."""
    user_key: str | None = None
    """Whom the answer is for: `user` (Tamako), `user_key` (Stammer.ai), `sessionId` (ChatBot.com); with Chatbase the
    `conversationId`."""
    question: str | None = None
    refused: str | None = None
    """Why the documents do not allow this request; None when they do."""
    fault: str | None = None
    """Name of the fault that was played instead of an answer."""
    answered: SentResponse = field(default_factory=SentResponse)
    secrets: Secrets = field(default_factory=Secrets)
    """What `blurred()` hides."""

    def blurred(self) -> dict[str, object]:
        """Return everything as JSON values with each secret replaced by BLUR."""
        headers = {
            name: BLUR if name.lower() in _HIDDEN_HEADERS else self._blur(value) for name, value in self.headers.items()
        }
        return {
            "number": self.number,
            "method": self.method,
            "path": self._blur(self.path),
            "headers": headers,
            "fields": {
                name: BLUR if name in self.secrets.fields else self._blur(value) for name, value in self.fields.items()
            },
            "user_key": self._blur(self.user_key),
            "question": self._blur(self.question),
            "refused": self._blur(self.refused),
            "fault": self.fault,
            "answer": {
                "status": self.answered.status,
                "headers": self._blur(dict(self.answered.headers)),
                "body": self._blur(self.answered.text),
                "size": self.answered.size,
                "outcome": self.answered.outcome.value,
            },
        }

    def _blur(self, value: object) -> object:
        """Return the JSON value with all secrets in its texts replaced."""
        match value:
            case str():
                for secret in sorted(self.secrets.values, key=len, reverse=True):
                    value = value.replace(secret, BLUR)
                return value
            case Mapping():
                return {name: self._blur(member) for name, member in value.items()}
            case list() | tuple():
                return [self._blur(member) for member in value]
            case _:
                return value


class RequestLog:
    """The requests of one API in order, and a way to wait for them."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        """Requests to a documented address, oldest first, refused and faulted ones too; the last MAX_KEPT_REQUESTS."""
        self.strays: list[Received] = []
        """Requests to any other address or with another method: a mistake in the client, or a redirect followed."""
        self.total = 0
        """How many requests were received in all, strays not counted."""
        self.open_answers = 0
        """Requests being answered just now; falls when the client hangs up."""
        self.changes = Changes()
        self._number = 0

    def add(self, received: Received, *, stray: bool) -> None:
        """Keep the request and tell everyone who waits."""
        self._number += 1
        received.number = self._number
        kept = self.strays if stray else self.received
        kept.append(received)
        del kept[:-MAX_KEPT_REQUESTS]
        self.total += not stray
        self.changes.announce()

    async def wait_received(self, count: int = 1, max_wait: float = MAX_WAIT) -> Received:
        """Wait until `count` requests have come in all, and return the newest. TimeoutError after `max_wait` s."""
        await self.changes.until(lambda: self.total >= count, max_wait)
        return self.received[-1]

    async def wait_idle(self, max_wait: float = MAX_WAIT) -> None:
        """Wait until no answer is in progress; TimeoutError after `max_wait` seconds."""
        await self.changes.until(lambda: not self.open_answers, max_wait)
