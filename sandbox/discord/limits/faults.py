"""Faults on demand: refusals, rate limits and slowness for chosen REST routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Protocol

from sandbox.discord.errors import Json, Problem
from sandbox.discord.limits.nonsense import Nonsense
from sandbox.discord.limits.rate_limits import Refusal, Scope
from sandbox.discord.model.clock import Clock
from sandbox.discord.model.snowflakes import moment_of
from sandbox.untrusted_input import parse_id

TOO_MANY_REQUESTS = 429

OLD_EDITS = 30046
"""Discord's code for too many edits of messages that are older than an hour."""

HOUR = 3600.0

ANY_METHOD = "*"

_SENTENCES = {
    403: "Missing Permissions",
    404: "404: Not Found",
    500: "500: Internal Server Error",
    502: "502: Bad Gateway",
    503: "503: Service Unavailable",
}


@dataclass(slots=True)
class Failure:
    """Requests that are to fail: `left` more of them."""

    method: str
    path: str
    problem: Problem
    left: int


@dataclass(slots=True)
class OrderedLimit:
    """A rate limit set by a test: until `until` (monotonic seconds), or for `left` more requests; the other is inf."""

    method: str
    path: str
    refusal: Refusal
    left: float
    until: float


class Route(Protocol):
    """What a fault needs to know of a route: its method, its path as documented, and whether it needs no bot token."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path with its parameters' names."""

    @property
    def open(self) -> bool:
        """Whether the token is in the path."""


class Faults:
    """The faults that tests and the page have set.

    A route is named by its method, or `*` for any, and as Discord documents it, by any part of that name, or by any
    part of the path of a request, such as one channel's `/channels/123/typing`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: list[Failure] = []
        self._limits: list[OrderedLimit] = []
        self._latency: dict[tuple[str, str], float] = {}
        self._old_edits: Refusal | None = None
        self._nonsense: list[Nonsense] = []

    def fail_next(
        self,
        method: str,
        route: str,
        status: int,
        code: int | None = None,
        *,
        message: str | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next `times` requests to a route with this HTTP status and Discord code.

        Raises ValueError for 429, which has headers and a body of its own: see `rate_limit`.
        """
        if status == TOO_MANY_REQUESTS:
            raise ValueError(status)
        sentence = message or _SENTENCES.get(status, f"{status}: Error")
        self._failures.append(Failure(method.upper(), route, Problem(status, code or 0, sentence), times))

    def rate_limit(
        self,
        method: str,
        route: str,
        retry_after: float,
        *,
        scope: Scope = "user",
        times: int | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Json | None = None,
    ) -> None:
        """Answer requests to a route with a 429 until `retry_after` seconds have passed on the sandbox's clock.

        With `times`, only so many requests are answered so, each with all of `retry_after`, whenever they come. `scope`
        is what Discord's `X-RateLimit-Scope` says: the `user` is the bot, `shared` is the channel's or server's and
        nobody's fault, `global` is everything but interactions; or `network`, for Cloudflare's page without any of
        Discord's headers. `headers` and `body` replace single ones of Discord's own, or with None leave them out.
        """
        refusal = Refusal(retry_after, scope, headers or {}, body or {})
        until = inf if times is not None else self._clock.monotonic() + retry_after
        left = inf if times is None else times
        self._limits.append(OrderedLimit(method.upper(), route, refusal, left, until))

    def limit_old_edits(self, retry_after: float) -> None:
        """Answer edits of messages older than an hour with a 429 of code 30046, which is about no bucket."""
        body = {"code": OLD_EDITS, "message": "Maximum number of edits to messages older than 1 hour reached"}
        self._old_edits = Refusal(retry_after, changed_body=body)

    def answer_nonsense(
        self,
        method: str,
        route: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        breaks_off: bool = False,
        times: int = 1,
    ) -> None:
        """Carry the next `times` requests to a route out that succeed, and answer each with this instead.

        An answer that `breaks_off` promises more bytes than come before the connection is closed.
        """
        self._nonsense.append(Nonsense(method.upper(), route, body, content_type, breaks_off, times))

    def slow_down(self, method: str, route: str, seconds: float) -> None:
        """Let every answer of a route take this much longer; 0 ends it."""
        self._latency[method.upper(), route] = seconds

    def clear(self) -> None:
        """End every fault that was ordered."""
        self._failures.clear()
        self._limits.clear()
        self._latency.clear()
        self._old_edits = None
        self._nonsense.clear()

    def take(self, route: Route, path: str) -> Problem | None:
        """Return the failure that a request to `path` is to meet, counted off."""
        for failure in self._failures:
            if failure.left > 0 and _is_meant(failure.method, failure.path, route, path):
                failure.left -= 1
                return failure.problem
        return None

    def nonsense(self, route: Route, path: str) -> Nonsense | None:
        """Return what is to be answered in place of a success, counted off."""
        for nonsense in self._nonsense:
            if nonsense.left > 0 and _is_meant(nonsense.method, nonsense.path, route, path):
                nonsense.left -= 1
                return nonsense
        return None

    def refuse(self, route: Route, path: str) -> Refusal | None:
        """Return the 429 that a request to `path` is to meet, counted off."""
        if self._old_edits is not None and self._edits_old(route, path):
            return self._old_edits
        now = self._clock.monotonic()
        self._limits = [limit for limit in self._limits if limit.left > 0 and limit.until > now]
        for limit in self._limits:
            spared = route.open and limit.refusal.scope == "global"
            if not spared and _is_meant(limit.method, limit.path, route, path):
                limit.left -= 1
                return limit.refusal.lasting(min(limit.refusal.retry_after, limit.until - now))
        return None

    def _edits_old(self, route: Route, path: str) -> bool:
        key = parse_id(path.rpartition("/")[2])
        if route.method != "PATCH" or "/messages/" not in path or key is None:
            return False
        return self._clock.epoch() - moment_of(key).timestamp() > HOUR

    def delay(self, route: Route, path: str) -> float:
        """Seconds that a request to `path` is to be held back."""
        matches = (seconds for (method, part), seconds in self._latency.items() if _is_meant(method, part, route, path))
        return max(matches, default=0.0)


def _is_meant(method: str, part: str, route: Route, path: str) -> bool:
    return method in (ANY_METHOD, route.method) and (part in route.path or part in path)
