"""What an HTTP status, a failed connection or a `Retry-After` header means, in the words of `bot.domain.errors`."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from bot.domain.errors import (
    ConnectionLost,
    ErrorReported,
    Forbidden,
    IdleTimeout,
    InvalidResponse,
    NotFound,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    ServerFault,
    TotalTimeout,
    Unauthorized,
    Unreachable,
)

_PLAIN_FAULTS: dict[int, type[ProviderError]] = {
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
}


def error_for_status(
    label: str, status: int, *, reason: str | None = None, retry_after: float | None = None
) -> ProviderError:
    """Return the error for a status, that of a success if its body told of the error and of no status.

    `reason` is the provider's own text, cleaned; `retry_after` is in seconds.
    """
    if status in _PLAIN_FAULTS:
        return _PLAIN_FAULTS[status](label)
    if 200 <= status < 300:
        return ErrorReported(label, reason)
    if status == 429:
        return RateLimited(label, retry_after)
    if status >= 500:
        return ServerFault(label, status)
    if 300 <= status < 400:
        return InvalidResponse(label, f"a redirect, status {status}")
    return Rejected(label, status, reason)


def error_for_connection(label: str, error: Exception, *, idle: float, total: float) -> ProviderError:
    """Return our error for one of aiohttp's, whose own text may hold the address, and so a secret.

    `idle` and `total` are the time-outs in force, in seconds.
    """
    if is_connect_failure(error) or isinstance(error, aiohttp.InvalidURL):
        return Unreachable(label)
    if isinstance(error, aiohttp.ServerTimeoutError):
        return IdleTimeout(label, idle)
    if isinstance(error, TimeoutError):
        return TotalTimeout(label, total)
    if isinstance(error, aiohttp.ClientResponseError):
        return InvalidResponse(label, "not HTTP")
    return ConnectionLost(label)


def is_connect_failure(error: Exception) -> bool:
    """Tell whether no connection could be made, so that surely nothing was sent."""
    return isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait; None if it is missing or garbage.

    Knows seconds and HTTP dates (RFC 9110, 10.2.3) and Tamako's `mm:ss` (reference/providers.md).
    """
    value = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    if clock := re.fullmatch(r"([0-9]{1,6}):([0-5][0-9])", value):
        return int(clock[1]) * 60.0 + int(clock[2])
    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
