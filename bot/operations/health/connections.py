"""Connections of the operator's view: few, short and small, so that no client costs much, however slow or hostile."""

import asyncio
from typing import Any

from aiohttp import web

MAX_CONNECTIONS = 64
"""At once. One more takes the place of the oldest: a probe is over in a moment, and what lasts is no probe."""

LIFETIME_SECONDS = 10.0
"""From accepting a connection to its end at the latest; Prometheus itself waits no longer, unless it is told to."""

MAX_REQUEST_BYTES = 16_384
"""What a client may send on one connection, each of which takes one request."""

_MAX_FIELD_BYTES = 4_096

HEADERS = {"Server": "switchboard", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every response. Without a name aiohttp would tell its own version, and Python's."""


def respond(status: int, text: str | bytes, content_type: str = "text/plain; charset=utf-8") -> web.Response:
    """Return a response that ends its connection."""
    body = text if isinstance(text, bytes) else f"{text}\n".encode()
    response = web.Response(status=status, body=body, headers={**HEADERS, "Content-Type": content_type})
    response.force_close()
    return response


class Connections(web.Server):
    """Makes what serves each connection, as `create_server` asks for it, and ends the oldest if there are too many."""

    def __init__(self, handler: Any) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(handler)
        self._open: dict[Connection, None] = {}

    def __call__(self) -> "Connection":
        """Return what serves one connection."""
        return Connection(self, asyncio.get_running_loop())

    def opened(self, connection: "Connection") -> None:
        """Count a connection in."""
        self._open[connection] = None
        if len(self._open) > MAX_CONNECTIONS:
            next(iter(self._open)).abort()

    def closed(self, connection: "Connection") -> None:
        """Count a connection out."""
        self._open.pop(connection, None)

    def abort_all(self) -> None:
        """End all connections, whatever they are doing."""
        for connection in list(self._open):
            connection.abort()


class Connection(web.RequestHandler):
    """Serves one request, within a time and a size."""

    __slots__ = ("_end", "_received", "_server", "_socket")

    def __init__(self, server: Connections, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # aiohttp takes that, and logs no requests
            keepalive_timeout=LIFETIME_SECONDS,
            lingering_time=0,
            max_line_size=_MAX_FIELD_BYTES,
            max_field_size=_MAX_FIELD_BYTES,
            tcp_keepalive=False,
        )
        self._server = server
        self._received = 0
        self._socket: asyncio.Transport | None = None
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, and set the time."""
        assert isinstance(transport, asyncio.Transport)
        self._socket = transport
        self._end = asyncio.get_running_loop().call_later(LIFETIME_SECONDS, self.abort)
        super().connection_made(transport)
        self._server.opened(self)

    def connection_lost(self, error: BaseException | None) -> None:
        """End."""
        if self._end is not None:
            self._end.cancel()
        self._server.closed(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request, unless it is too much."""
        self._received += len(data)
        if self._received > MAX_REQUEST_BYTES:
            self.abort()
        else:
            super().data_received(data)

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - aiohttp's method
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """Return the response to what is no request, or to one that failed, and tell the client nothing else."""
        if status >= 500:
            self.log_exception("answering a request of the operator's failed", exc_info=exc)
        return respond(status, "bad request" if status < 500 else "failed")

    def abort(self) -> None:
        """End the connection at once; what is not sent is lost."""
        self._server.closed(self)
        if self._socket is not None:
            self._socket.abort()
