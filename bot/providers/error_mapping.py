"""What an HTTP status, a failed connection or a `Retry-After` header means, in the words of `bot.domain.errors`."""

import re
import ssl
from collections.abc import Mapping
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
    ProxyRefused,
    QuotaUsedUp,
    RateLimited,
    Rejected,
    RequestTooLarge,
    ServerFault,
    TlsFailed,
    TotalTimeout,
    Unauthorized,
    Unreachable,
    WrongAddress,
)

_PLAIN_FAULTS: dict[int, type[ProviderError]] = {
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
}
_ON_THE_WAY = (407, 511)
_TOO_LARGE = (413, 414, 431)
_ADDRESS = (405, 406, 410, 415, 426)
_TEMPORARY = (408, 421, 425)

_USED_UP = re.compile(r"quota|credits?\b|billing|(?:usage|message|monthly|daily|plan)[ _-]?limit", re.IGNORECASE)
_FOR_A_WHILE = re.compile(r"per[ _-]?(?:second|minute)|rate[ _-]?limit|too many requests|denied", re.IGNORECASE)

_OF_AN_ACCOUNT = r"(?:quota|credits?|balance|funds|(?:usage|monthly|daily|plan)[ _-]?limit)\b"
_AT_ITS_END = r"\b(?:exceed|exhaust|deplet|used up|run out|ran out|out of|reached|insufficient|not enough|too low)"
_SURELY_USED_UP = re.compile(
    rf"{_OF_AN_ACCOUNT}.{{0,40}}{_AT_ITS_END}|{_AT_ITS_END}.{{0,40}}\b{_OF_AN_ACCOUNT}|\bno (?:\w{{1,9}} )?credits?\b",
    re.IGNORECASE,
)


def error_for_status(
    label: str, status: int, *, reason: str | None = None, retry_after: float | None = None
) -> ProviderError:
    """Return the error for a status, that of a success if its body told of the error and of no status.

    `reason` is the provider's own text, cleaned; `retry_after` is in seconds.
    """
    if tells_quota(reason, status):
        return QuotaUsedUp(label, status)
    if status in _PLAIN_FAULTS:
        return _PLAIN_FAULTS[status](label)
    if status in _ON_THE_WAY:
        return ProxyRefused(label, status)
    if 200 <= status < 300:
        return ErrorReported(label, reason)
    if status == 429:
        return RateLimited(label, retry_after)
    if status >= 500 or status in _TEMPORARY:
        return ServerFault(label, status)
    if status in _TOO_LARGE:
        return RequestTooLarge(label, status)
    if 300 <= status < 400 or status in _ADDRESS:
        return WrongAddress(label, status)
    return Rejected(label, status, reason)


def tells_quota(reason: str | None, status: int) -> bool:
    """Tell whether a provider's reason says that a quota is used up, not that a limit will pass in a moment.

    Chatbase documents no 402 or 429: it answers 403, "access denied or quota exceeded" (reference/providers.md). With a
    status that is usual for something else, such as 400 or 200, the reason must say that something is used up too: a
    "message limit" may be one of characters.
    """
    if reason is None or status in (401, 402, 404) or status >= 500 or _FOR_A_WHILE.search(reason):
        return False
    return bool((_USED_UP if status in (403, 429) else _SURELY_USED_UP).search(reason))


def is_challenge(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether a firewall in front of a provider refused, rather than the provider: no chat API sends pages.

    `cf-mitigated: challenge` comes with each of Cloudflare's (its documentation, "Detect a Challenge Page response").
    """
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return headers.get("cf-mitigated", "").lower() == "challenge" or (status == 403 and media_type == "text/html")


def error_for_connection(label: str, error: Exception, *, idle: float, total: float) -> ProviderError:
    """Return our error for one of aiohttp's, whose own text may hold the address, and so a secret.

    `idle` and `total` are the time-outs in force, in seconds.
    """
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return TlsFailed(label)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        # A 5xx is about the host that the proxy was asked for.
        return ProxyRefused(label, error.status) if 400 <= error.status < 500 else Unreachable(label)
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
    """Tell whether no connection could be made, so that surely nothing was sent, and another try may make one."""
    failed = isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
    return failed and not isinstance(error, aiohttp.ClientSSLError)


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
