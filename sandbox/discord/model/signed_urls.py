"""Signed addresses of attachments, which hold for a day (reference, "Signed Attachment CDN URLs")."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

_KEY = secrets.token_bytes(32)

LASTS = 24 * 60 * 60
"""Seconds after which an address has to be asked for again."""


def sign(url: str, attachment: int, now: float) -> str:
    """Return the address as the API gives it, with the times of its end and its issue in seconds since 1970."""
    until, issued = f"{int(now) + LASTS:x}", f"{int(now):x}"
    return f"{url}?ex={until}&is={issued}&hm={_signature(attachment, until, issued)}&"


def is_valid(attachment: int, query: Mapping[str, str], now: float) -> bool:
    """Return whether a request for an attachment bears a signature that holds."""
    until, issued = query.get("ex", ""), query.get("is", "")
    signed = hmac.compare_digest(query.get("hm", "").encode(), _signature(attachment, until, issued).encode())
    return signed and now < int(until, 16)


def _signature(attachment: int, until: str, issued: str) -> str:
    return hmac.new(_KEY, f"{attachment} {until} {issued}".encode(), hashlib.sha256).hexdigest()
