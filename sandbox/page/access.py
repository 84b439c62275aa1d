"""Access to the page: token, host and origin checks, and the security headers."""

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # Browsers refuse every call that turns a text into HTML or script.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""The page's Content-Security-Policy: its own files and its own connection, and no markup out of texts."""

FILE_POLICY = "default-src 'none'; sandbox"
"""For files that somebody attached to a message: they are looked at, and never run."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class AccessControl:
    """Accepts requests that have the token in their path and one of the page's own host names.

    The names are checked because a foreign website can point a name of its own at 127.0.0.1 (DNS rebinding); the
    origin, because any website may open a WebSocket to anywhere.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self._hosts: frozenset[str] = frozenset()

    def open(self, port: int) -> None:
        """Accept requests that are addressed to this port of this machine."""
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def middleware(self) -> Middleware:
        """Return the middleware that checks every request and sets the headers."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._check(request)
            response = await handler(request)
            if not response.prepared:
                response.headers.update({"Content-Security-Policy": POLICY, **_HEADERS, **response.headers})
            return response

        return guard

    def _check(self, request: web.Request) -> None:
        """Raise 404 without the token, 403 for a wrong host or origin; neither says what exists here."""
        given = request.match_info.get("token", "").encode(errors="replace")
        if not secrets.compare_digest(given, self.token.encode()):
            raise web.HTTPNotFound
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        if host not in self._hosts or (origin is not None and origin != f"http://{host}"):
            raise web.HTTPForbidden
        if request.headers.get("Upgrade") is not None and origin is None:
            raise web.HTTPForbidden
