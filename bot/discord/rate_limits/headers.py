"""What a response of Discord's says about rate limits: the state of its bucket, and for how long a 429 forbids more.

Headers and body: Discord's documentation, "Rate Limits".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from bot.streaming.rate_limit_bucket import BucketState

_DEFAULT_RETRY_AFTER = 5.0
"""Seconds, for a 429 that does not say: as long as most of Discord's windows."""

_MAX_RETRY_AFTER = 86_400.0
"""Seconds. Discord's longest limits are for a day: what asks for more is nonsense, and must not silence anybody."""

_MAX_BODY = 65_536
"""Bytes; Discord's own has about a hundred."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A 429: nothing is to be sent for `retry_after` seconds, on the same route or, with `is_global`, at all.

    `slept` is for how many seconds discord.py would sleep now, which reads the body alone; inf if it cannot read that.
    `code` is Discord's, 0 for most.
    """

    retry_after: float
    is_global: bool
    slept: float
    code: int = 0


def read_bucket_state(headers: Mapping[str, str]) -> BucketState | None:
    """Return what the headers of a response that is no 429 say about its bucket, None if they say nothing."""
    if "X-RateLimit-Remaining" not in headers:
        return None
    return BucketState(
        limit=int(_number(headers, "X-RateLimit-Limit", 0)),
        remaining=int(_number(headers, "X-RateLimit-Remaining", 0)),
        reset_after=_number(headers, "X-RateLimit-Reset-After", -1.0),
    )


def read_scope(headers: Mapping[str, str]) -> str:
    """Return whom the headers of a 429 say that it is for: `user`, `global`, `shared`; empty if they do not say."""
    is_global = _word(headers.get("X-RateLimit-Global")) == "true"
    return _word(headers.get("X-RateLimit-Scope")) or ("global" if is_global else "")


def _number(headers: Mapping[str, str], name: str, default: float) -> float:
    try:
        number = float(headers.get(name, default))
    except ValueError:
        return default
    return number if isfinite(number) else default


def read_rate_limit(headers: Mapping[str, str], body: bytes) -> RateLimit:
    """Return what a 429 says. Its headers win over its body, and what is missing or nonsense has a default.

    A page of Cloudflare's is for its route alone: others were seen to work meanwhile (issue 5385 of Discord's
    documentation). For a ban of the whole address each route finds that out by itself.
    """
    fields = _read_json(headers.get("Content-Type"), body)
    in_body = _seconds(fields.get("retry_after"))
    in_header = _seconds(headers.get("Retry-After"))
    retry_after = next((each for each in (in_header, in_body) if each is not None), _DEFAULT_RETRY_AFTER)
    scope, flag = headers.get("X-RateLimit-Scope"), headers.get("X-RateLimit-Global")
    if scope is None and flag is None:
        is_global = fields.get("global") is True
    else:
        is_global = _word(scope) == "global" or _word(flag) == "true"
    code = fields.get("code")
    return RateLimit(retry_after, is_global, inf if in_body is None else in_body, code if isinstance(code, int) else 0)


def _read_json(content_type: str | None, body: bytes) -> dict[str, Any]:
    """Return the body as discord.py reads it, which takes this very type for JSON and no other; empty if it cannot."""
    if content_type != "application/json" or len(body) > _MAX_BODY:
        return {}
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _seconds(value: object) -> float | None:
    """Return a time to wait, None if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_RETRY_AFTER:
        return None
    return float(value)


def _word(header: str | None) -> str:
    return (header or "").strip().lower()
