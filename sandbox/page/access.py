"""The page's door: who is let in, and what a browser may do with what it gets."""

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
        # Nothing that turns a text into HTML or script works at all, whoever calls it.
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
    """Lets in who has the token in the address and speaks to the page by one of its own names.

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
        """Return what stands before every handler."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._check(request)
            response = await handler(request)
            if not response.prepared:
                response.headers.update({"Content-Security-Policy": POLICY, **_HEADERS, **response.headers})
            return response

        return guard

    def _check(self, request: web.Request) -> None:
        """Raise 404 or 403; what is behind the door is told to nobody who may not come in."""
        given = request.match_info.get("token", "").encode(errors="replace")
        if not secrets.compare_digest(given, self.token.encode()):
            raise web.HTTPNotFound
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        if host not in self._hosts or (origin is not None and origin != f"http://{host}"):
            raise web.HTTPForbidden
        if request.headers.get("Upgrade") is not None and origin is None:
            raise web.HTTPForbidden
