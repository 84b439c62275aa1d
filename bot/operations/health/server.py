"""Serves a few pages over HTTP to what watches over this process: a platform's probes, and Prometheus."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.operations.health.connections import MAX_CONNECTIONS, Connections, respond
from bot.operations.health.errors import PortUnavailable

Page = Callable[[], Awaitable[web.Response]]
"""Answers a request; whatever was asked, besides the path, makes no difference."""

_CLOSE_SECONDS = 0.05


@asynccontextmanager
async def serve(pages: Mapping[str, Page], host: str, port: int) -> AsyncIterator[int]:
    """Serve the pages by their paths, and yield the port: one that is free if it was 0. Raises `PortUnavailable`.

    Only GET and HEAD are answered. At the end, what is being answered is given up after a twentieth of a second.
    """

    async def handle(request: web.BaseRequest) -> web.Response:
        page = pages.get(request.path)
        if page is None:
            return respond(404, "not found")
        if request.method not in ("GET", "HEAD"):
            response = respond(405, "only GET and HEAD")
            response.headers["Allow"] = "GET, HEAD"
            return response
        return await page()

    connections = Connections(handle)
    try:
        server = await asyncio.get_running_loop().create_server(connections, host, port, backlog=MAX_CONNECTIONS)
    except OSError as error:
        raise PortUnavailable(host, port, error) from None
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await connections.shutdown(_CLOSE_SECONDS)
        connections.abort_all()
        await server.wait_closed()
