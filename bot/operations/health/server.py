"""Serves a few pages over HTTP to what watches over this process: a platform's probes, and Prometheus."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

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


class Port:
    """A port on which the pages are served from `open` to `close`; `close` must be called at the end."""

    def __init__(self, pages: Mapping[str, Page], host: str, port: int) -> None:
        self._pages = pages
        self._host = host
        self._port = port
        self._served: AsyncExitStack | None = None

    @property
    def is_open(self) -> bool:
        """Whether the pages are served."""
        return self._served is not None

    async def open(self) -> None:
        """Serve the pages, if that is not done already; raises `PortUnavailable`."""
        if self._served is None:
            served = AsyncExitStack()
            await served.enter_async_context(serve(self._pages, self._host, self._port))
            self._served = served

    async def close(self) -> None:
        """Serve them no longer."""
        served, self._served = self._served, None
        if served is not None:
            await served.aclose()
