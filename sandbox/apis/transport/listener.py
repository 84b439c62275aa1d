"""A loopback address that can refuse connections and accept them again on the same port."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.http_log import HTTP_LOG

HOST = "127.0.0.1"

MAX_REQUEST_LINE = 256 * 1024
"""Bytes. Tamako's document states no limit, and 4000 emoji in a query string are about 48 KB."""

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Listener:
    """Serves one handler over HTTP/1.1 on one loopback port, which stays its own while it refuses connections."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        """`port` 0: any free one, chosen when first opened."""
        self._handler = handler
        self._port = port
        self._socket: socket.socket | None = None
        self._protocols: web.Server | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port. Raises RuntimeError while it is still to be chosen."""
        if not self._port:
            raise RuntimeError("not open yet: use `async with`, or `accept()`")
        return self._port

    @property
    def connections(self) -> int:
        """TCP connections open just now, idle ones that a client keeps for later included."""
        return len(self._protocols.connections) if self._protocols else 0

    async def open(self) -> None:
        """Accept connections; a client that hangs up cancels its handler. Raises OSError when the port is taken."""
        if self._server is not None:
            return
        reserved = self._socket or self._reserve()
        self._protocols = web.Server(
            self._handler,
            handler_cancellation=True,
            access_log=None,
            logger=HTTP_LOG,
            max_line_size=MAX_REQUEST_LINE,
        )
        self._server = await asyncio.get_running_loop().create_server(self._protocols, sock=reserved)

    async def refuse(self) -> None:
        """Drop every connection and refuse new ones, keeping the port."""
        await self._stop()
        self._reserve()

    async def close(self) -> None:
        """Drop every connection and give the port back."""
        await self._stop()

    def _reserve(self) -> socket.socket:
        """Take the port without listening."""
        self._socket = bind(self._port)
        self._port = self._socket.getsockname()[1]
        return self._socket

    async def _stop(self) -> None:
        """Stop listening and end all connections."""
        server, protocols, reserved = self._server, self._protocols, self._socket
        self._server = self._protocols = self._socket = None
        if server is None or protocols is None:
            if reserved is not None:
                reserved.close()
            return
        server.close()  # and with it the socket
        for connection in protocols.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await protocols.shutdown(timeout=1.0)
        await server.wait_closed()


def bind(port: int) -> socket.socket:
    """Return a bound loopback socket that does not listen: its port refuses connections and nobody else gets it."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound
