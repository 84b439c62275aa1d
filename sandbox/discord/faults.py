"""Faults on demand: refusals and slowness for chosen REST routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.discord.errors import Problem

if TYPE_CHECKING:
    from sandbox.discord.rest.calls import Route

TOO_MANY_REQUESTS = 429

_SENTENCES = {
    403: "Missing Permissions",
    404: "404: Not Found",
    500: "500: Internal Server Error",
    502: "502: Bad Gateway",
    503: "503: Service Unavailable",
}


@dataclass(slots=True)
class Failure:
    """Requests to a route that are to fail: `left` more of them."""

    method: str
    path: str
    problem: Problem
    left: int


class Faults:
    """What goes wrong by order. A route is named as Discord documents it, or by any part of that name."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._latency: dict[tuple[str, str], float] = {}

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

        Raises ValueError for 429, which needs a bucket: `RateLimits.change` makes one small.
        """
        if status == TOO_MANY_REQUESTS:
            raise ValueError(status)
        sentence = message or _SENTENCES.get(status, f"{status}: Error")
        self._failures.append(Failure(method.upper(), route, Problem(status, code or 0, sentence), times))

    def slow_down(self, method: str, route: str, seconds: float) -> None:
        """Let every answer of a route take this much longer; 0 ends it."""
        self._latency[method.upper(), route] = seconds

    def clear(self) -> None:
        """End every fault that was ordered."""
        self._failures.clear()
        self._latency.clear()

    def take(self, route: Route) -> Problem | None:
        """Return the failure that this request is to meet, counted off."""
        for failure in self._failures:
            if failure.left > 0 and failure.method == route.method and failure.path in route.path:
                failure.left -= 1
                return failure.problem
        return None

    def delay(self, route: Route) -> float:
        """Seconds that this request is to be held back."""
        matches = (
            seconds
            for (method, path), seconds in self._latency.items()
            if method == route.method and path in route.path
        )
        return max(matches, default=0.0)
