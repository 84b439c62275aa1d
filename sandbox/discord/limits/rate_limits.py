"""Discord's rate limits: buckets with a fixed window that the first request opens, and their headers.

Numbers: measured by others and noted in the project's Discord facts; headers: reference, "Rate Limits".
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from sandbox.discord.errors import Json
from sandbox.discord.model.clock import Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """A kind of limit: how many requests in how many seconds, for each value of `per`, a route parameter."""

    name: str
    per: str
    count: int = 5
    window: float = 5.0


CREATE_MESSAGES = Limit("create messages", per="channel_id")
EDIT_MESSAGES = Limit("edit messages", per="channel_id")
TYPE = Limit("typing", per="channel_id")
WEBHOOK = Limit("interaction webhook", per="token")
MAX_BUCKETS = 1000
"""Buckets kept before those that are full again are dropped; each interaction has one of its own."""

Scope = Literal["user", "shared", "global", "network"]
"""What a 429 is about: Discord's `X-RateLimit-Scope`, or `network` for one of Cloudflare's, before Discord."""

_BLOCKED_PAGE = "<!DOCTYPE html>\n<title>Access denied</title>\n<p>error code: 1015</p>\n"

GLOBAL = Limit("global", per="application", count=50, window=1.0)


@dataclass(slots=True)
class Bucket:
    """One limit as one bot has used it for one channel or token; `reset` is in monotonic seconds."""

    limit: Limit
    name: str
    used: int = 0
    reset: float = 0.0

    def remaining(self, now: float) -> int:
        """How many more requests the running window lets through."""
        return self.limit.count if now >= self.reset else max(0, self.limit.count - self.used)

    def take(self, now: float) -> bool:
        """Count a request; False when the window is used up."""
        if now >= self.reset:
            self.used, self.reset = 0, now + self.limit.window
        if self.used >= self.limit.count:
            return False
        self.used += 1
        return True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429: how long to wait in seconds, and for what. Headers and fields that are `changed` are not Discord's own."""

    retry_after: float
    scope: Scope = "user"
    changed_headers: Mapping[str, str | None] = field(default_factory=dict)
    changed_body: Json = field(default_factory=dict)

    def lasting(self, retry_after: float) -> Self:
        """Return the same for another time."""
        return replace(self, retry_after=retry_after)

    def body(self) -> Json | str:
        """Return the 429's body: JSON, or of the network before Discord a page."""
        if self.scope == "network":
            return _BLOCKED_PAGE
        own = {
            "message": "You are being rate limited.",
            "retry_after": round(self.retry_after, 3),
            "global": self.scope == "global",
        }
        return {name: value for name, value in (own | self.changed_body).items() if value is not None}

    def headers(self, bucket: Mapping[str, str]) -> dict[str, str]:
        """Return the 429's headers with the bucket's; without `Via`, discord.py takes it for a ban by the network."""
        own: dict[str, str | None] = {**bucket, "Retry-After": str(math.ceil(self.retry_after))}
        if self.scope != "network":
            own |= {"Via": "1.1 sandbox", "X-RateLimit-Scope": self.scope}
        if self.scope == "global":
            own["X-RateLimit-Global"] = "true"
        return {name: value for name, value in (own | dict(self.changed_headers)).items() if value is not None}


class RateLimits:
    """All buckets in use; `enabled` switches the limits off and on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.enabled = True
        self.buckets: dict[tuple[Limit, int, str], Bucket] = {}
        self._changed: dict[str, Limit] = {}

    def change(self, limit: Limit, *, count: int, window: float) -> None:
        """Let `count` requests through in each `window` seconds from now on; bots learn it from the headers."""
        self._changed[limit.name] = replace(limit, count=count, window=window)

    def take(self, limit: Limit, owner: int, value: str) -> tuple[Bucket, Refusal | None]:
        """Count a request of the bot `owner` for `value`, and say whether it must wait."""
        bucket = self._bucket(self._changed.get(limit.name, limit), owner, value)
        now = self._clock.monotonic()
        if not self.enabled or bucket.take(now):
            return bucket, None
        scope: Scope = "global" if limit.name == GLOBAL.name else "user"
        return bucket, Refusal(max(0.001, bucket.reset - now), scope)

    def headers(self, bucket: Bucket) -> dict[str, str]:
        """Return a bucket's headers, as on every answer of a limited route."""
        now = self._clock.monotonic()
        return self._describe(bucket.limit, bucket.remaining(now), max(0.0, bucket.reset - now))

    def ordered_headers(self, limit: Limit, refusal: Refusal) -> dict[str, str]:
        """Return the headers of a bucket that a fault made empty; global and network limits have none."""
        return self._describe(limit, 0, refusal.retry_after) if refusal.scope in ("user", "shared") else {}

    def _describe(self, limit: Limit, remaining: int, after: float) -> dict[str, str]:
        digest = hashlib.blake2b(limit.name.encode(), digest_size=16).hexdigest()
        return {
            "X-RateLimit-Limit": str(limit.count),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": f"{self._clock.epoch() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": digest,
        }

    def _bucket(self, limit: Limit, owner: int, value: str) -> Bucket:
        key = (limit, owner, value)
        if key not in self.buckets:
            if len(self.buckets) >= MAX_BUCKETS:
                now = self._clock.monotonic()
                self.buckets = {kept: bucket for kept, bucket in self.buckets.items() if bucket.reset > now}
            # A token is a secret: the bucket's name, which a page may show, holds none.
            place = "" if limit.per in ("token", "application") else f" in {value}"
            self.buckets[key] = Bucket(limit, f"{limit.name}{place}")
        return self.buckets[key]
